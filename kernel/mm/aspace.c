// Address spaces: creation, teardown, and who is in the TLB.
//
// TLB rules.  One thread per process means that a translation can only be in
// the TLBs of harts the process has run on, and only one of them is current, so
// no hart ever interrupts another to flush.  An address space carries the ASID
// it was last given and the hart that gave it; on any other hart, or after
// rights were taken away while it was not running, it gets a fresh ASID of that
// hart, under which nothing can be cached.  ASIDs are a hart's own
// (privileged specification, "Supervisor Address Translation and Protection
// Register": the ASID space is private to a hart), and when they run out the
// hart flushes everything and starts over in a new epoch.  A switch thus costs
// one satp write and no sfence.vma.  A CPU without ASIDs flushes at each switch.

#include "mm/aspace.h"
#include "mm/aspace_impl.h"
#include "lib/string.h"
#include "mm/cow.h"
#include "mm/kcache.h"
#include "mm/kmap.h"
#include "mm/page.h"
#include "mm/pte.h"
#include "mm/stats.h"
#include "proc/sched.h"

#define SATP_SV39       (8UL << 60)
#define SATP_ASID_SHIFT 44
#define SATP_ASID_MASK  0xffffUL

static struct kcache *aspaces;
static uint asid_max; // [I] highest ASID the CPU keeps, 0 = none

static void
satp_write(pte_t *root, uint asid)
{
	uint64 satp = SATP_SV39 | (uint64)asid << SATP_ASID_SHIFT |
	    kva_to_pa(root) >> PGSHIFT;

	__asm__ volatile("csrw satp, %0" : : "r"(satp) : "memory");
}

// How many ASID bits stick (WARL).
static void
probe_asids(void)
{
	uint64 satp;

	satp_write(kernel_root, SATP_ASID_MASK);
	__asm__ volatile("csrr %0, satp" : "=r"(satp));
	asid_max = satp >> SATP_ASID_SHIFT & SATP_ASID_MASK;
	satp_write(kernel_root, 0);
	__asm__ volatile("sfence.vma" : : : "memory");
}

void
aspace_init(void)
{
	aspaces = kcache_create("aspace", sizeof(struct aspace), NULL);
	segments_init();
	text_init();
	table_init();
	probe_asids();
}

struct aspace *
aspace_new(void)
{
	struct aspace *as = kcache_alloc(aspaces);

	if (as == NULL)
		return NULL;
	memset(as, 0, sizeof(*as));
	as->tlb_hart = -1;
	as->segs = segments_new();
	as->owns_segs = true;
	if (as->segs == NULL)
		goto no_segs;
	as->root = root_alloc();
	if (as->root == NULL)
		goto no_root;
	return as;

no_root:
	segments_put(as->segs);
no_segs:
	kcache_free(aspaces, as);
	return NULL;
}

void
aspace_free(struct aspace *as)
{
	root_free(as->root);
	kcache_free(aspaces, as);
}

pte_t *
pt_find(pte_t *root, uint64 va)
{
	pte_t e = root[pt_index(va, 2)];

	if (!(e & PTE_V))
		return NULL;
	e = ((pte_t *)pa_to_kva(pte_pa(e)))[pt_index(va, 1)];
	if (!(e & PTE_V))
		return NULL;
	return (pte_t *)pa_to_kva(pte_pa(e)) + pt_index(va, 0);
}

// The table that entry e leads to, made if there is none.
static pte_t *
table_below(pte_t *e)
{
	pte_t *t;

	if (*e & PTE_V)
		return pa_to_kva(pte_pa(*e));
	t = table_alloc();
	if (t != NULL)
		*e = pte_make(kva_to_pa(t), PTE_V);
	return t;
}

pte_t *
pt_make(pte_t *root, uint64 va)
{
	pte_t *t = table_below(&root[pt_index(va, 2)]);

	if (t != NULL)
		t = table_below(&t[pt_index(va, 1)]);
	return t != NULL ? t + pt_index(va, 0) : NULL;
}

