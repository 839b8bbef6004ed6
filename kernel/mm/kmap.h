// The kernel's half of every address space (Sv39, upper 256 GiB).
//
//   KVOFFSET + pa   all of RAM and what is below it, the devices, with the
//                   largest pages that fit; the kernel image in it is W^X
//   KSTACK_BASE     kernel stacks, KSTACK_SLOT apart: an unmapped lower half
//                   (the guard) and the stack in the upper half
//
// The root entries of this half are final once kmap_init returns, so every
// process's root table holds a copy and a trap changes no page table.
#ifndef MM_KMAP_H
#define MM_KMAP_H

#define KVOFFSET    0xffffffc000000000
#define KSTACK_BASE 0xffffffff80000000
// Physical addresses that the direct map has room for; and those that the page
// table has which harts enter with (boot/mshim.S).
#define DIRECT_MAP_SIZE (KSTACK_BASE - KVOFFSET)
#define BOOT_MAP_SIZE   0x1000000000 // 64 GiB
// Two pages of stack; a slot of twice that makes "below the stack" one bit of
// the address, which is how trap entry notices an overflow.
#define KSTACK_SIZE 8192
#define KSTACK_SLOT 16384

#ifndef __ASSEMBLER__
#include "kernel/types.h"
#include "kernel/riscv.h"

static inline void *
pa_to_kva(uint64 pa)
{
	return (void *)(pa + KVOFFSET);
}

// Only for addresses inside the direct map.
static inline uint64
kva_to_pa(const void *kva)
{
	return (uint64)kva - KVOFFSET;
}

extern pte_t *kernel_root; // [I] after kmap_init

// Boot, hart 0: builds the kernel's map and loads it; the other harts load it
// when they start (boot/mshim.S).
void kmap_init(void);

// Boot: takes n bytes, aligned to align (a power of two), out of
// platform.free; zeroed.  Only until the page lists are made.
void *early_alloc(uint64 n, uint64 align);

// Kernel stack number slot.  Attach gives it memory: 0, or -1 if there is
// none.  Detach takes the memory back; the stack is in use by nobody.
uint64 kstack_addr(uint slot);
int kstack_attach(uint slot);
void kstack_detach(uint slot);

// Boot: makes the tables for n stacks.
void kstack_init(uint n);

// To be called on a hart before it runs on a stack that it may have seen with
// other memory behind it: flushes if any stack was detached since last time.
void kstack_sync(void);
#endif

#endif
