// Sv39 page-table entries as the kernel uses them.
#ifndef MM_PTE_H
#define MM_PTE_H

#include "kernel/types.h"
#include "kernel/riscv.h"

// The two bits that hardware leaves to software (RSW).
#define PTE_COW       (1L << 8) // a write makes the page private first
#define PTE_UNCOUNTED (1L << 9) // the mapping holds no reference

#define PTE_LEAF (PTE_R | PTE_W | PTE_X)
#define PTE_AD   (PTE_A | PTE_D) // set at once: no use is made of them

#define PT_ENTRIES 512
#define PT_SPAN    (PT_ENTRIES * (uint64)PGSIZE) // bytes below a leaf table

static inline uint64
pte_pa(pte_t e)
{
	return (e >> 10 << 12) & 0x00fffffffffff000;
}

static inline pte_t
pte_make(uint64 pa, uint64 flags)
{
	return pa >> 12 << 10 | flags;
}

static inline uint64
pte_flags(pte_t e)
{
	return e & 0x3ff;
}

// Index of va in the table of a level: 2 = root, 0 = leaf table.
static inline uint
pt_index(uint64 va, uint level)
{
	return (va >> (12 + 9 * level)) & (PT_ENTRIES - 1);
}

#endif
