// Builds the kernel's page table once, at boot, by hart 0 (mm/kmap.h).

#include "mm/kmap.h"
#include "boot/mshim.h"
#include "boot/platform.h"
#include "kernel/riscv.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "mm/pte.h"

extern char kernel_start[], text_end[], rodata_end[], kernel_end[];

pte_t *kernel_root;
static uint64 early_next; // kernel virtual; 0 = not begun

void *
early_alloc(uint64 n, uint64 align)
{
	uint64 at;

	if (early_next == 0)
		early_next = (uint64)kernel_end;
	at = (early_next + align - 1) & ~(align - 1);
	if (kva_to_pa((void *)(at + n)) > platform.ram_end)
		panic("%lu MiB of memory are too little to boot",
		    (platform.ram_end - platform.ram_start) >> 20);
	early_next = at + n;
	return memset((void *)at, 0, n);
}

uint64
early_end(void)
{
	return kva_to_pa((void *)early_next);
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

void
kmap_init(void)
{
	uint64 text = kva_to_pa(kernel_start);
	uint64 data = kva_to_pa(rodata_end);

	kernel_root = early_alloc(PGSIZE, PGSIZE);
	map_direct(0, platform.ram_start, PTE_R | PTE_W);
	map_direct(platform.ram_start, text, PTE_R | PTE_W);
	map_direct(text, kva_to_pa(text_end), PTE_R | PTE_X);
	map_direct(kva_to_pa(text_end), data, PTE_R);
	map_direct(data, platform.ram_end, PTE_R | PTE_W);
	// The window's entry exists before any process copies the root.
	entry_at(KSTACK_BASE, 1);
	boot_satp = 8UL << 60 | kva_to_pa(kernel_root) >> PGSHIFT;
	__asm__ volatile("csrw satp, %0; sfence.vma"
	    : : "r"(boot_satp) : "memory");
}
