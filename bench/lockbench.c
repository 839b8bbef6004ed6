// lockbench: what does each kind of lock cost when harts want it at once, and
// who gets it?
//
//   lockbench [-n workers] [-k kind] [-o hold_ns] [-g gap_ns] [-s slice_ms]
//             [-t seconds | -i iterations]
//
// Each worker, pinned to a hart, repeats in the kernel (/dev/lockbench): take
// the lock, hold it for hold_ns, release it, stay away for gap_ns; in slices,
// between which it comes back here.  One kind after the other, -t or -i each;
// kinds are 1 spin, 2 ticket, 3 mcs, 4 sleep, and 0, all of them.
//
// Checked: a counter that is raised without atomics by whoever holds the lock
// must come out as the sum of what the workers report.
//
// With more harts than host cores, the locks that queue (ticket, mcs) hand
// over to harts that the host may not be running: that they are slow then is
// a result.

#include "kernel/types.h"
#include "kernel/fcntl.h"
#include "user/lib/course.h"
#include "user/lib/bench.h"
#include "user/lib/bench_team.h"
#include "user/lib/lines.h"

#define DEVICE "/dev/lockbench"
#define KINDS  4

static const char *const kinds[KINDS] = {"spin", "ticket", "mcs", "sleep"};

static uint64 workers, only, hold_ns = 500, gap_ns = 1000, slice_ms = 10;

static struct bench_option options[] = {
    {'n', "workers", &workers, 1, BENCH_WORKERS, 0},
    {'k', "kind", &only, 0, KINDS, 0},
    {'o', "hold_ns", &hold_ns, 0, 10000, 0},
    {'g', "gap_ns", &gap_ns, 0, 1000000, 0},
    {'s', "slice_ms", &slice_ms, 1, 1000, 0},
};

#define OPTIONS (sizeof(options) / sizeof(options[0]))

static uint kind; // being measured
static int device;
static char command[64];
static int command_len;

// The number behind name in what fd has to say next.
static uint64
number_of(int fd, const char *name)
{
	struct lines text;
	char line[40];
	uint64 value = 0;
	int found = 0;

	lines_start(&text, fd, 0);
	while (lines_next(&text, line, sizeof(line)) >= 0) {
		char *rest = line, *word = next_word(&rest);

		if (word && strcmp(word, name) == 0 &&
		    (word = next_word(&rest)) &&
		    parse_number(word, &value) == 0)
			found = 1;
	}
	if (!found)
		bench_die("cannot read " DEVICE);
	return value;
}

static int
open_device(void)
{
	int fd = open(DEVICE, O_RDWR);

	if (fd < 0)
		bench_die("cannot open " DEVICE);
	return fd;
}

static void
prepare(uint64 me)
{
	(void)me;
	device = open_device();
	command_len = snprintf(command, sizeof(command), "run %s %lu %lu %lu",
	    kinds[kind], hold_ns, gap_ns, slice_ms);
}

static uint64
run_slice(uint64 me, uint64 n)
{
	uint64 got;

	(void)me, (void)n;
	bench_write(device, command, command_len, "a lock loop failed");
	got = number_of(device, "acquisitions");
	if (got == 0)
		bench_die("a worker never got the lock");
	return got;
}

static uint64
read_guarded(void)
{
	int fd = open_device();
	uint64 value = number_of(fd, kinds[kind]);

	close(fd);
	return value;
}

// What a pair of take and release takes of each worker's time, beyond the hold
// and gap times asked for.
static uint64
overhead_ns(const struct bench_outcome *o)
{
	uint64 asked = hold_ns + gap_ns;

	return o->ns.median > asked ? o->ns.median - asked : 0;
}

static void
print_kind(const struct bench_outcome *o)
{
	printf("%-7s %10lu ", kinds[kind], o->ops);
	bench_print_rate(o->ops, o->ticks);
	printf("/s, ns each: min %lu, median %lu, max %lu; ", o->ns.min,
	    o->ns.median, o->ns.max);
	printf("slowest/fastest worker %lu/%lu per 1000 s, evenness %lu\n",
	    o->slowest, o->fastest, o->evenness);
}

static void
print_keys(const struct bench_outcome *o)
{
	const char *k = kinds[kind];

	printf(" %s_acquisitions=%lu %s_guarded=%lu %s_per_s=", k, o->ops, k,
	    o->observed, k);
	bench_print_rate(o->ops, o->ticks);
	printf(" %s_ns=%lu %s_overhead_ns=%lu", k, o->ns.median, k,
	    overhead_ns(o));
	printf(" %s_fair_permille=%lu %s_evenness=%lu", k,
	    o->fastest ? o->slowest * 1000 / o->fastest : 0, k, o->evenness);
}

int
main(int argc, char **argv)
{
	static struct bench_outcome outcomes[KINDS];
	struct bench_team team = {
	    .ops = "acquisitions",
	    .warm_up = 1,
	    .quiet = 1,
	    .prepare = prepare,
	    .unit = run_slice,
	    .observe = read_guarded,
	};
	struct bench_counts counts;

	(void)argc;
	memset(&counts, 0, sizeof(counts));
	workers = nharts();
	bench.millis = 1000;
	bench_begin(argv, options, OPTIONS);
	bench_print_setup();
	team.workers = workers;
	for (kind = 0; kind < KINDS; kind++) {
		struct bench_outcome *o = &outcomes[kind];

		if (only != 0 && only != kind + 1)
			continue;
		bench_team_run(&team, o);
		print_kind(o);
		if (o->observed != o->ops)
			bench_die("a lock let two in: counts were lost");
		bench_counts_add(&counts, &o->counts);
	}
	bench_result();
	for (kind = 0; kind < KINDS; kind++) {
		if (outcomes[kind].ops > 0)
			print_keys(&outcomes[kind]);
	}
	bench_counts_print(&counts);
	printf("\n");
	return 0;
}
