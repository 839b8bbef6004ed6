// Free frames, scalable: two batches per hart, exchanged with a depot whole.
//
// A hart takes from and gives to its batch `loaded`; `spare` is either empty or
// full, so that a hart which hovers around a batch boundary swaps the two and
// leaves the depot alone.  The depot's lock is thus taken at most once per
// BATCH operations, and never by a hart that frees what it allocates.
//
//   frames on lists = sum of loaded.n + spare.n over harts
//                     + BATCH * batches in the depot + untouched frames
//
// A batch is a LIFO list through the first word of its frames; in the depot,
// the second word of a batch's first frame links to the next batch and the
// third holds its length.  Untouched frames become batches when the depot runs
// out of others.
//
// A hart out of frames looks into the depot, then into the other harts' lists,
// so every free frame can be reached from every hart.  Locks: a list's own
// (its hart's, hardly ever another's), then the depot's; never two lists.

#include "boot/platform.h"
#include "dev/textdev.h"
#include "kernel/riscv.h"
#include "mm/kmap.h"
#include "mm/page_impl.h"
#include "proc/hart.h"

#define BATCH 64

struct free_frame {
	struct free_frame *next;       // in its batch
	struct free_frame *next_batch; // first frames in the depot
	uint64 n;                      // frames of the batch
};

static struct {
	struct spinlock lock;
	struct free_frame *batches; // [lock]
	uint64 n_frames;            // [lock] on batches
	uint64 fresh;               // [lock] physical start of untouched RAM
	uint64 fresh_end;           // [I]
} depot __attribute__((aligned(64))) = {
    .lock = SPINLOCK_INIT(LC_PAGEDEPOT)};

void
pagelist_init(uint64 start_pa, uint64 end_pa)
{
	depot.fresh = start_pa;
	depot.fresh_end = end_pa;
	for (uint i = 0; i < platform.nharts; i++)
		spin_init(&harts[i].pages.lock, LC_PAGELIST);
}

static void
push(struct page_batch *b, void *kva)
{
	struct free_frame *f = kva;

	f->next = b->head;
	b->head = f;
	b->n++;
}

static void *
pop(struct page_batch *b)
{
	struct free_frame *f = b->head;

	b->head = f->next;
	b->n--;
	return f;
}

// Links up to BATCH untouched frames, lowest first in line.  Depot's lock.
static void
carve(struct page_batch *b)
{
	uint64 n = (depot.fresh_end - depot.fresh) >> PGSHIFT;

	if (n > BATCH)
		n = BATCH;
	for (uint64 i = n; i > 0; i--)
		push(b, pa_to_kva(depot.fresh + (i - 1) * PGSIZE));
	depot.fresh += n << PGSHIFT;
}

// Fills the empty batch b from the depot; false if the depot has nothing.
static bool
depot_take(struct page_batch *b)
{
	struct free_frame *f;

	spin_lock(&depot.lock);
	f = depot.batches;
	if (f != NULL) {
		depot.batches = f->next_batch;
		depot.n_frames -= f->n;
		b->head = f;
		b->n = f->n;
	} else {
		carve(b);
	}
	spin_unlock(&depot.lock);
	this_hart()->counters[CTR_DEPOT_SWAPS] += b->n > 0;
	return b->n > 0;
}

static void
depot_give(struct page_batch *b)
{
	struct free_frame *f = b->head;

	f->n = b->n;
	spin_lock(&depot.lock);
	f->next_batch = depot.batches;
	depot.batches = f;
	depot.n_frames += b->n;
	spin_unlock(&depot.lock);
	*b = (struct page_batch){0};
	this_hart()->counters[CTR_DEPOT_SWAPS]++;
}

static void
swap(struct page_list *l)
{
	struct page_batch b = l->loaded;

	l->loaded = l->spare;
	l->spare = b;
}

// Takes a batch away from another hart, the fuller of its two.
static bool
steal_from(struct page_list *victim, struct page_batch *b)
{
	struct page_batch *from;

	spin_lock(&victim->lock);
	from = victim->spare.n > victim->loaded.n ? &victim->spare :
	                                            &victim->loaded;
	*b = *from;
	*from = (struct page_batch){0};
	spin_unlock(&victim->lock);
	return b->n > 0;
}

static bool
steal(struct hart *h, struct page_batch *b)
{
	for (uint i = 1; i < platform.nharts; i++) {
		struct hart *v = &harts[(h->id + i) % platform.nharts];

		if (steal_from(&v->pages, b)) {
			h->counters[CTR_LIST_STEALS]++;
			return true;
		}
	}
	return false;
}

void *
pagelist_take(void)
{
	struct hart *h = this_hart();
	struct page_list *l = &h->pages;
	struct page_batch b = {0};
	void *kva = NULL;

	spin_lock(&l->lock);
	if (l->loaded.n == 0)
		swap(l);
	if (l->loaded.n == 0)
		depot_take(&l->loaded);
	if (l->loaded.n > 0)
		kva = pop(&l->loaded);
	spin_unlock(&l->lock);
	if (kva != NULL || !steal(h, &b))
		return kva;

	// Nothing can have come into our list meanwhile but what this hart
	// puts there: it is still empty.
	kva = pop(&b);
	spin_lock(&l->lock);
	l->loaded = b;
	spin_unlock(&l->lock);
	return kva;
}

void
pagelist_give(void *kva)
{
	struct page_list *l = &this_hart()->pages;

	spin_lock(&l->lock);
	if (l->loaded.n == BATCH) {
		if (l->spare.n > 0)
			depot_give(&l->spare);
		swap(l);
	}
	push(&l->loaded, kva);
	spin_unlock(&l->lock);
}

uint64
page_free_count(void)
{
	uint64 n;

	spin_lock(&depot.lock);
	n = depot.n_frames + ((depot.fresh_end - depot.fresh) >> PGSHIFT);
	spin_unlock(&depot.lock);
	for (uint i = 0; i < platform.nharts; i++)
		n += harts[i].pages.loaded.n + harts[i].pages.spare.n;
	return n;
}

void
pagelist_print(struct textbuf *t)
{
	text_printf(t, "depot_pages %lu\n", depot.n_frames);
	text_printf(t, "untouched_pages %lu\n",
	    (depot.fresh_end - depot.fresh) >> PGSHIFT);
	for (uint i = 0; i < platform.nharts; i++)
		text_printf(t, "hart%u_pages %u\n", i,
		    harts[i].pages.loaded.n + harts[i].pages.spare.n);
}

static void
each_frame(const struct free_frame *f, void (*see)(void *kva))
{
	for (; f != NULL; f = f->next)
		see((void *)f);
}

void
pagelist_each(void (*see)(void *kva))
{
	struct free_frame *f;

	for (f = depot.batches; f != NULL; f = f->next_batch)
		each_frame(f, see);
	for (uint i = 0; i < platform.nharts; i++) {
		each_frame(harts[i].pages.loaded.head, see);
		each_frame(harts[i].pages.spare.head, see);
	}
}

bool
pagelist_untouched(uint64 pa)
{
	return pa >= depot.fresh && pa < depot.fresh_end;
}
