// Cases that check what the kernel did by its counters: how many pages fork
// and the writes after it took, copied and gave back.
//
// All of these run on hart 0 and let every process settle and sleep before one
// of them is measured, so the numbers are exact.
#include "user/cowtest/cases.h"

struct writes {
	struct region r;
	int from, to;
	int who;
};

static void
do_writes(void *arg)
{
	struct writes *w = arg;

	region_mark(w->r, w->from, w->to, w->who);
}

static void
do_reads(void *arg)
{
	struct writes *w = arg;

	region_check(w->r, w->from, w->to, w->who);
}

static struct counts
count_writes(struct region r, int from, int to, int who)
{
	struct writes w = {r, from, to, who};

	return counts_of(do_writes, &w);
}

static struct counts
count_reads(struct region r, int from, int to, int who)
{
	struct writes w = {r, from, to, who};

	return counts_of(do_reads, &w);
}

// P1 forks P2, P2 forks P3.  P3 writes, then P1, then P2: the first two copy,
// and leave P2 with pages that are nobody else's.
#define FAMILY_PAGES 8

static struct baton to_p1, to_p2, to_p3;

static void
family_p3(struct region r)
{
	settle();
	baton_pass(&to_p1);
	baton_take(&to_p3); // from P1: all have settled
	expect_writes("P3", count_writes(r, 0, r.pages, 3), r.pages, 0);
	baton_pass(&to_p1);
	baton_take(&to_p3); // from P2: all have written
	region_check(r, 0, r.pages, 3);
	exit(0);
}

static void
family_p2(struct region r)
{
	int p3 = must_fork();

	if (p3 == 0)
		family_p3(r);
	settle();
	baton_pass(&to_p1);
	baton_take(&to_p2); // from P1, which has written
	region_check(r, 0, r.pages, 1);
	expect_writes("P2", count_writes(r, 0, r.pages, 2), 0, r.pages);
	baton_pass(&to_p3);
	EXPECT(reap(p3) == 0, "P3 failed");
	region_check(r, 0, r.pages, 2);
	exit(0);
}

static void
family(void)
{
	struct region r;
	int p2;

	run_on(0);
	r = region_new(FAMILY_PAGES);
	region_mark(r, 0, r.pages, 1);
	baton_new(&to_p1);
	baton_new(&to_p2);
	baton_new(&to_p3);
	p2 = must_fork();
	if (p2 == 0)
		family_p2(r);
	settle();
	baton_take(&to_p1); // from P2 and P3: they have settled
	baton_take(&to_p1);
	baton_pass(&to_p3);
	baton_take(&to_p1); // from P3, which has written
	region_check(r, 0, r.pages, 1);
	expect_writes("P1", count_writes(r, 0, r.pages, 4), r.pages, 0);
	region_mark(r, 0, r.pages, 1 + 4);
	baton_pass(&to_p2);
	EXPECT(reap(p2) == 0, "P2 failed");
	region_check(r, 0, r.pages, 1 + 4);
}

// Pages that leave the free lists while a child of a process with so many
// resident pages lives.
static void
fork_takes(int pages)
{
	struct region r = region_new(pages);
	struct baton end;
	struct counts c;
	int pid;

	region_mark(r, 0, r.pages, 1);
	baton_new(&end);
	settle();
	c = counts_now();
	pid = must_fork();
	if (pid == 0) {
		baton_take(&end);
		region_check(r, 0, r.pages, 1);
		exit(0);
	}
	sleep(1); // the child goes to sleep
	c = counts_since(c);
	baton_pass(&end);
	EXPECT(reap(pid) == 0, "the child failed");
	baton_drop(&end);
	region_free(r);

	// What is left after the page tables: a kernel stack, slabs, and the
	// few pages of stack and data that parent and child wrote.
	if (policy == COPY_AT_FORK)
		EXPECT(-c.free >= pages, "fork copied %ld of %d pages",
		    -c.free, pages);
	else
		EXPECT(-c.free - c.tables <= 24,
		    "fork with %d pages took %ld, %ld of them tables", pages,
		    -c.free, c.tables);
	EXPECT(c.tables <= pages / 512 + 16, "fork took %ld page tables",
	    c.tables);
}

static void
fork_no_pages(void)
{
	run_on(0);
	fork_takes(16); // fills the caches of kernel objects
	fork_takes(16);
	fork_takes(512);
	fork_takes(4096);
}

// Runs body(r) in a child that has settled and whose parent sleeps.
static void
in_child(struct region r, void (*body)(struct region r))
{
	struct baton go;
	int pid;

	baton_new(&go);
	pid = must_fork();
	if (pid == 0) {
		settle();
		baton_take(&go);
		body(r);
		exit(0);
	}
	settle();
	baton_pass(&go);
	EXPECT(reap(pid) == 0, "the child failed");
	baton_drop(&go);
}

