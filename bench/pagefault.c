// pagefault: how fast do n processes that share nothing get and return pages?
//
//   pagefault [-n workers] [-p pages] [-t seconds | -i iterations]
//
// Each worker is pinned to a hart and repeats: grow the heap by P pages, write
// to each, which faults and gets a zeroed page, and shrink the heap again. One
// fault is one operation.  It measures the free lists, the fault path and the
// zeroing; no page is ever shared.

#include "kernel/types.h"
#include "kernel/riscv.h"
#include "user/lib/course.h"
#include "user/lib/bench.h"
#include "user/lib/bench_room.h"
#include "user/lib/bench_team.h"

#define MAX_PAGES (1 << 18) // 1 GiB: sbrk takes an int

static uint64 workers, pages = 256;

static struct bench_option options[] = {
    {'n', "workers", &workers, 1, BENCH_WORKERS, 0},
    {'p', "pages", &pages, 1, MAX_PAGES, 0},
};

static void
align_heap(uint64 me)
{
	(void)me;
	bench_pages(0);
}

static uint64
grow_touch_shrink(uint64 me, uint64 n)
{
	int bytes = pages * PGSIZE;
	char *area = sbrklazy(bytes);

	if (area == SBRK_ERROR)
		bench_die("no memory");
	for (uint64 page = 0; page < pages; page++) {
		volatile uint64 *words = (uint64 *)(area + page * PGSIZE);

		// The first fault is a write, as the last word's value shows
		// that the page came zeroed and not as somebody left it.
		words[0] = me + n + 1;
		if (words[PGSIZE / 8 - 1] != 0)
			bench_die("a new page is not zeroed");
		words[PGSIZE / 8 - 1] = ~0UL;
	}
	if (*(volatile uint64 *)area != me + n + 1)
		bench_die("a page has changed by itself");
	if (sbrk(-bytes) == SBRK_ERROR)
		bench_die("the heap cannot shrink");
	return pages;
}

int
main(int argc, char **argv)
{
	struct bench_team team = {
	    .ops = "faults",
	    .warm_up = 2,
	    .prepare = align_heap,
	    .unit = grow_touch_shrink,
	};
	struct bench_outcome outcome;

	(void)argc;
	workers = nharts();
	bench_begin(argv, options, 2);
	bench_fit(&pages, options[1].given, workers, 2);
	bench_print_setup();
	team.workers = workers;
	bench_team_run(&team, &outcome);
	bench_result_open("faults", &outcome);
	bench_result_close(&outcome);
	return 0;
}
