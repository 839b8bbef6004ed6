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
//
// When a frame goes back.  A hart's walker may hold, until a fence, whatever an
// entry said since the last one, non-leaf entries too, and may walk on from
// there at any time: a table that is something else by then would be read as
// entries, and by hardware that sets A bits written.  It does so for the
// address space in satp only (privileged specification, "Supervisor
// Memory-Management Fence Instruction": implicit reads start from the current
// satp, and entries cached for another ASID are not those of this one).  Hence
// a table is freed
//
//   by a process that goes on (sbrk)   after its entry is cleared and the ASID
//                                      fenced with rs1 = x0
//   at exec                            after the new root is in satp
//   at exit                            a few by the parent, when on_hart says
//                                      that the hart has left; many by the
//                                      process itself, which leaves the root for
//                                      the kernel's first (ASID 0, which no
//                                      process gets)
//
// and what is cached under the old ASID is never used again: an ASID is given
// anew only behind a flush of everything.  Kernel entries (PTE_G) are the same
// in all roots.  Pages of a process that goes on are freed after a fence, too.
// Those of a process that ends go back at once: no instruction of it follows
// that could use a translation, A and D bits are set from the start, and what a
// hart loads speculatively it forgets.
//
// Debug builds count the fences of each hart, and panic if a table, or a page
// of a process that goes on, goes back without one since its entry was cleared,
// while the hart is still there; or while another hart is.

#include "mm/aspace.h"
#include "mm/aspace_impl.h"
#include "boot/platform.h"
#include "lib/string.h"
#include "mm/cow.h"
#include "mm/fault.h"
#include "mm/kcache.h"
#include "mm/kmap.h"
#include "mm/page.h"
#include "mm/pte.h"
#include "mm/stats.h"
#include "mm/ucopy_table.h"
#include "proc/sched.h"

#define SATP_SV39       (8UL << 60)
#define SATP_ASID_SHIFT 44
#define SATP_ASID_MASK  0xffffUL

// Tables that a process that ends leaves to its parent: a small process has
// two, and leaving its root early costs a write of satp.
#define TABLES_LEFT 16

// Frames, or tables, that are freed between two preemption points: a debug build,
// which fills them, takes some 2000 instructions for each.
#define BITE 64

static struct kcache *aspaces;
static uint asid_max; // [I] highest ASID the CPU keeps, 0 = none

bool tlb_keeps_rights;
bool tlb_keeps_invalid;

// The fences that debug builds count: this hart's translations of the address
// space in satp are clean from here on.
static void
fenced(void)
{
	this_hart()->counters[CTR_TLB_FLUSHES]++;
	this_hart()->fences++;
}

static void
flush_all(void)
{
	__asm__ volatile("sfence.vma" : : : "memory");
	fenced();
}

// An entry of as was cleared.
static void
note_unlinked(struct aspace *as)
{
	as->unlinked = this_hart()->fences;
}

// What the entry led to is about to go back.
static void
check_clean(const struct aspace *as)
{
#ifdef DEBUG
	if (this_hart()->as == as && this_hart()->fences == as->unlinked)
		panic("memory goes back that the TLB may know");
	for (uint i = 0; i < platform.nharts; i++) {
		if (&harts[i] != this_hart() &&
		    __atomic_load_n(&harts[i].as, __ATOMIC_RELAXED) == as)
			panic("memory goes back that hart %u is using", i);
	}
#else
	(void)as;
#endif
}

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

// Whether a copy to or from the probe page goes through: a fault there finds no
// process, and makes it fail.
static bool
probe(bool write)
{
	uint64 word = 0;

	return (write ? ucopy_bytes(0, &word, sizeof(word)) :
	                ucopy_bytes(&word, 0, sizeof(word))) == 0;
}

