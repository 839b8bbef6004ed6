// Regions, batons and counters for the cases of cowtest.
//
// A region's pages carry marks that depend on the page and its last writer, so
// that a page mapped at a wrong place or seen by a wrong process shows.
#include "user/cowtest/cases.h"

#define WORDS (PGSIZE / (int)sizeof(uint64))

struct region
region_new(long pages)
{
	// sbrk takes an int, and the heap may begin in the middle of a page.
	uint64 start = (uint64)sbrk(0);
	uint64 base = PGROUNDUP(start);

	EXPECT(sbrk((int)(base - start)) != SBRK_ERROR, "no heap");
	EXPECT(sbrk((int)(pages * PGSIZE)) == (char *)base,
	    "no heap for %ld pages", pages);
	return (struct region){(char *)base, (int)pages};
}

void
region_free(struct region r)
{
	EXPECT(sbrk(-r.pages * PGSIZE) == r.base + (long)r.pages * PGSIZE,
	    "the heap did not end with the region");
}

static uint64 *
page_words(struct region r, int page)
{
	return (uint64 *)(r.base + (long)page * PGSIZE);
}

void
region_mark(struct region r, int from, int to, int who)
{
	for (int i = from; i < to; i++) {
		volatile uint64 *w = page_words(r, i);

		w[0] = mark(who, i);
		w[WORDS - 1] = ~mark(who, i);
	}
}

void
region_check(struct region r, int from, int to, int who)
{
	for (int i = from; i < to; i++) {
		const volatile uint64 *w = page_words(r, i);

		EXPECT(w[0] == mark(who, i) && w[WORDS - 1] == ~mark(who, i),
		    "page %d holds %lx %lx, not what %d wrote", i, w[0],
		    w[WORDS - 1], who);
	}
}

void
baton_new(struct baton *b)
{
	EXPECT(pipe(b->fd) == 0, "no pipe");
}

void
baton_pass(struct baton *b)
{
	EXPECT(write(b->fd[1], "!", 1) == 1, "cannot pass the baton");
}

void
baton_take(struct baton *b)
{
	char c = 0;

	EXPECT(read(b->fd[0], &c, 1) == 1 && c == '!', "lost the baton");
}

void
baton_drop(struct baton *b)
{
	close(b->fd[0]);
	close(b->fd[1]);
}

struct counts
counts_now(void)
{
	struct counts c;

	c.free = memstat_read("free_pages");
	c.tables = memstat_read("table_allocs") - memstat_read("table_frees");
	c.copies = memstat_read("cow_copies");
	c.upgrades = memstat_read("cow_upgrades");
	EXPECT(c.free >= 0 && c.copies >= 0 && c.upgrades >= 0,
	    "a counter is missing from memstat");
	return c;
}

struct counts
counts_since(struct counts before)
{
	struct counts c = counts_now();

	c.free -= before.free;
	c.tables -= before.tables;
	c.copies -= before.copies;
	c.upgrades -= before.upgrades;
	return c;
}

void
settle(void)
{
	// Reading counters goes deeper into the stack and touches more data
	// than anything that a case does between two readings.
	counts_now();
	counts_since((struct counts){0, 0, 0, 0});
}

struct counts
counts_of(void (*work)(void *), void *arg)
{
	struct counts before;

	settle();
	before = counts_now();
	work(arg);
	return counts_since(before);
}

void
expect_writes(const char *what, struct counts c, int shared, int sole)
{
	int copies = 0, upgrades = 0;

	if (policy != COPY_AT_FORK)
		copies = shared;
	if (policy == COPY_ALWAYS)
		copies += sole;
	if (policy == COPY_UNLESS_SOLE)
		upgrades = sole;
	EXPECT(c.copies == copies && c.upgrades == upgrades,
	    "%s: %ld copies and %ld upgrades, not %d and %d", what, c.copies,
	    c.upgrades, copies, upgrades);

	// A copy of a sole page frees the page it replaces.
	if (policy == COPY_AT_FORK)
		shared = 0;
	EXPECT(c.free == -shared, "%s: free pages changed by %ld, not %d",
	    what, c.free, -shared);
}

long
free_pages(void)
{
	long n = memstat_read("free_pages");

	EXPECT(n > 0, "memstat has no free_pages");
	return n;
}

void
run_on(int hart)
{
	EXPECT(setaffinity(1UL << hart) == 0, "cannot run on hart %d", hart);
	EXPECT(gethart() == hart, "on hart %d, not %d", gethart(), hart);
}