static void
write_one_by_one(struct region r)
{
	for (int i = 0; i < r.pages; i++) {
		expect_writes(
		    "first write", count_writes(r, i, i + 1, 2), 1, 0);
		expect_writes(
		    "second write", count_writes(r, i, i + 1, 3), 0, 0);
	}
	region_check(r, 0, r.pages, 3);
}

static void
one_page_per_write(void)
{
	struct region r;

	run_on(0);
	r = region_new(6);
	region_mark(r, 0, r.pages, 1);
	in_child(r, write_one_by_one);
	region_check(r, 0, r.pages, 1);
}

static void
read_then_write(struct region r)
{
	expect_writes("read", count_reads(r, 0, r.pages, 1), 0, 0);
	expect_writes("write", count_writes(r, 0, r.pages, 2), r.pages, 0);
	expect_writes("read", count_reads(r, 0, r.pages, 2), 0, 0);
}

static void
read_first(void)
{
	struct region r;

	run_on(0);
	r = region_new(12);
	region_mark(r, 0, r.pages, 1);
	in_child(r, read_then_write);
	region_check(r, 0, r.pages, 1);
}

// Counts rise with fork and fall with writes and exits, to where they were.
#define CYCLE_PAGES 32

static void
write_half(struct region r)
{
	int half = r.pages / 2;

	expect_writes("child", count_writes(r, 0, half, 2), half, 0);
}

// The free pages once they are back at want, or after a second without.
static long
free_pages_back_at(long want)
{
	long now = free_pages();

	for (int i = 0; i < 10 && now != want; i++) {
		sleep(1);
		now = free_pages();
	}
	return now;
}

static void
up_and_down(void)
{
	struct region r;

	run_on(0);
	r = region_new(CYCLE_PAGES);
	region_mark(r, 0, r.pages, 1);
	in_child(r, write_half); // fills the caches of kernel objects
	for (int who = 3; who < 7; who++) {
		long before, after;

		region_mark(r, 0, r.pages, 1);
		settle();
		before = free_pages();
		in_child(r, write_half);
		after = free_pages_back_at(before);
		EXPECT(after == before, "%ld free pages, then %ld", before,
		    after);

		// Everything is the parent's alone again.
		expect_writes(
		    "parent", count_writes(r, 0, r.pages, who), 0, r.pages);
		expect_writes("parent again",
		    count_writes(r, 0, r.pages, who + 10), 0, 0);
		region_check(r, 0, r.pages, who + 10);
	}
}

// Pages of the heap that nobody has written cost nothing to read, before and
// after a fork, and are nobody else's once written.
static void
zero_child(struct region r)
{
	static char zero[PGSIZE]; // never written either
	struct counts c;

	for (int i = 0; i < r.pages; i++)
		EXPECT(memcmp(r.base + i * PGSIZE, zero, PGSIZE) == 0,
		    "page %d is not zero in the child", i);
	c = count_writes(r, 0, r.pages / 2, 2);
	EXPECT(-c.free - c.tables == r.pages / 2,
	    "%d pages written, %ld taken", r.pages / 2, -c.free);
	region_check(r, 0, r.pages / 2, 2);
}

// The first half is untouched, the second the parent's.
static void
mixed_child(struct region r)
{
	int half = r.pages / 2;

	region_check(r, half, r.pages, 1);
	region_mark(r, 0, r.pages, 3);
	region_check(r, 0, r.pages, 3);
}

static void
read_zeros(void *arg)
{
	struct region *r = arg;
	volatile uint64 sum = 0;

	for (int i = 0; i < r->pages; i++)
		sum |= *(volatile uint64 *)(r->base + i * PGSIZE + 8);
	EXPECT(sum == 0, "fresh heap is not zero");
}

static void
zero_pages(void)
{
	struct region r;
	struct counts c;

	run_on(0);
	r.base = (char *)PGROUNDUP((uint64)sbrklazy(129 * PGSIZE));
	r.pages = 128;
	c = counts_of(read_zeros, &r);
	EXPECT(-c.free - c.tables == 0, "reading %d untouched pages took %ld",
	    r.pages, -c.free);
	in_child(r, zero_child);
	read_zeros(&r);
	region_mark(r, r.pages / 2, r.pages, 1);
	in_child(r, mixed_child);
	region_check(r, r.pages / 2, r.pages, 1);
	r.pages /= 2;
	read_zeros(&r);
}

const struct cow_case count_cases[] = {
    {"family", family},
    {"forknopages", fork_no_pages},
    {"onepage", one_page_per_write},
    {"readfirst", read_first},
    {"upanddown", up_and_down},
    {"zeropages", zero_pages},
    {0, 0},
};
