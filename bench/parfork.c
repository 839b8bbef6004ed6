// parfork: how fast can n processes fork at the same time?
//
//   parfork [-n workers] [-p pages] [-w writes] [-e]
//           [-t seconds | -i iterations]
//
// Each worker is pinned to a hart (round and round if there are more workers),
// owns P pages that it has written itself, and repeats: fork; the child checks
// and overwrites a word in W of the inherited pages, spread evenly, and exits
// (-e: execs a tiny program); the worker waits for it and checks its status
// and that its own pages did not change.

#include "kernel/types.h"
#include "kernel/riscv.h"
#include "kernel/stat.h"
#include "user/lib/course.h"
#include "user/lib/bench.h"
#include "user/lib/bench_room.h"
#include "user/lib/bench_team.h"

#define MAX_PAGES (1 << 20) // 4 GiB

// Exit statuses of a child.
#define CHILD_BAD_DATA 3
#define CHILD_NO_EXEC  4

static uint64 workers, pages = 256, writes = 16, execs;

enum { WORKERS, PAGES, WRITES, EXEC, OPTIONS };

static struct bench_option options[OPTIONS] = {
    [WORKERS] = {'n', "workers", &workers, 1, BENCH_WORKERS, 0},
    [PAGES] = {'p', "pages", &pages, 1, MAX_PAGES, 0},
    [WRITES] = {'w', "writes", &writes, 0, MAX_PAGES, 0},
    [EXEC] = {'e', "exec", &execs, 0, 0, 0},
};

static uchar *area; // a worker's pages

// The first word of a page: another one for each page of each worker.
static volatile uint64 *
word_of(uint64 page)
{
	return (volatile uint64 *)(area + page * PGSIZE);
}

static uint64
stamp(uint64 me, uint64 page)
{
	return (me + 1) << 32 | page;
}

// The page of the child's write number i.
static uint64
target(uint64 i)
{
	return i * pages / writes;
}

static void
child(uint64 me)
{
	char *argv[] = {"/tiny", 0};

	for (uint64 i = 0; i < writes; i++) {
		volatile uint64 *word = word_of(target(i));

		if (*word != stamp(me, target(i)))
			exit(CHILD_BAD_DATA);
		*word = ~stamp(me, target(i));
	}
	if (execs) {
		exec(argv[0], argv);
		exit(CHILD_NO_EXEC);
	}
	exit(0);
}

static void
check_page(uint64 me, uint64 page)
{
	if (*word_of(page) != stamp(me, page))
		bench_die("a child's write changed its parent's page");
}

static uint64
fork_once(uint64 me, uint64 n)
{
	int status, pid = fork();

	if (pid == 0)
		child(me);
	if (pid < 0)
		bench_die("fork failed");
	if (wait(&status) != pid)
		bench_die("wait returned another process");
	if (status == CHILD_BAD_DATA)
		bench_die("a child did not see its parent's data");
	if (status == CHILD_NO_EXEC)
		bench_die("cannot exec /tiny");
	if (status != 0)
		bench_die("a child was killed");
	if (writes > 0)
		check_page(me, target(n % writes));
	return 1;
}

static void
own_pages(uint64 me)
{
	area = bench_pages(pages);
	for (uint64 page = 0; page < pages; page++)
		*word_of(page) = stamp(me, page);
}

static void
check_all(uint64 me)
{
	for (uint64 page = 0; page < pages; page++)
		check_page(me, page);
}

// Each worker's pages must fit, and what its child has of its own.
static void
settle_sizes(void)
{
	uint64 each, given = options[PAGES].given;

	if (options[WRITES].given && writes > pages)
		bench_usage();
	if (bench_fork_copies()) {
		bench_fit(&pages, given, 2 * workers, 2);
	} else {
		each = pages + (writes < pages ? writes : pages);
		bench_fit(&each, given, workers, workers + 2);
		if (pages > each)
			pages = each;
	}
	// As many written as do not make it more.
	if (writes > pages)
		writes = pages;
}

int
main(int argc, char **argv)
{
	struct bench_team team = {
	    .ops = "forks",
	    .warm_up = 4,
	    .prepare = own_pages,
	    .unit = fork_once,
	    .check = check_all,
	};
	struct bench_outcome outcome;

	(void)argc;
	workers = nharts();
	bench_begin(argv, options, OPTIONS);
	settle_sizes();
	team.workers = workers;
	bench_print_setup();
	bench_team_run(&team, &outcome);
	bench_result_open("forks", &outcome);
	bench_result_close(&outcome);
	return 0;
}
