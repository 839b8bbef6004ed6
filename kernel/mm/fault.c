// The one page-fault handler, for programs and for the kernel's user copies.
//
// The copy-on-write fault is write_cow().  What the entry for the faulting
// address says comes first; the segments are asked only where nothing is mapped
// yet:
//
//   valid, rights suffice    the TLB is behind, by this entry or by one that
//                            leads to it: flush the address space and retry
//   valid, PTE_COW, write    make the page private: reuse it if the mapping is
//                            its only reference (the variant decides), else
//                            copy it
//   invalid, inside a        a zero page: shared and read-only for a read,
//   segment that allows it   a frame of its own for a write
//   anything else            the program's mistake
//
// Nothing here sleeps and the address space has one thread, so nothing can
// change between looking at an entry and writing it.  PTE_COW is only set on
// pages of writable segments, and never dropped without giving W.
//
// An entry that gets more rights, or becomes valid, needs no flush to be right:
// a TLB that is behind faults once more.  That costs more than the flush on a
// machine that does so regularly, and a flush costs a lot on one that never
// does (QEMU drops its whole TLB), so boot tries which it is (mm/aspace.c).

#include "mm/fault.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "mm/aspace.h"
#include "mm/cow.h"
#include "mm/kmap.h"
#include "mm/page.h"
#include "mm/pte.h"
#include "mm/stats.h"
#include "trap/trapframe.h"

uint64 zero_page_pa;

void
fault_init(void)
{
	zero_page_pa = kva_to_pa(early_alloc(PGSIZE, PGSIZE));
}

static uint64
right_needed(enum access a)
{
	return a == ACCESS_WRITE ? PTE_W : a == ACCESS_EXEC ? PTE_X : PTE_R;
}

// A page that may hold code was written: the hart's next fetch must see it.
static void
code_changed(pte_t e)
{
	if (e & PTE_X)
		__asm__ volatile("fence.i" : : : "memory");
}

static enum fault_result
write_cow(uint64 va, pte_t *entry)
{
	pte_t e = *entry;
	uint64 flags = (e & (PTE_LEAF | PTE_U)) | PTE_W | PTE_V | PTE_AD;
	bool zero = (e & PTE_UNCOUNTED) != 0;
	struct page *old = zero ? NULL : pa_to_page(pte_pa(e));
	struct page *new;

	if (!zero && cow_may_upgrade(old)) {
		if (old->kind == PK_IMAGE)
			page_set_kind(old, PK_USER);
		*entry = pte_make(pte_pa(e), flags);
		if (tlb_keeps_rights)
			tlb_flush_page(va);
		count_event(CTR_COW_UPGRADES);
		return FAULT_OK;
	}
	new = page_alloc(PK_USER);
	if (new == NULL)
		return FAULT_NOMEM;
	if (zero) {
		page_zero(page_to_kva(new));
		count_event(CTR_ZERO_FILLS);
	} else {
		page_copy(page_to_kva(new), pa_to_kva(pte_pa(e)));
		count_event(CTR_COW_COPIES);
	}
	*entry = pte_make(page_to_pa(new), flags);
	tlb_flush_page(va);
	code_changed(flags);
	if (!zero)
		page_put(old);
	return FAULT_OK;
}

// A stack page appears when the stack pointer is at it or below: an access
// further down is an overrun, as on a stack of fixed size.
static bool
below_stack_pointer(const struct segment *s, uint64 va)
{
	return s->kind == SEG_STACK && va < current()->tf->sp;
}

// Whether a first touch takes a frame: where a read does not, it maps zeroes
// that all share.
static bool
takes_frame(const struct aspace *as, const struct segment *s, enum access a)
{
	return a == ACCESS_WRITE || (as->overcommits && s->kind == SEG_HEAP);
}

// An entry has become valid, and those that lead to it with it, maybe.
static void
became_valid(struct aspace *as)
{
	if (tlb_keeps_invalid)
		aspace_tlb_stale(as);
}

// Nothing is mapped at va yet.
static enum fault_result
first_touch(struct aspace *as, uint64 va, enum access a)
{
	struct segment *s = segment_find(as->segs, va);
	uint64 flags;
	struct page *pg;
	pte_t *entry;

	if (s == NULL || !(s->prot & right_needed(a)) ||
	    below_stack_pointer(s, va))
		return FAULT_BAD;
	entry = pt_make(as->root, va);
	if (entry == NULL)
		return FAULT_NOMEM;
	flags = s->prot | PTE_U | PTE_V | PTE_AD;
	if (!takes_frame(as, s, a)) {
		if (flags & PTE_W)
			flags = (flags & ~PTE_W) | PTE_COW;
		*entry = pte_make(zero_page_pa, flags | PTE_UNCOUNTED);
		became_valid(as);
		count_event(CTR_ZERO_MAPS);
		return FAULT_OK;
	}
	pg = page_alloc(PK_USER);
	if (pg == NULL)
		return FAULT_NOMEM;
	page_zero(page_to_kva(pg));
	*entry = pte_make(page_to_pa(pg), flags);
	became_valid(as);
	count_event(CTR_ZERO_FILLS);
	return FAULT_OK;
}

enum fault_result
fault_handle(uint64 va, enum access a)
{
	struct aspace *as = current()->as;
	pte_t *entry;
	pte_t e;

	count_event(CTR_FAULTS);
	if (as == NULL || va >= MAXVA)
		return FAULT_BAD;
	entry = pt_find(as->root, va);
	e = entry != NULL ? *entry : 0;
	if (!(e & PTE_V))
		return first_touch(as, va, a);
	if (e & right_needed(a)) {
		count_event(CTR_SPURIOUS);
		aspace_tlb_stale(as);
		return FAULT_OK;
	}
	if (a == ACCESS_WRITE && (e & PTE_COW))
		return write_cow(va, entry);
	return FAULT_BAD;
}
