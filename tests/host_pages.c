// The page lists and counts of each variant, compiled for the host and
// hammered by threads, under ThreadSanitizer.
//
// Each thread is a hart.  Frames are marked while somebody owns them, so a
// frame handed out twice shows at once; frames travel between threads through
// a shared table, so that lists grow where they were not filled; shared frames
// are referenced and dropped by all, and written by whoever finds itself alone.

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "boot/platform.h"
#include "fs/fs.h"
#include "mm/kcache_impl.h"
#include "mm/kmap.h"
#include "mm/page_impl.h"
#include "proc/hart.h"
#include "proc/image.h"
#include "proc/procslot.h"

#define THREADS 4
#define FRAMES  1500 // that the lists get; no multiple of a batch
#define PLACES  2000 // frames of the arena, holes and reservations included
#define ROUNDS  30000
#define SLOTS   64

struct platform platform;
struct hart *harts;
__thread struct hart *my_hart;
char *arena;
uint64 arena_pa = 0x80000000;

static struct page *slots[SLOTS]; // [a] frames in flight between threads
static uint32 owned[PLACES];      // [a] 1 while somebody has the frame
static int passed, failed;

static void
check(bool ok, const char *what)
{
	if (ok)
		passed++;
	else
		failed++;
	if (!ok)
		printf("FAILED: %s\n", what);
}

// --- what the kernel's files expect -----------------------------------------

// The console's reserve is full: frames come from the lists and go back there.
bool
reserve_give(void *kva)
{
	(void)kva;
	return false;
}

void *
reserve_take(void)
{
	return NULL;
}

void
panic(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	printf("panic: ");
	vprintf(fmt, ap);
	printf("\n0 passed, 1 failed\n");
	exit(1);
}

void *
early_alloc(uint64 n, uint64 align)
{
	void *p = aligned_alloc(align, (n + align - 1) & ~(align - 1));

	memset(p, 0, n);
	return p;
}

void text_printf(struct textbuf *t, const char *fmt, ...);

uint
fs_shrink(uint pages)
{
	return pages - pages;
}

uint
fs_reclaimable(void)
{
	return 0;
}

uint64
image_shrink(uint64 pages)
{
	return pages - pages;
}

uint64
image_reclaimable(void)
{
	return 0;
}

uint64
kcache_shrink(uint64 pages)
{
	return pages - pages;
}

uint64
kcache_reclaimable(void)
{
	return 0;
}

uint64
procslot_shrink(uint64 pages)
{
	return pages - pages;
}

uint64
procslot_reclaimable(void)
{
	return 0;
}

void
text_printf(struct textbuf *t, const char *fmt, ...)
{
	(void)t;
	(void)fmt;
}

// --- the hammer ---------------------------------------------------------------

static uint
frame_number(struct page *pg)
{
	return (page_to_pa(pg) - arena_pa) >> PGSHIFT;
}

static bool
is_free_memory(uint64 pa)
{
	return range_holds(&platform.free, pa, pa + PGSIZE);
}

static struct page *
take(void)
{
	struct page *pg = page_alloc(PK_USER);

	if (pg != NULL &&
	    __atomic_exchange_n(&owned[frame_number(pg)], 1,
		__ATOMIC_RELAXED) != 0)
		panic("frame %u handed out twice", frame_number(pg));
	if (pg != NULL && !is_free_memory(page_to_pa(pg)))
		panic("frame %u is not for the lists", frame_number(pg));
	if (pg != NULL)
		memset(page_to_kva(pg), my_hart->id, PGSIZE);
	return pg;
}

static void
mark_free(struct page *pg)
{
	__atomic_store_n(&owned[frame_number(pg)], 0, __ATOMIC_RELAXED);
}

// Frees a frame that this thread owns alone.
static void
drop(struct page *pg)
{
	if (pg == NULL)
		return;
	mark_free(pg);
	page_put(pg);
}

static void *
alone(void *arg)
{
	uint64 x = 88172645463325252 + (uint64)arg;

	my_hart = arg;
	for (int i = 0; i < ROUNDS; i++) {
		uint s;

		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		s = x % SLOTS;
		// Acquire and release: the frame's contents travel with it.
		drop(__atomic_exchange_n(&slots[s], x & 64 ? take() : NULL,
		    __ATOMIC_ACQ_REL));
	}
	return NULL;
}

#ifndef NOTHING_SHARED
// One frame per round, shared by all: every thread holds a reference, reads,
// and the one that finds itself alone writes in place.
static struct page *common;
static pthread_barrier_t barrier;
static int writers; // [a]

static void *
sharing(void *arg)
{
	volatile char *bytes;
	char sum = 0;

	my_hart = arg;
	for (int i = 0; i < ROUNDS / 20; i++) {
		if (my_hart->id == 0) {
			common = take();
			for (int n = 1; n < THREADS; n++)
				page_get(common);
		}
		pthread_barrier_wait(&barrier);
		bytes = page_to_kva(common);
		for (int b = 0; b < PGSIZE; b += 256)
			sum += bytes[b];
		if (page_sole(common)) {
			// Nobody else's read may race with this write.
			bytes[0] = sum;
			__atomic_fetch_add(&writers, 1, __ATOMIC_RELAXED);
			mark_free(common);
		}
		page_put(common);
		pthread_barrier_wait(&barrier);
		if (my_hart->id == 0)
			mark_free(common);
	}
	return NULL;
}
#endif

