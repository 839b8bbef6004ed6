// Many processes, many harts, too little memory: everyone keeps the data that
// is theirs.
#include "user/cowtest/cases.h"

// Twenty generations, each forked by the one before and writing one page more.
#define GENERATIONS 20

static void
expect_inheritance(struct region r, int generation)
{
	for (int i = 0; i < r.pages; i++) {
		int writer = i <= generation ? i + 1 : 0;

		region_check(r, i, i + 1, 1000 + writer);
	}
}

static void
chain(void)
{
	struct region r = region_new(GENERATIONS);
	int generation = 0;
	int pid;

	region_mark(r, 0, r.pages, 1000);
	do {
		region_mark(
		    r, generation, generation + 1, 1000 + generation + 1);
		expect_inheritance(r, generation);
		pid = generation + 1 < GENERATIONS ? must_fork() : -1;
		if (pid == 0)
			generation++;
	} while (pid == 0);
	if (pid > 0)
		EXPECT(reap(pid) == 0, "generation %d failed", generation + 1);
	expect_inheritance(r, generation);
}

// A process reads a page on one hart, gets a copy of it on another, and comes
// back: the first hart must not use the translation it knew.
static void
hop_child(struct region r, int hart, int who)
{
	run_on(hart);
	region_check(r, 0, r.pages, who);
	region_mark(r, 0, r.pages, 5000 + who);
	region_check(r, 0, r.pages, 5000 + who);
	exit(0);
}

static void
hop(struct region r, int home, int away, int who)
{
	struct baton done;
	int pid;

	run_on(home);
	region_mark(r, 0, r.pages, who);
	baton_new(&done);
	pid = must_fork();
	if (pid == 0) {
		baton_take(&done);
		hop_child(r, home, who);
	}
	region_check(r, 0, r.pages, who); // home knows the shared pages
	run_on(away);
	region_check(r, 0, r.pages, who);
	region_mark(r, 0, r.pages, who + 100); // away knows the copies
	run_on(home);
	region_check(r, 0, r.pages, who + 100);
	region_mark(r, 0, r.pages, who + 200);
	run_on(away);
	region_check(r, 0, r.pages, who + 200);
	baton_pass(&done);
	EXPECT(reap(pid) == 0, "the child on hart %d failed", home);
	region_check(r, 0, r.pages, who + 200);
	baton_drop(&done);
}

static void
harts(void)
{
	struct region r = region_new(16);
	int n = nharts();

	for (int i = 0; i < 2 * n; i++)
		hop(r, i % n, (i * 3 + 1) % n, i);
}

// Children on all harts write the same pages at the same time, in different
// orders, while their parent does.
static void
storm_child(struct region r, int who, struct baton *start)
{
	char c;

	EXPECT(setaffinity(1UL << (who % nharts())) == 0, "cannot move");
	close(start->fd[1]);
	EXPECT(read(start->fd[0], &c, 1) == 0, "no end of file");
	for (int i = 0; i < r.pages; i++) {
		int page = (i * (2 * who + 1) + who) % r.pages;

		region_check(r, page, page + 1, 1);
		region_mark(r, page, page + 1, 10 + who);
	}
	region_check(r, 0, r.pages, 10 + who);
	exit(0);
}

static void
storm(void)
{
	struct region r = region_new(128);
	int children = 2 * nharts();

	if (children < 4)
		children = 4;
	if (children > 24)
		children = 24;
	for (int round = 0; round < 4; round++) {
		struct baton start;

		region_mark(r, 0, r.pages, 1);
		baton_new(&start);
		for (int i = 0; i < children; i++)
			if (must_fork() == 0)
				storm_child(r, i, &start);
		baton_drop(&start); // all of them run
		region_mark(r, 0, r.pages, 2);
		reap_all(children, 0);
		region_check(r, 0, r.pages, 2);
	}
}

// A child that needs more copies than there is memory dies; nobody else loses
// anything.  Where fork copies at once it is fork that fails.
static void
greedy_child(struct region r)
{
	region_mark(r, 0, r.pages, 2);
	exit(0);
}

static void
too_little(void)
{
	struct region r;
	long before = free_pages();
	int status, pid;

	if (before > 1024L * 1024 * 1024 / PGSIZE)
		exit(SKIPPED); // it would take too long to fill
	r = region_new(before * 2 / 3);
	region_mark(r, 0, r.pages, 1);
	pid = fork();
	if (pid == 0)
		greedy_child(r);
	if (policy == COPY_AT_FORK) {
		EXPECT(pid == -1, "fork copied more than there is");
	} else {
		EXPECT(pid > 0, "fork failed");
		status = reap(pid);
		EXPECT(status == -1, "the greedy child: status %d", status);
	}
	region_check(r, 0, r.pages, 1);
	region_mark(r, 0, r.pages, 3);
	region_check(r, 0, r.pages, 3);
	region_free(r);

	// What it took is there for the next.
	r = region_new(before * 2 / 3);
	region_mark(r, 0, r.pages, 4);
	region_check(r, 0, r.pages, 4);
}

const struct cow_case sharing_cases[] = {
    {"chain", chain},
    {"harts", harts},
    {"storm", storm},
    {"toolittle", too_little},
    {0, 0},
};
