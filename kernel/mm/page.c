// The frames of RAM as an array, and what all policies share.
//
// Frames are handed to the page lists as untouched ranges (mm/fresh.h): a
// 16 GiB machine boots without writing to memory that nobody has asked for.
//
// Who only wants to know that many frames are free need not look at the lists.
// A hart counts what it takes and gives back (net), and keeps a bound on that,
// which others may read:
//
//   net <= bound <= net + 2 * stride        for each hart
//   free frames = page_total() - sum of net >= page_total() - sum of bounds
//
// A hart that has to raise its bound raises the round, too, a number that all
// share and that hardly ever changes: what was computed from the bounds before
// is good until then.  Memory order: a bound is raised before the round
// (release) and read after it (acquire), so whoever has used a bound from
// before finds, later, that the round has changed.

#include "mm/page.h"
#include "boot/platform.h"
#include "fs/fs.h"
#include "kernel/riscv.h"
#include "lib/string.h"
#include "mm/kcache_impl.h"
#include "mm/kmap.h"
#include "mm/page_impl.h"
#include "proc/hart.h"
#include "proc/image.h"
#include "proc/procslot.h"

// Frames of one range of RAM, as the records have them: those of all ranges
// follow each other, so that what lies between the ranges costs nothing.  The
// frame with number f of memory has record f - skipped.
struct frame_run {
	uint64 end;     // [I] physical address
	uint64 skipped; // [I] frames of the holes below it
	uint64 records; // [I] of this range and those below it
};

static struct page *pages; // [I] one per frame of RAM
static struct frame_run run[MAX_RANGES]; // [I] ascending; one at most machines
static uint64 n_records;   // [I]
static uint64 n_managed;   // [I] records of frames that the lists have

static void
lay_out_records(void)
{
	const struct range_set *ram = &platform.ram;

	for (uint i = 0; i < ram->n; i++) {
		run[i].end = ram->r[i].end;
		run[i].skipped = (ram->r[i].start >> PGSHIFT) - n_records;
		n_records +=
		    (ram->r[i].end - ram->r[i].start) >> PGSHIFT;
		run[i].records = n_records;
	}
}

// Frames of RAM that the lists do not get: the kernel's own since boot, and
// those reserved by the device tree.
static void
set_boot_frames(void)
{
	const struct range_set *free = &platform.free;
	static struct range_set boot;

	boot = platform.ram;
	for (uint i = 0; i < free->n; i++)
		if (!range_remove(&boot, free->r[i].start, free->r[i].end))
			panic("more than %u ranges of memory", MAX_RANGES);
	for (uint i = 0; i < boot.n; i++)
		for (uint64 pa = boot.r[i].start; pa < boot.r[i].end;
		    pa += PGSIZE)
			pa_to_page(pa)->kind = PK_BOOT;
}

static long stride;        // [I] frames, see above
static uint64 round_now __attribute__((aligned(64))); // [a]

void
page_init(void)
{
	struct range_set *free = &platform.free;

	lay_out_records();
	pages = early_alloc(n_records * sizeof(struct page), 64);
	// What early_alloc has left of the last page it gave from is lost.
	for (uint i = 0; i < free->n; i++)
		range_remove(free, free->r[i].start,
		    PGROUNDUP(free->r[i].start));
	n_managed = range_bytes(free) >> PGSHIFT;
	// All bounds together are then at most a quarter of the memory too high.
	stride = n_managed / (8 * platform.nharts);
	set_boot_frames();
	pagelist_init(free);
}

// Both searches end at the first run on a machine whose RAM has no holes.
struct page *
pa_to_page(uint64 pa)
{
	const struct frame_run *r = run;

	while (pa >= r->end)
		r++;
	DASSERT((pa >> PGSHIFT) - r->skipped < n_records);
	return &pages[(pa >> PGSHIFT) - r->skipped];
}

uint64
page_to_pa(const struct page *pg)
{
	uint64 record = pg - pages;
	const struct frame_run *r = run;

	while (record >= r->records)
		r++;
	return (record + r->skipped) << PGSHIFT;
}

void *
page_to_kva(const struct page *pg)
{
	return pa_to_kva(page_to_pa(pg));
}

struct page *
kva_to_page(const void *kva)
{
	return pa_to_page(kva_to_pa(kva));
}

uint64
page_total(void)
{
	return n_managed;
}

struct page *
page_records(uint64 *n)
{
	*n = n_records;
	return pages;
}

// Who makes room, cheapest first: file blocks, programs kept for exec, cached
// objects, the stacks of processes that are gone; the next one only if there is
// not enough.  Only a caller without spinlocks may come here: the caches take
// theirs.
bool
mm_shrink(uint64 frames)
{
	uint64 freed;

	if (this_hart()->lock_depth > 0)
		return false;
	this_hart()->counters[CTR_SHRINKS]++;
	freed = fs_shrink(frames < 64 ? frames : 64);
	if (freed < frames)
		freed += image_shrink(frames - freed);
	if (freed < frames)
		freed += kcache_shrink(frames - freed);
	if (freed < frames)
		freed += procslot_shrink(frames - freed);
	return freed > 0;
}

