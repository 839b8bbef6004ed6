// Builds the kernel's page table once, at boot, by hart 0 (mm/kmap.h).

#include "mm/kmap.h"
#include "boot/mshim.h"
#include "boot/platform.h"
#include "kernel/riscv.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "mm/pte.h"

extern char kernel_start[], text_end[], rodata_end[];

pte_t *kernel_root;

// From the lowest range with enough room.  What is skipped to align it is
// lost: less than align bytes.
void *
early_alloc(uint64 n, uint64 align)
{
	struct range_set *free = &platform.free;

	for (uint i = 0; i < free->n; i++) {
		uint64 at = (free->r[i].start + align - 1) & -align;

		if (at >= free->r[i].end || free->r[i].end - at < n)
			continue;
		range_remove(free, free->r[i].start, at + n);
		return memset(pa_to_kva(at), 0, n);
	}
	panic("%lu MiB of memory are too little to boot",
	    range_bytes(&platform.ram) >> 20);
}

// The entry of the table at a level that maps va; makes tables on the way.
static pte_t *
entry_at(uint64 va, uint level)
{
	pte_t *t = kernel_root;

	for (uint l = 2; l > level; l--) {
		pte_t *e = &t[pt_index(va, l)];

		if (!(*e & PTE_V))
			*e = pte_make(kva_to_pa(early_alloc(PGSIZE, PGSIZE)),
			    PTE_V);
		t = pa_to_kva(pte_pa(*e));
	}
	return &t[pt_index(va, level)];
}

// Maps [pa, end) into the direct map with the largest pages that fit.
static void
map_direct(uint64 pa, uint64 end, uint64 rights)
{
	while (pa < end) {
		uint level = 2;

		while (level > 0 &&
		    ((pa & ((1UL << (12 + 9 * level)) - 1)) != 0 ||
		        end - pa < 1UL << (12 + 9 * level)))
			level--;
		*entry_at(pa + KVOFFSET, level) =
		    pte_make(pa, rights | PTE_V | PTE_G | PTE_AD);
		pa += 1UL << (12 + 9 * level);
	}
}

// Of the range, what lies in [start, end).
static void
map_part(const struct range *r, uint64 start, uint64 end, uint64 rights)
{
	map_direct(r->start > start ? r->start : start,
	    r->end < end ? r->end : end, rights);
}

void
kmap_init(void)
{
	uint64 text = kva_to_pa(kernel_start);
	uint64 constants = kva_to_pa(text_end);
	uint64 data = kva_to_pa(rodata_end);
	const struct range_set *ram = &platform.ram;

	kernel_root = early_alloc(PGSIZE, PGSIZE);
	map_direct(0, ram->r[0].start, PTE_R | PTE_W);
	for (uint i = 0; i < ram->n; i++) {
		map_part(&ram->r[i], 0, text, PTE_R | PTE_W);
		map_part(&ram->r[i], text, constants, PTE_R | PTE_X);
		map_part(&ram->r[i], constants, data, PTE_R);
		map_part(&ram->r[i], data, DIRECT_MAP_SIZE, PTE_R | PTE_W);
	}
	// The window's entry exists before any process copies the root.
	entry_at(KSTACK_BASE, 1);
	boot_satp = 8UL << 60 | kva_to_pa(kernel_root) >> PGSHIFT;
	__asm__ volatile("csrw satp, %0; sfence.vma"
	    : : "r"(boot_satp) : "memory");
}
