// Copies between the kernel and the current process's memory.
//
// User memory is accessed in place; a copy-on-write or untouched page faults
// and goes through the same handler (mm/fault.c) as the program's own access.
// Never call these with a spinlock held; sleep locks are fine.
// All return 0, or -1 if some byte may not be accessed (earlier bytes may have
// been copied by then).
#ifndef MM_UCOPY_H
#define MM_UCOPY_H

#include "kernel/types.h"

int copy_from_user(void *dst, uint64 usrc, uint64 n);
int copy_to_user(uint64 udst, const void *src, uint64 n);

// Copies a 0-terminated string of less than size bytes into dst.  Returns its
// length, or -1 if it is longer or not readable.
int str_from_user(char *dst, uint64 usrc, uint64 size);

#endif
