// RISC-V facts that user programs may include (ABI): page size, Sv39 limits
// and PTE bits (privileged specification, "Sv39").
#ifndef DROVE_RISCV_H
#define DROVE_RISCV_H

#ifndef __ASSEMBLER__
#include "kernel/types.h"
#endif

#define PGSIZE  4096
#define PGSHIFT 12

#define PGROUNDUP(n)   (((n) + PGSIZE - 1) & ~((uint64)PGSIZE - 1))
#define PGROUNDDOWN(n) ((n) & ~((uint64)PGSIZE - 1))

// One bit less than Sv39 offers, so that no user address needs its sign
// extended: the low 256 GiB.
#define MAXVA (1L << 38)

#define PTE_V (1L << 0)
#define PTE_R (1L << 1)
#define PTE_W (1L << 2)
#define PTE_X (1L << 3)
#define PTE_U (1L << 4)
#define PTE_G (1L << 5)
#define PTE_A (1L << 6)
#define PTE_D (1L << 7)

#ifndef __ASSEMBLER__

typedef uint64 pte_t;
typedef uint64 *pagetable_t;

static inline uint64
r_sp(void)
{
	uint64 x;
	__asm__ volatile("mv %0, sp" : "=r"(x));
	return x;
}

static inline uint64
r_time(void)
{
	uint64 x;
	__asm__ volatile("rdtime %0" : "=r"(x));
	return x;
}

static inline uint64
r_cycle(void)
{
	uint64 x;
	__asm__ volatile("rdcycle %0" : "=r"(x));
	return x;
}

static inline uint64
r_instret(void)
{
	uint64 x;
	__asm__ volatile("rdinstret %0" : "=r"(x));
	return x;
}

#endif
#endif