uint64
mm_reclaimable(void)
{
	return fs_reclaimable() + image_reclaimable() + kcache_reclaimable() +
	    procslot_reclaimable();
}

static void
raise_bound(struct hart *h)
{
	__atomic_store_n(&h->page_bound, h->page_net + stride,
	    __ATOMIC_RELAXED);
	__atomic_fetch_add(&round_now, 1, __ATOMIC_RELEASE);
}

static void
count_taken(struct hart *h)
{
	if (++h->page_net > h->page_bound)
		raise_bound(h);
}

static void
count_given(struct hart *h)
{
	// Lower than it was read is no harm: relaxed.
	if (--h->page_net < h->page_bound - 2 * stride)
		__atomic_store_n(&h->page_bound, h->page_net + stride,
		    __ATOMIC_RELAXED);
}

uint64
page_round(void)
{
	return __atomic_load_n(&round_now, __ATOMIC_ACQUIRE);
}

uint64
page_free_least(void)
{
	long n = page_total() - RESERVE_PAGES;

	for (uint i = 0; i < platform.nharts; i++)
		n -= __atomic_load_n(&harts[i].page_bound, __ATOMIC_RELAXED);
	return n > 0 ? n : 0;
}

uint64
page_handed_out(void)
{
	long n = 0;

	for (uint i = 0; i < platform.nharts; i++)
		n += harts[i].page_net;
	return n;
}

// Frames to ask the caches for when one is missing: the next ones are then
// had for less.
#define SHRINK_BATCH 32

// The list's reference becomes the caller's.  Most frames are taken for what
// they were before, and then their line, which others may have, is only read.
static void
take_over(struct page *pg, enum page_kind kind)
{
	if (pg->count != (pg->kind != PK_UNUSED))
		panic("page %p on a free list has kind %u, count %u",
		    (void *)page_to_pa(pg), pg->kind, pg->count);
	// Relaxed: nobody else knows this frame until it is published.
	if (pg->kind == PK_UNUSED)
		__atomic_store_n(&pg->count, 1, __ATOMIC_RELAXED);
	if (pg->kind != kind)
		pg->kind = kind;
}

struct page *
page_alloc(enum page_kind kind)
{
	void *kva = pagelist_take();
	struct page *pg;

	while (kva == NULL) {
		if (!mm_shrink(SHRINK_BATCH))
			break;
		kva = pagelist_take();
	}
	if (kva == NULL && current()->console)
		kva = reserve_take();
	if (kva == NULL)
		return NULL;
	pg = kva_to_page(kva);
	junk_check(pg);
	take_over(pg, kind);
	count_taken(this_hart());
	this_hart()->counters[CTR_PAGE_ALLOCS]++;
	this_hart()->kernel_pages += kind != PK_USER;
	return pg;
}

void
page_set_kind(struct page *pg, enum page_kind kind)
{
	this_hart()->kernel_pages +=
	    (kind != PK_USER) - (pg->kind != PK_USER);
	pg->kind = kind;
}

uint64
page_kernel_count(void)
{
	long n = 0;

	for (uint i = 0; i < platform.nharts; i++)
		n += harts[i].kernel_pages;
	return n > 0 ? n : 0; // a sum of numbers that move
}

void
page_release(struct page *pg)
{
	count_given(this_hart());
	this_hart()->counters[CTR_PAGE_FREES]++;
	this_hart()->kernel_pages -= pg->kind != PK_USER;
	junk_fill(pg);
	if (!reserve_give(page_to_kva(pg)))
		pagelist_give(page_to_kva(pg));
}

void
page_free(struct page *pg)
{
	if (pg->count != 1)
		panic("page_free(%p) of a page with kind %u, count %u from %p",
		    (void *)page_to_pa(pg), pg->kind, pg->count,
		    __builtin_return_address(0));
	page_release(pg);
}

void *
kpage_alloc(void)
{
	struct page *pg = page_alloc(PK_KERNEL);

	return pg != NULL ? page_to_kva(pg) : NULL;
}

void
kpage_free(void *kva)
{
	page_free(kva_to_page(kva));
}

#ifdef DEBUG
// A freed frame is filled with junk, and found unchanged when it is handed out
// again: a use after free shows here, and what is freed twice.  The words in
// front hold list links.
#define JUNK       0xdeadf4eedeadf4eeUL
#define JUNK_FIRST 4

void
junk_fill(struct page *pg)
{
	uint64 *w = page_to_kva(pg);

	if (pg->junked)
		panic("page %p is freed, but was free",
		    (void *)page_to_pa(pg));
	for (uint i = JUNK_FIRST; i < PGSIZE / 8; i++)
		w[i] = JUNK;
	pg->junked = 1;
}

// Frames that were never freed hold whatever was there at boot.
void
junk_check(struct page *pg)
{
	uint64 *w = page_to_kva(pg);

	for (uint i = JUNK_FIRST; pg->junked && i < PGSIZE / 8; i++) {
		if (w[i] != JUNK)
			panic("free page %p was written: word %u is %p",
			    (void *)page_to_pa(pg), i, (void *)w[i]);
	}
	pg->junked = 0;
}
#endif
