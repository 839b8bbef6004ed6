// Host stand-in for kernel/mm/kmap.h: RAM is an arena of the test's.
#ifndef MM_KMAP_H
#define MM_KMAP_H

#include "kernel/riscv.h"
#include "kernel/types.h"

#define DIRECT_MAP_SIZE 0x3f80000000
#define BOOT_MAP_SIZE   0x1000000000

extern char *arena;
extern uint64 arena_pa;

static inline void *
pa_to_kva(uint64 pa)
{
	return arena + (pa - arena_pa);
}

static inline uint64
kva_to_pa(const void *kva)
{
	return (uint64)((const char *)kva - arena) + arena_pa;
}

void *early_alloc(uint64 n, uint64 align);

#endif
