// Free frames, scalable: batches per hart, exchanged with a depot whole.
//
// A hart takes from and gives to its batch `loaded`.  When that is full it goes
// onto the hart's stack of full batches, and when it is empty the next of these
// comes off: a hart gets back the frames that it gave, which are in its cache,
// and touches nothing of anybody else's.  Only what exceeds the hart's share of
// the memory (keep) goes to the depot, one batch per BATCH operations.
//
//   frames on lists = sum of loaded.n + BATCH * n_full over harts
//                     + frames in the depot + untouched frames
//
// A batch is a LIFO list through the first word of its frames; on a stack, the
// second word of its first frame links to the next batch and the third holds
// its length.  Untouched frames become batches when the depot runs out of
// others.
//
// A hart out of frames looks into the depot, then into the other harts' lists,
// so every free frame can be reached from every hart.  Locks: a list's own
// (its hart's, hardly ever another's), then the depot's; never two lists.

#include "boot/platform.h"
#include "dev/textdev.h"
#include "kernel/riscv.h"
#include "mm/fresh.h"
#include "mm/kmap.h"
#include "mm/page_impl.h"
#include "proc/hart.h"

#define BATCH 64

struct free_frame {
	struct free_frame *next;       // in its batch
	struct free_frame *next_batch; // of a batch's first frame, on a stack
	uint64 n;                      // frames of the batch
};

static struct {
	struct spinlock lock;
	struct free_frame *batches; // [lock]
	uint64 n_frames;            // [lock] on batches
	struct fresh fresh;         // [lock]
} depot __attribute__((aligned(64))) = {
    .lock = SPINLOCK_INIT(LC_PAGEDEPOT)};

// Full batches that a hart may keep: half the memory is for the harts' lists,
// the other half for whoever comes.
static uint keep; // [I]

void
pagelist_init(const struct range_set *free)
{
	fresh_init(&depot.fresh, free);
	keep = depot.fresh.n / (2 * BATCH * platform.nharts);
	if (keep == 0)
		keep = 1;
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

// Links up to BATCH untouched frames, lowest first in line.  Batches begin at
// multiples of BATCH frames, so that the frames of two harts do not have their
// counts on one cache line from the start.  Depot's lock.
static void
carve(struct page_batch *b)
{
	uint64 pa;

	for (uint64 n = fresh_take(&depot.fresh, BATCH, &pa); n > 0; n--)
		push(b, pa_to_kva(pa + (n - 1) * PGSIZE));
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

// The batch loaded is empty, or has been given away: takes the next full one.
static bool
load_full(struct page_list *l)
{
	struct free_frame *f = l->full;

	if (f == NULL)
		return false;
	l->full = f->next_batch;
	l->n_full--;
	l->loaded = (struct page_batch){f, f->n};
	return true;
}

// The batch loaded is full: onto the stack, or to the depot.
static void
unload(struct page_list *l)
{
	struct free_frame *f = l->loaded.head;

	if (l->n_full == keep) {
		depot_give(&l->loaded);
		return;
	}
	f->n = l->loaded.n;
	f->next_batch = l->full;
	l->full = f;
	l->n_full++;
	l->loaded = (struct page_batch){0};
}

// Takes a batch away from another hart, a full one if it has any.
static bool
steal_from(struct page_list *victim, struct page_batch *b)
{
	struct page_batch loaded;

	if (__atomic_load_n(&victim->n_full, __ATOMIC_RELAXED) == 0 &&
	    __atomic_load_n(&victim->loaded.n, __ATOMIC_RELAXED) == 0)
		return false;
	spin_lock(&victim->lock);
	loaded = victim->loaded;
	if (load_full(victim)) {
		*b = victim->loaded;
		victim->loaded = loaded;
	} else {
		*b = loaded;
		victim->loaded = (struct page_batch){0};
	}
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
	if (l->loaded.n == 0 && !load_full(l))
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
	if (l->loaded.n == BATCH)
		unload(l);
	push(&l->loaded, kva);
	spin_unlock(&l->lock);
}

// Only batches of BATCH frames get onto a hart's stack.
static uint
list_frames(const struct page_list *l)
{
	return l->loaded.n + BATCH * l->n_full;
}

uint64
page_free_count(void)
{
	uint64 n;

	spin_lock(&depot.lock);
	n = depot.n_frames + depot.fresh.n;
	spin_unlock(&depot.lock);
	for (uint i = 0; i < platform.nharts; i++)
		n += list_frames(&harts[i].pages);
	return n;
}

void
pagelist_print(struct textbuf *t)
{
	text_printf(t, "depot_pages %lu\n", depot.n_frames);
	text_printf(t, "untouched_pages %lu\n", depot.fresh.n);
	for (uint i = 0; i < platform.nharts; i++)
		text_printf(t, "hart%u_pages %u\n", i,
		    list_frames(&harts[i].pages));
}

static void
each_frame(const struct free_frame *f, void (*see)(void *kva))
{
	for (; f != NULL; f = f->next)
		see((void *)f);
}

static void
each_batch(const struct free_frame *f, void (*see)(void *kva))
{
	for (; f != NULL; f = f->next_batch)
		each_frame(f, see);
}

void
pagelist_each(void (*see)(void *kva))
{
	each_batch(depot.batches, see);
	for (uint i = 0; i < platform.nharts; i++) {
		each_frame(harts[i].pages.loaded.head, see);
		each_batch(harts[i].pages.full, see);
	}
}

bool
pagelist_untouched(uint64 pa)
{
	return fresh_holds(&depot.fresh, pa);
}