static void
run(void *(*body)(void *))
{
	pthread_t thread[THREADS];

	for (int i = 0; i < THREADS; i++)
		pthread_create(&thread[i], NULL, body, &harts[i]);
	for (int i = 0; i < THREADS; i++)
		pthread_join(thread[i], NULL);
}

static uint listed;

static void
count_listed(void *kva)
{
	(void)kva;
	listed++;
}

static void
check_all_free(const char *when)
{
	uint64 fresh = 0;

	listed = 0;
	pagelist_each(count_listed);
	for (uint i = 0; i < PLACES; i++)
		fresh += pagelist_untouched(arena_pa + (uint64)i * PGSIZE);
	check(page_free_count() == FRAMES, when);
	check(listed + fresh == FRAMES, "every frame is on a list once");
	check(page_free_least() <= FRAMES, "no more are free than there are");
}

// One hart can get every frame, wherever they were freed.
static void
check_reachable(void)
{
	static struct page *all[FRAMES];
	uint n = 0;

	while (n < FRAMES && (all[n] = take()) != NULL)
		n++;
	check(n == FRAMES, "all free frames can be had from one hart");
	check(page_alloc(PK_USER) == NULL, "and then there is none");
	for (uint i = 0; i < n; i++) {
		my_hart = &harts[i % THREADS];
		drop(all[i]);
	}
	my_hart = &harts[0];
}

// What the bounds say holds while the round stays the same, whoever takes and
// gives; and few frames back and forth on one hart leave the round alone.
static void
check_bounds(void)
{
	static struct page *have[FRAMES];
	uint64 x = 1, least = page_free_least(), round = page_round();
	uint n = 0, wrong = 0;

	for (int i = 0; i < ROUNDS; i++) {
		x = x * 6364136223846793005 + 1442695040888963407;
		my_hart = &harts[(x >> 33) % THREADS];
		if ((x >> 40) % FRAMES >= n)
			have[n++] = take();
		else
			drop(have[--n]);
		if (page_round() != round) {
			round = page_round();
			least = page_free_least();
		}
		wrong += page_free_count() < least ||
		    page_free_count() < page_free_least();
	}
	check(wrong == 0, "free frames are not fewer than the bounds say");
	while (n > 0)
		drop(have[--n]);
	drop(take());
	round = page_round();
	for (int i = 0; i < ROUNDS; i++)
		drop(take());
	check(page_round() == round, "a frame back and forth is no news");
	my_hart = &harts[0];
}

static void
set_range(struct range_set *s, uint first, uint behind, bool there)
{
	uint64 start = arena_pa + (uint64)first * PGSIZE;
	uint64 end = arena_pa + (uint64)behind * PGSIZE;

	if (there)
		range_add(s, start, end);
	else
		range_remove(s, start, end);
}

// Three ranges of RAM, and what is reserved: at a beginning, inside, and at an
// end; a range with one free frame.
static void
lay_out_memory(void)
{
	set_range(&platform.ram, 3, 703, true);
	set_range(&platform.ram, 704, 705, true);
	set_range(&platform.ram, 900, PLACES, true);
	platform.free = platform.ram;
	set_range(&platform.free, 3, 200, false);
	set_range(&platform.free, 300, 301, false);
	set_range(&platform.free, 1000, 1095, false);
	set_range(&platform.free, 1992, PLACES, false);
}

// Every frame of RAM has its record, and the other way round.
static void
check_records(void)
{
	uint64 n, seen = 0;
	struct page *first = page_records(&n);

	for (uint i = 0; i < PLACES; i++) {
		uint64 pa = arena_pa + (uint64)i * PGSIZE;
		bool is_free = is_free_memory(pa);

		if (!range_holds(&platform.ram, pa, pa + PGSIZE))
			continue;
		check(pa_to_page(pa) == first + seen, "a frame's record");
		check(page_to_pa(first + seen) == pa, "a record's frame");
		check(first[seen].kind == (is_free ? PK_UNUSED : PK_BOOT),
		    "what a frame is at boot");
		check(pagelist_untouched(pa) == is_free, "what is untouched");
		seen++;
	}
	check(seen == n, "as many records as frames");
}

int
main(void)
{
	arena = aligned_alloc(PGSIZE, (uint64)PLACES * PGSIZE);
	harts = early_alloc(THREADS * sizeof(struct hart), PGSIZE);
	platform.nharts = THREADS;
	lay_out_memory();
	for (uint i = 0; i < THREADS; i++)
		harts[i].id = i;
	my_hart = &harts[0];
	page_init();
	check(page_total() == FRAMES, "all free memory is managed");
	check_records();
	check_all_free("all free at first");
	check_reachable();
	check_all_free("all free after taking all");
	check_reachable(); // now from lists all over
	check_bounds();
	run(alone);
	for (int i = 0; i < SLOTS; i++)
		drop(slots[i]);
	check_all_free("all free after the exchange");
#ifndef NOTHING_SHARED
	pthread_barrier_init(&barrier, NULL, THREADS);
	run(sharing);
	check_all_free("all free after sharing");
	printf("sole writers: %d of %d rounds\n", writers, ROUNDS / 20);
#endif
	check_reachable();
	printf("%d passed, %d failed\n", passed, failed);
	return failed != 0;
}
