// Fork by copying page-table entries: parent and child share every page, and
// whoever writes first makes its own copy (mm/fault.c).
//
// For each page shared: its count rises by one before the child's entry
// exists, and both entries lose W and gain PTE_COW.  The parent's TLB may
// still hold the right to write until aspace_tlb_stale; the parent is in fork
// until then and the kernel writes none of its memory meanwhile.

#include <stddef.h>

#include "mm/aspace_impl.h"
#include "mm/cow.h"
#include "mm/page.h"
#include "mm/pte.h"
#include "proc/sched.h"

// Returns whether the parent lost a right.
static bool
share_run(pte_t *from, pte_t *to, uint n)
{
	bool revoked = false;

	for (uint i = 0; i < n; i++) {
		pte_t e = from[i];

		if (!(e & PTE_V))
			continue;
		if (e & PTE_W) {
			e = (e & ~PTE_W) | PTE_COW;
			from[i] = e;
			revoked = true;
		}
		if (!(e & PTE_UNCOUNTED))
			page_get(pa_to_page(pte_pa(e)));
		to[i] = e;
	}
	return revoked;
}

static int
share_segment(struct aspace *parent, struct aspace *child,
    const struct segment *s, bool *revoked)
{
	struct pt_run r;

	for (uint64 va = s->start; va < s->end; va = r.end) {
		pte_t *to;

		r = pt_run(parent->root, va, s->end);
		if (r.n > 0) {
			to = pt_make(child->root, va);
			if (to == NULL)
				return -1;
			*revoked |= share_run(r.entry, to, r.n);
		}
		preempt_point();
	}
	return 0;
}

int
fork_mappings(struct aspace *parent, struct aspace *child)
{
	struct segment_list *l = parent->segs;
	bool revoked = false;
	int r = 0;

	for (uint i = 0; i < l->n && r == 0; i++)
		r = share_segment(parent, child, &l->seg[i], &revoked);
	if (revoked)
		aspace_tlb_stale(parent);
	return r;
}