static void
unmap_entry(pte_t *e)
{
	pte_t old = *e;

	*e = 0;
	if (!(old & PTE_UNCOUNTED))
		page_put(pa_to_page(pte_pa(old)));
}

static void
unmap(struct aspace *as, uint64 start, uint64 end, bool preemptible)
{
	struct pt_run r;

	for (uint64 va = start; va < end; va = r.end) {
		r = pt_run(as->root, va, end);
		for (uint i = 0; i < r.n; i++) {
			if (r.entry[i] & PTE_V)
				unmap_entry(&r.entry[i]);
		}
		if (preemptible)
			preempt_point();
	}
}

void
aspace_unmap(struct aspace *as, uint64 start, uint64 end)
{
	unmap(as, start, end, true);
}

struct pt_run
pt_run(pte_t *root, uint64 va, uint64 end)
{
	struct pt_run r = {.entry = pt_find(root, va)};
	uint64 span = PT_SPAN;

	// A lazy heap may be as large as user space, and nothing in it.
	if (!(root[pt_index(va, 2)] & PTE_V))
		span *= PT_ENTRIES;
	r.end = (va & ~(span - 1)) + span;
	if (r.end > end)
		r.end = end;
	if (r.entry != NULL)
		r.n = (r.end - va) >> PGSHIFT;
	return r;
}

// Frees the tables below user root entry e; all leaf entries are invalid.
static void
free_tables_below(pte_t *e)
{
	pte_t *mid = pa_to_kva(pte_pa(*e));

	for (uint i = 0; i < PT_ENTRIES; i++) {
		if (mid[i] & PTE_V) {
			table_free(pa_to_kva(pte_pa(mid[i])));
			mid[i] = 0;
		}
	}
	*e = 0;
	table_free(mid);
}

static bool
in_segments(const struct segment_list *l, uint64 start, uint64 end)
{
	for (uint i = 0; i < l->n; i++) {
		if (l->seg[i].start < end && l->seg[i].end > start)
			return true;
	}
	return false;
}

void
aspace_trim(struct aspace *as, uint64 start, uint64 end)
{
	uint64 span = PT_SPAN * PT_ENTRIES;

	for (uint64 va = start & ~(span - 1); va < end; va += span) {
		pte_t *e = &as->root[pt_index(va, 2)];

		if ((*e & PTE_V) && !in_segments(as->segs, va, va + span))
			free_tables_below(e);
	}
}

static void
clear(struct aspace *as, bool preemptible)
{
	struct segment_list *l = as->segs;
	uint64 end = 0;

	for (uint i = 0; i < l->n; i++) {
		unmap(as, l->seg[i].start, l->seg[i].end, preemptible);
		end = l->seg[i].end;
	}
	for (uint64 va = 0; va < end; va += PT_SPAN * PT_ENTRIES) {
		pte_t *e = &as->root[pt_index(va, 2)];

		if (*e & PTE_V)
			free_tables_below(e);
	}
	as->segs = NULL;
	segments_put(l);
}

void
aspace_clear(struct aspace *as)
{
	clear(as, true);
}

void
aspace_drop(struct aspace *as)
{
	clear(as, false);
	aspace_free(as);
}

int
aspace_own_segments(struct aspace *as)
{
	if (segments_unshare(&as->segs) < 0)
		return -1;
	as->owns_segs = true;
	return 0;
}

// A process that forks again and again, while it shares its list with its own
// parent and siblings, would raise and lower one count with all of them: it
// takes a list of its own, which it then shares with its children only.  If
// there is no memory for it, that is no reason not to fork.  (Address spaces
// that never run own theirs from the start: several harts may fork from one.)
static void
prepare_segments(struct aspace *parent)
{
	if (parent->owns_segs)
		return;
	if (parent->forked)
		aspace_own_segments(parent);
	parent->forked = true;
}

