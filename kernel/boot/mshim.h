// Between the kernel and the machine-mode shim (boot/mshim.S).
#ifndef BOOT_MSHIM_H
#define BOOT_MSHIM_H

#define NCPU_MAX 64 // NCPU of kernel/param.h, for the assembler

#ifndef __ASSEMBLER__
#include "kernel/types.h"

extern uint64 boot_has_sstc;        // 1: the stimecmp CSR works
extern uint64 boot_stacks[NCPU_MAX]; // sp that each hart > 0 starts with

extern uint64 boot_satp;             // page table that they load

void boot_main(uint64 fdt_pa);
void boot_secondary(uint64 id);

// Without Sstc: asks machine mode for a timer interrupt at time t.
static inline void
mshim_set_timer(uint64 t)
{
	register uint64 a0 __asm__("a0") = t;
	__asm__ volatile("ecall" : : "r"(a0) : "memory");
}
#endif

#endif
