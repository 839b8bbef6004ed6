// The range checks in front of mm/ucopy.S: only the low half is user memory,
// and no range may wrap.

#include "mm/ucopy.h"
#include "kernel/riscv.h"
#include "lib/printf.h"
#include "mm/ucopy_table.h"
#include "proc/hart.h"

static bool
user_range(uint64 va, uint64 n)
{
	DASSERT(this_hart()->lock_depth == 0);
	return va < MAXVA && n <= MAXVA - va;
}

int
copy_from_user(void *dst, uint64 usrc, uint64 n)
{
	if (!user_range(usrc, n))
		return -1;
	return ucopy_bytes(dst, (const void *)usrc, n);
}

int
copy_to_user(uint64 udst, const void *src, uint64 n)
{
	if (!user_range(udst, n))
		return -1;
	return ucopy_bytes((void *)udst, src, n);
}

int
str_from_user(char *dst, uint64 usrc, uint64 size)
{
	long n;

	if (usrc >= MAXVA)
		return -1;
	if (size > MAXVA - usrc)
		size = MAXVA - usrc;
	n = ucopy_string(dst, (const char *)usrc, size);
	return n < 0 || (uint64)n == size ? -1 : n;
}
