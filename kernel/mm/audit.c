// Sum of references == count, for every frame.
//
// With the other harts parked (they park only between kernel operations, or at
// preemption points, where page tables and counts agree), every address space
// is found through a process: the one it runs in, or the one that fork or exec
// is building, or it is an image kept for exec.  What is found is added up in
// struct page's field seen, then compared:
//
//   PK_USER, PK_IMAGE
//              seen = count: counted leaf entries plus text objects' holds
//   PK_TABLE   seen <= 1 = count (0: ready in an object cache)
//   PK_KERNEL  seen = 0, count = 1
//   PK_BOOT    seen = count = 0
//   PK_UNUSED  seen = count = 0, and memory that was never touched
//
// and for a frame that is on a free list, whatever its kind:
//
//              seen = ON_LIST, by one list and nothing else; count = 1,
//              or 0 if it is PK_UNUSED
//
// and none is lost that the kernel does not know of:
//
//   frames on lists + untouched ones + frames handed out = page_total()

#include "mm/audit.h"
#include "kernel/riscv.h"
#include "lib/printf.h"
#include "mm/aspace_impl.h"
#include "mm/kmap.h"
#include "mm/page_impl.h"
#include "mm/pte.h"
#include "proc/image.h"
#include "proc/ipi.h"
#include "proc/proc.h"
#include "proc/procslot.h"

#define MAX_COMPLAINTS 20
#define ON_LIST        0x8000 // in seen: more than all references there are

static uint complaints;    // [parked] of this round
static uint64 n_free;      // [parked] frames found free in it
static uint64 audit_round; // [parked]

static void
complain(const struct page *pg, const char *what)
{
	if (complaints++ < MAX_COMPLAINTS)
		kprintf("audit: page %p kind %u count %u seen %u: %s\n",
		    (void *)page_to_pa(pg), pg->kind, pg->count, pg->seen,
		    what);
}

static void
see(struct page *pg)
{
	pg->seen++;
}

static void
see_free(void *kva)
{
	struct page *pg = kva_to_page(kva);

	if (pg->seen != 0)
		complain(pg, "on a free list, and used or on another");
	pg->seen |= ON_LIST;
}

static void
see_table(pte_t *t, uint level)
{
	struct page *pg = kva_to_page(t);
	// Only the user half of the root is the process's own.
	uint n = level == 2 ? PT_ENTRIES / 2 : PT_ENTRIES;

	if (pg->kind != PK_TABLE)
		complain(pg, "used as a page table");
	see(pg);
	for (uint i = 0; i < n; i++) {
		if (!(t[i] & PTE_V))
			continue;
		if (level > 0)
			see_table(pa_to_kva(pte_pa(t[i])), level - 1);
		else if (!(t[i] & PTE_UNCOUNTED))
			see(pa_to_page(pte_pa(t[i])));
	}
}

static void
see_aspace(struct aspace *as)
{
	if (as == NULL || as->audit_round == audit_round)
		return;
	as->audit_round = audit_round;
	see_table(as->root, 2);
	if (as->segs != NULL)
		text_each(as->segs->text, audit_round, see);
}

static void
check_free(struct page *pg)
{
	n_free++;
	if (pg->count != (pg->kind != PK_UNUSED) || pg->kind == PK_BOOT)
		complain(pg, "on a free list, but not free");
}

static void
check_used(struct page *pg)
{
	switch (pg->kind) {
	case PK_USER:
	case PK_IMAGE:
		if (pg->seen != pg->count)
			complain(pg, "references found differ from the count");
		break;
	case PK_TABLE:
		if (pg->count != 1 || pg->seen > 1)
			complain(pg, "a page table has one owner");
		break;
	case PK_KERNEL:
		if (pg->count != 1 || pg->seen != 0)
			complain(pg, "kernel memory that something else uses");
		break;
	case PK_UNUSED:
		n_free++;
		if (pg->count != 0 || pg->seen != 0 ||
		    !pagelist_untouched(page_to_pa(pg)))
			complain(pg, "a page that was touched is on a list");
		break;
	case PK_BOOT:
		if (pg->count != 0 || pg->seen != 0)
			complain(pg, "not for the lists, but used");
		break;
	default:
		complain(pg, "unknown kind");
	}
}

static void
check_all(void)
{
	uint64 n;
	struct page *first = page_records(&n);

	n_free = 0;
	for (uint64 i = 0; i < n; i++) {
		if (first[i].seen & ON_LIST)
			check_free(&first[i]);
		else
			check_used(&first[i]);
	}
	if (n_free + page_handed_out() != page_total()) {
		kprintf("audit: %lu pages are free, but %lu of %lu are in use\n",
		    n_free, page_handed_out(), page_total());
		complaints++;
	}
}

bool
mm_audit(void)
{
	uint64 n;
	struct page *first = page_records(&n);
	bool ok;

	harts_park();
	complaints = 0;
	audit_round++;
	for (uint64 i = 0; i < n; i++)
		first[i].seen = 0;
	for (uint i = 0; i < procslot_count(); i++) {
		struct proc *p = procslot_at(i);

		if (p->state == P_FREE)
			continue;
		see_aspace(p->as);
		see_aspace(p->as_building);
		see_aspace(p->as_image);
	}
	image_each(see_aspace);
	pagelist_each(see_free);
	reserve_each(see_free);
	check_all();
	ok = complaints == 0;
	if (!ok)
		kprintf("audit: %u pages are wrong\n", complaints);
	harts_unpark();
	return ok;
}
