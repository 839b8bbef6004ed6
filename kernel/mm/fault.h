// Page faults on user memory, by the program or by the kernel on its behalf.
#ifndef MM_FAULT_H
#define MM_FAULT_H

#include "kernel/types.h"
#include "kernel/riscv.h"

enum access { ACCESS_READ, ACCESS_WRITE, ACCESS_EXEC };
enum fault_result { FAULT_OK, FAULT_BAD, FAULT_NOMEM };

// Makes the access at va possible in the current process, if it may be.
enum fault_result fault_handle(uint64 va, enum access access);

// Boot: makes the zero page.
void fault_init(void);

extern uint64 zero_page_pa; // [I] after boot: 4096 zero bytes, never counted

#endif
