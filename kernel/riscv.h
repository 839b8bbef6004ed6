// RISC-V facts that user programs may include (ABI): page size, Sv39 limits
// and PTE bits (privileged specification, "Sv39").
#ifndef DROVE_RISCV_H
#define DROVE_RISCV_H

#ifndef __ASSEMBLER__
#include "kernel/types.h"
#endif

#define PGSIZE  4096
#define PGSHIFT 12

// Of the type of n, or int's: in two's complement -PGSIZE is the mask for all.
#define PGROUNDUP(n)   (((n) + (PGSIZE - 1)) & -PGSIZE)
#define PGROUNDDOWN(n) ((n) & -PGSIZE)

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

// An entry's parts: bits 10 and up hold the page number, those below are
// flags.
#define PTE2PA(pte)    (((pte) >> 10) << PGSHIFT)
#define PA2PTE(pa)     (((uint64)(pa) >> PGSHIFT) << 10)
#define PTE_FLAGS(pte) ((pte) & ((1L << 10) - 1))

// The index of an address in the table of a level, 2 = root: nine bits each,
// above those of the offset in the page.
#define PXMASK            ((1L << 9) - 1)
#define PXSHIFT(level)    (PGSHIFT + (level) * 9)
#define PX(level, va)     (((uint64)(va) >> PXSHIFT(level)) & PXMASK)

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

// The caller's frame, if its code keeps frame pointers.
static inline __attribute__((always_inline)) uint64
r_fp(void)
{
	uint64 x;
	__asm__ volatile("mv %0, s0" : "=r"(x));
	return x;
}

static inline __attribute__((always_inline)) uint64
r_ra(void)
{
	uint64 x;
	__asm__ volatile("mv %0, ra" : "=r"(x));
	return x;
}

static inline uint64
r_tp(void)
{
	uint64 x;
	__asm__ volatile("mv %0, tp" : "=r"(x));
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
