// fswrite: what does it cost to have changes of files on the disk?
//
//   fswrite [-n workers] [-b bytes] [-l loop] [-t seconds | -i iterations]
//
// Each worker has a directory and repeats in it what takes a few calls that
// change something, each of which returns when the change is in the log:
//
//   1 files   a file is made, written and removed; three operations
//   2 write   the start of a file that stays is written again; one operation
//
// RESULT has what that cost: commits of the log, blocks in them, and what the
// disk was asked for, in requests that write and in flushes.  Workers are not
// pinned.  What barriers cost is the difference to the same run on a disk whose
// flushes take no time: QEMU's -drive ...,cache=unsafe (bench/barriers.sh).

#include "kernel/types.h"
#include "kernel/fcntl.h"
#include "user/drove.h"
#include "user/lib/bench.h"
#include "user/lib/bench_team.h"

#define LOOPS     2
#define MAX_BYTES (8 * 1024)

static uint64 workers, bytes = 1024, loop = 1;

static struct bench_option options[] = {
    {'n', "workers", &workers, 1, BENCH_WORKERS, 0},
    {'b', "bytes", &bytes, 1, MAX_BYTES, 0},
    {'l', "loop", &loop, 1, LOOPS, 0},
};

static char data[MAX_BYTES];
static int parent;
static int fd; // of the file that stays

// Directories are those of this process's id, for there may be others.
static const char *
own_directory(uint64 me)
{
	static char name[15];

	snprintf(name, sizeof(name), "w%d.%d", parent, (int)me);
	return name;
}

static int
open_file(const char *name)
{
	int own = open(name, O_CREATE | O_RDWR);

	if (own < 0)
		bench_die("cannot make a file");
	return own;
}

static void
begin(uint64 me)
{
	const char *directory = own_directory(me);

	if (mkdir(directory) < 0 || chdir(directory) < 0)
		bench_die("cannot make a directory");
	memset(data, 'a' + (int)(me % 26), bytes);
	fd = open_file("stays");
}

static uint64
files(uint64 me, uint64 n)
{
	int own = open_file("comes");

	(void)me, (void)n;
	bench_write(own, data, bytes, "cannot write a file");
	close(own);
	if (unlink("comes") < 0)
		bench_die("cannot remove a file");
	return 3;
}

static uint64
write_again(uint64 me, uint64 n)
{
	(void)me, (void)n;
	bench_write(fd, data, bytes, "cannot write a file");
	close(fd);
	fd = open_file("stays");
	return 1;
}

static void
tidy_up(void)
{
	for (uint64 me = 0; me < workers; me++) {
		const char *directory = own_directory(me);

		if (chdir(directory) < 0)
			continue;
		unlink("stays");
		if (chdir("..") < 0 || unlink(directory) < 0)
			bench_die("cannot remove a directory");
	}
}

// Numbers per operation, to the hundredth.
static void
print_per_op(const char *key, uint64 n, uint64 ops)
{
	uint64 hundredths = ops ? n * 100 / ops : 0;

	printf(" %s=%lu.%lu%lu", key, hundredths / 100, hundredths / 10 % 10,
	    hundredths % 10);
}

int
main(int argc, char **argv)
{
	struct bench_team team = {
	    .ops = "changes",
	    .warm_up = 8,
	    .spread = 1,
	    .prepare = begin,
	};
	struct bench_outcome o;

	(void)argc;
	workers = nharts();
	bench_begin(argv, options, 3);
	parent = getpid();
	bench_print_setup();
	team.workers = workers;
	team.unit = loop == 1 ? files : write_again;
	bench_team_run(&team, &o);
	tidy_up();
	bench_result_open("changes", &o);
	print_per_op("flushes_per_change", o.counts.event[BC_DISK_FLUSHES],
	    o.ops);
	print_per_op("writes_per_change", o.counts.event[BC_DISK_WRITES],
	    o.ops);
	print_per_op("blocks_per_change", o.counts.event[BC_LOG_BLOCKS],
	    o.ops);
	bench_result_close(&o);
	return 0;
}
