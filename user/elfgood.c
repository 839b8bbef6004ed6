// elfgood: a program that works, with every kind of memory that a program can
// have: text, constants, data, bss, stack and heap.  It says so in a line that
// does not depend on anything else.  Damaged copies of it make exec's tests
// (tests/fuzz_elf.c); it makes no system calls that could hurt anybody.

#include "kernel/types.h"
#include "kernel/riscv.h"
#include "user/lib/course.h"

static const uint64 constants[] = {3, 5, 7};
static uint64 data[600] = {[0] = 11, [599] = 13}; // more than a page
static uint64 bss[2000];

static uint64
sum(const uint64 *words, uint n)
{
	uint64 s = 0;

	for (uint i = 0; i < n; i++)
		s += words[i];
	return s;
}

int
main(void)
{
	uint64 *heap = (uint64 *)sbrklazy(2 * PGSIZE);
	uint64 stack[64];
	uint64 s;

	if ((char *)heap == SBRK_ERROR)
		return 1;
	for (uint i = 0; i < 64; i++)
		stack[i] = i;
	s = sum(constants, 3) + sum(data, 600) + sum(bss, 2000);
	bss[1999] = s;
	heap[1000] = bss[1999];
	printf("elfgood %lu\n", heap[1000] + sum(stack, 64));
	return 0;
}