struct aspace *
aspace_fork(struct aspace *parent)
{
	struct aspace *child = aspace_new();
	int r;

	if (child == NULL)
		return NULL;
	prepare_segments(parent);
	segments_put(child->segs);
	child->segs = segments_share(parent->segs);
	child->owns_segs = false;
	child->stack_start = parent->stack_start;
	child->heap_start = parent->heap_start;
	child->heap_end = parent->heap_end;
	child->overcommits = parent->overcommits;
	current()->as_building = child;
	r = fork_mappings(parent, child);
	if (r < 0)
		aspace_clear(child);
	current()->as_building = NULL;
	if (r < 0) {
		aspace_free(child);
		return NULL;
	}
	return child;
}

// Copies the page of an entry, unless that is shared without counting.
static int
own_page(pte_t *e)
{
	struct page *old, *own;

	if (!(*e & PTE_V) || !(*e & PTE_COW) || (*e & PTE_UNCOUNTED))
		return 0;
	old = pa_to_page(pte_pa(*e));
	own = page_alloc(PK_IMAGE);
	if (own == NULL)
		return -1;
	page_copy(page_to_kva(own), page_to_kva(old));
	*e = pte_make(page_to_pa(own), pte_flags(*e));
	page_put(old);
	return 0;
}

static int
own_segment(struct aspace *as, const struct segment *s)
{
	struct pt_run r;

	for (uint64 va = s->start; va < s->end; va = r.end) {
		r = pt_run(as->root, va, s->end);
		for (uint i = 0; i < r.n; i++) {
			if (own_page(&r.entry[i]) < 0)
				return -1;
		}
	}
	return 0;
}

int
aspace_own_pages(struct aspace *as)
{
	struct segment_list *l = as->segs;

	for (uint i = 0; i < l->n; i++) {
		if (own_segment(as, &l->seg[i]) < 0)
			return -1;
	}
	return 0;
}

static void
take_asid(struct hart *h, struct aspace *as)
{
	if (h->asid_next > asid_max) {
		h->asid_next = 1;
		h->asid_epoch++;
		h->counters[CTR_TLB_FLUSHES]++;
		__asm__ volatile("sfence.vma" : : : "memory");
	}
	as->asid = asid_max > 0 ? h->asid_next++ : 0;
	as->tlb_hart = h->id;
	as->asid_epoch = h->asid_epoch;
	// What this hart has fetched of these addresses may be of another
	// program, or of a page that was written on another hart.
	__asm__ volatile("fence.i" : : : "memory");
}

void
aspace_activate(struct aspace *as)
{
	struct hart *h = this_hart();
	bool known;

	if (as == NULL) {
		if (h->as != NULL)
			satp_write(kernel_root, 0);
		h->as = NULL;
		return;
	}
	known = as->tlb_hart == (int)h->id && as->asid_epoch == h->asid_epoch;
	if (known && h->as == as)
		return;
	if (!known)
		take_asid(h, as);
	satp_write(as->root, as->asid);
	h->counters[CTR_SATP_WRITES]++;
	h->as = as;
	if (asid_max == 0) {
		h->counters[CTR_TLB_FLUSHES]++;
		__asm__ volatile("sfence.vma" : : : "memory");
	}
}

void
aspace_tlb_stale(struct aspace *as)
{
	struct hart *h = this_hart();

	if (h->as != as) {
		as->tlb_hart = -1;
		return;
	}
	h->counters[CTR_TLB_FLUSHES]++;
	__asm__ volatile("sfence.vma x0, %0" : : "r"((uint64)as->asid)
	    : "memory");
}

void
tlb_flush_page(uint64 va)
{
	struct hart *h = this_hart();

	h->counters[CTR_TLB_FLUSHES]++;
	__asm__ volatile("sfence.vma %0, %1"
	    : : "r"(va), "r"((uint64)h->as->asid) : "memory");
}