// Tries on one hart, at user address 0, whether an access faults although its
// entry allows it by now.  A machine that does so only now and then, or on
// other harts, is none the worse: it has a spurious fault.
void
aspace_probe(void)
{
	pte_t *mid = table_alloc();
	pte_t *leaf = table_alloc();
	pte_t page = pte_make(zero_page_pa, PTE_R | PTE_U | PTE_AD);

	KASSERT(mid != NULL && leaf != NULL);
	kernel_root[0] = pte_make(kva_to_pa(mid), PTE_V);
	mid[0] = pte_make(kva_to_pa(leaf), PTE_V);
	leaf[0] = page;
	flush_all();
	KASSERT(!probe(false));
	leaf[0] = page | PTE_V;
	tlb_keeps_invalid = !probe(false);
	flush_all();
	KASSERT(probe(false));
	leaf[0] = page | PTE_V | PTE_W;
	tlb_keeps_rights = !probe(true);
	kernel_root[0] = 0;
	mid[0] = 0;
	leaf[0] = 0;
	flush_all();
	table_free(mid);
	table_free(leaf);
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
put_frame(pte_t e)
{
	if (!(e & PTE_UNCOUNTED))
		page_put(pa_to_page(pte_pa(e)));
}

// Frees what is mapped in a run, of an address space that nothing runs in any
// more.
static void
drop_run(const struct pt_run *r)
{
	for (uint i = 0; i < r->n; i++) {
		pte_t e = r->entry[i];

		if (!(e & PTE_V))
			continue;
		r->entry[i] = 0;
		put_frame(e);
	}
}

// Frees what is mapped in a run of the current process's address space: all
// entries become invalid, and keep their frame's number; then the TLB forgets
// them; then the frames go back.
static void
unmap_run(struct aspace *as, const struct pt_run *r)
{
	uint found = 0;

	for (uint i = 0; i < r->n; i++) {
		found += r->entry[i] & PTE_V;
		r->entry[i] &= ~PTE_V;
	}
	if (found == 0)
		return;
	note_unlinked(as);
	aspace_tlb_stale(as);
	check_clean(as);
	for (uint i = 0; i < r->n; i++) {
		pte_t e = r->entry[i];

		r->entry[i] = 0;
		if (e != 0)
			put_frame(e);
	}
}

// A run short enough to free between two preemption points.
static struct pt_run
bite(pte_t *root, uint64 va, uint64 end)
{
	struct pt_run r = pt_run(root, va, end);

	if (r.n > BITE) {
		r.n = BITE;
		r.end = va + BITE * (uint64)PGSIZE;
	}
	return r;
}

void
aspace_unmap(struct aspace *as, uint64 start, uint64 end)
{
	struct pt_run r;

	for (uint64 va = start; va < end; va = r.end) {
		r = bite(as->root, va, end);
		unmap_run(as, &r);
		preempt_point();
	}
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

// Frees the table mid and those below it, which nothing refers to any more; all
// leaf entries are invalid.
static void
free_middle(pte_t *mid, bool preemptible)
{
	for (uint i = 0; i < PT_ENTRIES; i++) {
		pte_t e = mid[i];

		if (e & PTE_V) {
			mid[i] = 0;
			table_free(pa_to_kva(pte_pa(e)));
		}
		if (preemptible && i % BITE == BITE - 1)
			preempt_point();
	}
	table_free(mid);
}

// Takes the tables below a root entry out of the address space, if there are
// any, which the caller frees.
static pte_t *
unlink_middle(struct aspace *as, uint i)
{
	pte_t e = as->root[i];

	if (!(e & PTE_V))
		return NULL;
	as->root[i] = 0;
	note_unlinked(as);
	return pa_to_kva(pte_pa(e));
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
	pte_t *mid;

	for (uint64 va = start & ~(span - 1); va < end; va += span) {
		if (in_segments(as->segs, va, va + span))
			continue;
		mid = unlink_middle(as, pt_index(va, 2));
		if (mid == NULL)
			continue;
		aspace_tlb_stale(as);
		check_clean(as);
		free_middle(mid, true);
		preempt_point();
	}
}

// Frees all pages and forgets the segments; the tables stay.
static void
drop_pages(struct aspace *as, bool preemptible)
{
	struct segment_list *l = as->segs;
	struct pt_run r;

	for (uint i = 0; i < l->n; i++) {
		for (uint64 va = l->seg[i].start; va < l->seg[i].end;
		     va = r.end) {
			r = bite(as->root, va, l->seg[i].end);
			drop_run(&r);
			if (preemptible)
				preempt_point();
		}
	}
	as->segs = NULL;
	segments_put(l);
}

// Entries of the root that may lead to tables: those below the break.
static uint
root_entries(const struct aspace *as)
{
	// One that was not finished has no break yet.
	return as->heap_end > 0 ? pt_index(as->heap_end - 1, 2) + 1 :
	                          PT_ENTRIES / 2;
}

// Of an address space that no hart is in.
static void
drop_tables(struct aspace *as, bool preemptible)
{
	for (uint i = 0; i < root_entries(as); i++) {
		pte_t *mid = unlink_middle(as, i);

		if (mid == NULL)
			continue;
		check_clean(as);
		free_middle(mid, preemptible);
	}
}

static uint
entries_used(const pte_t *t)
{
	uint used = 0;

	for (uint i = 0; i < PT_ENTRIES; i++)
		used += t[i] & PTE_V;
	return used;
}

// Counts only as far as it matters.
static bool
has_many_tables(const struct aspace *as)
{
	uint roots = root_entries(as);
	uint n = 0;

	if (as->heap_end <= TABLES_LEFT * PT_SPAN)
		return false;
	for (uint i = 0; i < roots && n <= TABLES_LEFT; i++) {
		pte_t e = as->root[i];

		if (e & PTE_V)
			n += 1 + entries_used(pa_to_kva(pte_pa(e)));
	}
	return n > TABLES_LEFT;
}

void
aspace_clear(struct aspace *as)
{
	drop_pages(as, true);
	if (this_hart()->as == as && has_many_tables(as)) {
		as->left = true;
		aspace_activate(as);
	}
	if (this_hart()->as != as)
		drop_tables(as, true);
}

void
aspace_free(struct aspace *as)
{
	drop_tables(as, false);
	root_free(as->root);
	kcache_free(aspaces, as);
}

void
aspace_drop(struct aspace *as)
{
	drop_pages(as, false);
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
		flush_all();
	}
	as->asid = asid_max > 0 ? h->asid_next++ : 0;
	as->tlb_hart = h->id;
	as->asid_epoch = h->asid_epoch;
	// What this hart has fetched of these addresses may be of another
	// program, or of a page that was written on another hart.
	__asm__ volatile("fence.i" : : : "memory");
}

static void
load_kernel_root(struct hart *h)
{
	if (h->as == NULL)
		return;
	satp_write(kernel_root, 0);
	if (asid_max == 0)
		flush_all();
	h->as = NULL;
}

void
aspace_activate(struct aspace *as)
{
	struct hart *h = this_hart();
	bool known;

	if (as == NULL || as->left) {
		load_kernel_root(h);
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
	if (asid_max == 0)
		flush_all();
}

void
aspace_tlb_stale(struct aspace *as)
{
	if (this_hart()->as != as) {
		as->tlb_hart = -1;
		return;
	}
	__asm__ volatile("sfence.vma x0, %0" : : "r"((uint64)as->asid)
	    : "memory");
	fenced();
}

void
tlb_flush_page(uint64 va)
{
	struct hart *h = this_hart();

	h->counters[CTR_TLB_FLUSHES]++;
	__asm__ volatile("sfence.vma %0, %1"
	    : : "r"(va), "r"((uint64)h->as->asid) : "memory");
}
