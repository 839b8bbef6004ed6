// The course's cases: simple, three, file, forkfork.
//
// Sizes follow the memory that is free.  A kernel that copies at fork can hold
// as many copies as there are processes and no more, so there the regions are
// small enough for that; a kernel with copy-on-write gets regions of which two
// copies would not fit.
#include "user/cowtest/cases.h"

// More than this adds minutes on a big machine, and nothing to the test: the
// count of free pages tells whether fork copied.
#define MOST_PAGES (256L * 1024 * 1024 / PGSIZE)

// The share num/den of free memory, in pages.
static long
share(int num, int den)
{
	long pages = free_pages() * num / den;

	return pages < MOST_PAGES ? pages : MOST_PAGES;
}

// Two thirds of memory, and a fork all the same.
static void
simple(void)
{
	long pages = policy == COPY_AT_FORK ? share(1, 3) : share(2, 3);
	struct region r = region_new(pages);
	struct counts before;
	int pid;

	region_mark(r, 0, r.pages, 1);
	before = counts_now();
	pid = must_fork();
	if (pid == 0) {
		EXPECT(policy == COPY_AT_FORK ||
		           counts_since(before).free > -r.pages / 16 - 64,
		    "fork copied pages");
		region_check(r, r.pages - 1, r.pages, 1);
		exit(0);
	}
	EXPECT(reap(pid) == 0, "the child failed");
	region_check(r, 0, r.pages, 1);
	region_free(r);
}

// Three generations each write their part of one region: the eldest the whole
// of it while the others live, the middle one half, the youngest all.
static void
three_youngest(struct region r)
{
	region_check(r, 0, r.pages / 2, 2);
	region_check(r, r.pages / 2, r.pages, 1);
	region_mark(r, 0, r.pages, 3);
	region_check(r, 0, r.pages, 3);
	exit(0);
}

static void
three_middle(struct region r)
{
	int half = r.pages / 2;
	int pid;

	region_mark(r, 0, half, 2);
	pid = must_fork();
	if (pid == 0)
		three_youngest(r);
	region_check(r, half, r.pages, 1);
	EXPECT(reap(pid) == 0, "the grandchild failed");
	region_check(r, 0, half, 2);
	region_check(r, half, r.pages, 1);
	exit(0);
}

static void
three(void)
{
	struct region r =
	    region_new(policy == COPY_AT_FORK ? share(1, 5) : share(1, 4));
	int pid;

	region_mark(r, 0, r.pages, 1);
	pid = must_fork();
	if (pid == 0)
		three_middle(r);
	region_mark(r, 0, r.pages / 8, 4);
	EXPECT(reap(pid) == 0, "the child failed");
	region_check(r, 0, r.pages / 8, 4);
	region_check(r, r.pages / 8, r.pages, 1);
}

// The kernel writes shared pages: several children at once read different
// messages to the same address, which lies across a page boundary.
#define READERS 4
#define MESSAGE 3000

static char inbox[2 * PGSIZE] __attribute__((aligned(PGSIZE)));

static void
fill(char *to, int n, int who)
{
	for (int i = 0; i < n; i++)
		to[i] = (char)mark(who, i);
}

static int
holds(const char *at, int n, int who)
{
	for (int i = 0; i < n; i++)
		if (at[i] != (char)mark(who, i))
			return 0;
	return 1;
}

static void
file_reader(int who, int from)
{
	char *at = inbox + PGSIZE - MESSAGE / 2;
	int got = 0;

	while (got < MESSAGE) {
		int n = read(from, at + got, MESSAGE - got);

		EXPECT(n > 0, "read gave %d after %d bytes", n, got);
		got += n;
	}
	sleep(1); // the others read meanwhile
	EXPECT(holds(at, MESSAGE, who), "reader %d has another's data", who);
	EXPECT(holds(inbox, PGSIZE - MESSAGE / 2, 99), "read wrote too much");
	exit(0);
}

static void
file(void)
{
	static char message[MESSAGE];
	int feed[READERS][2];

	fill(inbox, sizeof(inbox), 99);
	for (int i = 0; i < READERS; i++) {
		EXPECT(pipe(feed[i]) == 0, "no pipe");
		if (must_fork() == 0)
			file_reader(i, feed[i][0]);
	}
	for (int i = 0; i < READERS; i++) {
		fill(message, MESSAGE, i);
		EXPECT(write(feed[i][1], message, MESSAGE) == MESSAGE,
		    "short write");
	}
	reap_all(READERS, 0);
	EXPECT(holds(inbox, sizeof(inbox), 99), "a child's read shows here");
	for (int i = 0; i < READERS; i++) {
		close(feed[i][0]);
		close(feed[i][1]);
	}
}

// Processes that fork in parallel, over and over, and write what they share.
#define FORKERS 6
#define ROUNDS  20

static void
forker(struct region r, int who)
{
	for (int round = 0; round < ROUNDS; round++) {
		int page = (who * 7 + round) % r.pages;
		int pid = must_fork();

		if (pid == 0) {
			region_check(r, page, page + 1, 1);
			region_mark(r, page, page + 1, 100 + who);
			region_check(r, page, page + 1, 100 + who);
			exit(0);
		}
		EXPECT(reap(pid) == 0, "a child of forker %d failed", who);
	}
	region_check(r, 0, r.pages, 1);
	exit(0);
}

static void
forkfork(void)
{
	struct region r = region_new(64);

	region_mark(r, 0, r.pages, 1);
	for (int i = 0; i < FORKERS; i++)
		if (must_fork() == 0)
			forker(r, i);
	reap_all(FORKERS, 0);
	region_check(r, 0, r.pages, 1);
}

const struct cow_case course_cases[] = {
    {"simple", simple},
    {"simple", simple},
    {"three", three},
    {"three", three},
    {"three", three},
    {"file", file},
    {"forkfork", forkfork},
    {0, 0},
};
