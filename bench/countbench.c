// countbench: what does it cost that many processes count references to the
// same pages?
//
//   countbench [-n workers] [-p pages] [-t seconds | -i iterations]
//
// One process owns P pages, and all workers, pinned to harts, inherit them.
// Each worker repeats: fork, the child reads a word of one page and exits, the
// worker waits.  So every fork raises the count of all P pages by one and
// every exit lowers it, on the same P counts from all harts, and nothing is
// ever copied (but in eager, which counts nothing and copies everything).

#include "kernel/types.h"
#include "kernel/riscv.h"
#include "user/lib/course.h"
#include "user/lib/bench.h"
#include "user/lib/bench_room.h"
#include "user/lib/bench_team.h"

#define MAX_PAGES (1 << 18)

static uint64 workers, pages = 256;

static struct bench_option options[] = {
    {'n', "workers", &workers, 1, BENCH_WORKERS, 0},
    {'p', "pages", &pages, 1, MAX_PAGES, 0},
};

static uchar *area;

static uint64 *
word_of(uint64 page)
{
	return (uint64 *)(area + page * PGSIZE);
}

static uint64
fork_and_exit(uint64 me, uint64 n)
{
	uint64 page = (me + n) % pages;
	int pid = fork();

	if (pid == 0)
		exit(*word_of(page) == page ? 0 : 1);
	if (pid < 0)
		bench_die("fork failed");
	bench_reap(pid, "a child saw wrong data");
	return 1;
}

static void
check(uint64 me)
{
	(void)me;
	for (uint64 page = 0; page < pages; page++) {
		if (*word_of(page) != page)
			bench_die("a shared page has changed");
	}
}

// Gets and puts in a second, the quantity in question.
static void
print_keys(const struct bench_outcome *o)
{
	uint64 counted = bench_fork_copies() ? 0 : 2 * pages * o->ops;

	printf(" counted=%lu counted_per_s=", counted);
	bench_print_rate(counted, o->ticks);
}

int
main(int argc, char **argv)
{
	struct bench_team team = {
	    .ops = "forks",
	    .warm_up = 4,
	    .unit = fork_and_exit,
	    .check = check,
	};
	struct bench_outcome outcome;

	(void)argc;
	workers = nharts();
	bench_begin(argv, options, 2);
	// In eager each worker, its child and the collector have copies.
	bench_fit(&pages, options[1].given,
	    bench_fork_copies() ? 2 * workers + 2 : 1, 2 * workers + 2);
	bench_print_setup();
	team.workers = workers;
	area = bench_pages(pages);
	for (uint64 page = 0; page < pages; page++)
		*word_of(page) = page;
	bench_team_run(&team, &outcome);
	bench_result_open("forks", &outcome);
	print_keys(&outcome);
	bench_result_close(&outcome);
	return 0;
}
