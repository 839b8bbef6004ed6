// parwrite: what happens when all who share pages write them at once?
//
//   parwrite [-n children] [-p pages] [-t seconds | -i iterations]
//
// In each round, one process writes P pages and forks N children, pinned to
// harts, which all write every page at the same time: a storm of copies, on
// counts that all share.  When they are gone, the sole survivor writes all
// pages again, which needs no copy (but in baseline, which copies always).
// The first round is a warm-up; -i counts the rounds after it, -t ends them.
//
// The counters in RESULT are those of the storms; sole_* are the survivor's.

#include "kernel/types.h"
#include "kernel/riscv.h"
#include "user/lib/course.h"
#include "user/lib/bench.h"
#include "user/lib/bench_room.h"
#include "user/lib/bench_team.h"

#define MAX_PAGES  (1 << 20) // 4 GiB
#define MAX_ROUNDS 256
#define LINE       64 // bytes of a cache line, on all common machines

static uint64 children, pages = 2048;

static struct bench_option options[] = {
    {'n', "children", &children, 1, BENCH_WORKERS, 0},
    {'p', "pages", &pages, 1, MAX_PAGES, 0},
};

static uchar *area;
static uint64 round; // of writing by the first process

// What all rounds come to.
static struct {
	struct bench_outcome storms;
	struct bench_counts sole;
	uint64 sole_ticks;
	uint64 rounds;
	uint64 storm_ns[MAX_ROUNDS]; // per page and child
	uint64 sole_ns[MAX_ROUNDS];  // per page
} sums;

static volatile uint64 *
word_of(uint64 page)
{
	return (volatile uint64 *)(area + page * PGSIZE);
}

static uint64
stamp(uint64 page)
{
	return round << 40 | page;
}

static uint64
childs_stamp(uint64 me, uint64 page)
{
	return ~((me + 1) << 40 | page);
}

static uint64
write_all(uint64 me, uint64 n)
{
	(void)n;
	for (uint64 page = 0; page < pages; page++) {
		volatile uint64 *word = word_of(page);

		if (*word != stamp(page))
			bench_die("a child does not see its parent's data");
		*word = childs_stamp(me, page);
	}
	return pages;
}

static void
check_all(uint64 me)
{
	for (uint64 page = 0; page < pages; page++) {
		if (*word_of(page) != childs_stamp(me, page))
			bench_die("another process has written to a child's"
			          " page");
	}
}

// Every line of the first process's pages has been in its cache just before a
// storm, which reads them all.  Where the survivor's writes copy pages they are
// there anyway; where it writes in place, the storm would pay for fetching them
// what baseline's pays between storms, when nobody looks at the clock.
static void
warm_up(void)
{
	volatile uint64 *end = word_of(pages);

	for (volatile uint64 *line = word_of(0); line < end;
	    line += LINE / sizeof(*line))
		(void)*line;
}

// The storm; what it comes to is added up unless this round is a warm-up.
static void
storm(int counts)
{
	struct bench_team team = {
	    .workers = children,
	    .ops = "writes",
	    .units = 1,
	    .quiet = 1,
	    .unit = write_all,
	    .check = check_all,
	};
	struct bench_outcome o;

	warm_up();
	bench_team_run(&team, &o);
	if (!counts)
		return;
	sums.storms.ops += o.ops;
	sums.storms.ticks += o.ticks;
	sums.storms.cycles += o.cycles;
	sums.storms.worked += o.worked;
	bench_counts_add(&sums.storms.counts, &o.counts);
	sums.storm_ns[sums.rounds] = bench_ns(o.ticks) / pages;
}

// The survivor's part.
static void
write_alone(int counts)
{
	struct bench_counts before, after;
	uint64 ticks;

	for (uint64 page = 0; page < pages; page++) {
		if (*word_of(page) != stamp(page))
			bench_die("a child's write changed its parent's page");
	}
	round++;
	bench_counts_read(&before);
	ticks = r_time();
	for (uint64 page = 0; page < pages; page++)
		*word_of(page) = stamp(page);
	ticks = r_time() - ticks;
	bench_counts_read(&after);
	if (!counts)
		return;
	bench_counts_since(&after, &before);
	bench_counts_add(&sums.sole, &after);
	sums.sole_ticks += ticks;
	sums.sole_ns[sums.rounds] = bench_ns(ticks) / pages;
}

static void
report(void)
{
	struct bench_spread all, one;

	all = bench_spread_of(sums.storm_ns, sums.rounds);
	one = bench_spread_of(sums.sole_ns, sums.rounds);
	printf("%lu rounds; ns from the first to the last child's write of a"
	       " page: min %lu, median %lu, max %lu\n",
	    sums.rounds, all.min, all.median, all.max);
	printf("ns a page for the sole survivor: min %lu, median %lu, max"
	       " %lu\n",
	    one.min, one.median, one.max);
	sums.storms.ns = all;
	sums.storms.evenness = 1000; // all write the same number
	sums.storms.instructions = -1;
	bench_result_open("writes", &sums.storms);
	printf(" rounds=%lu storm_ns_page=%lu sole_ns_page=%lu"
	       " sole_writes=%lu sole_copies=%lu sole_upgrades=%lu",
	    sums.rounds, all.median, one.median, sums.rounds * pages,
	    sums.sole.event[BC_COW_COPIES], sums.sole.event[BC_COW_UPGRADES]);
	bench_result_close(&sums.storms);
}

int
main(int argc, char **argv)
{
	uint64 begin, length;

	(void)argc;
	children = nharts();
	bench_begin(argv, options, 2);
	// The parent's, the collector's if fork copies, and the children's.
	bench_fit(
	    &pages, options[1].given, children + 1 + bench_fork_copies(), 2);
	if (bench.iterations > MAX_ROUNDS)
		bench_usage();
	bench_print_setup();
	area = bench_pages(pages);
	for (uint64 page = 0; page < pages; page++)
		*word_of(page) = stamp(page);
	storm(0);
	write_alone(0);
	begin = r_time();
	length = bench.millis * bench.hz / 1000;
	do {
		storm(1);
		write_alone(1);
		sums.rounds++;
	} while (sums.rounds < MAX_ROUNDS &&
	         (bench.iterations ? sums.rounds < bench.iterations
	                           : r_time() - begin < length));
	report();
	return 0;
}
