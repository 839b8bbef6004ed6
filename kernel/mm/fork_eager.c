// Fork by copying every page, as before copy-on-write.  Only the shared zero
// page is mapped in both.

#include "lib/string.h"
#include "mm/aspace_impl.h"
#include "mm/cow.h"
#include "mm/kmap.h"
#include "mm/page.h"
#include "mm/pte.h"
#include "mm/stats.h"
#include "proc/sched.h"

static int
copy_entry(pte_t from, pte_t *to)
{
	struct page *pg;

	if (!(from & PTE_V) || (from & PTE_UNCOUNTED)) {
		*to = from;
		return 0;
	}
	pg = page_alloc(PK_USER);
	if (pg == NULL)
		return -1;
	page_copy(page_to_kva(pg), pa_to_kva(pte_pa(from)));
	count_event(CTR_EAGER_COPIES);
	*to = pte_make(page_to_pa(pg), from & 0x3ff);
	return 0;
}

static int
copy_run(struct pt_run *r, pte_t *to)
{
	for (uint i = 0; i < r->n; i++) {
		if (copy_entry(r->entry[i], &to[i]) < 0)
			return -1;
		if (i % 16 == 0)
			preempt_point();
	}
	return 0;
}

static int
copy_segment(struct aspace *parent, struct aspace *child,
    const struct segment *s)
{
	struct pt_run r;
	pte_t *to;

	for (uint64 va = s->start; va < s->end; va = r.end) {
		r = pt_run(parent->root, va, s->end);
		if (r.n == 0)
			continue;
		to = pt_make(child->root, va);
		if (to == NULL || copy_run(&r, to) < 0)
			return -1;
	}
	return 0;
}

int
fork_mappings(struct aspace *parent, struct aspace *child)
{
	struct segment_list *l = parent->segs;

	for (uint i = 0; i < l->n; i++) {
		if (copy_segment(parent, child, &l->seg[i]) < 0)
			return -1;
	}
	return 0;
}
