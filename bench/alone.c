// alone: does a hart that works alone really work alone?
//
//   alone [-n workers] [-l loop] [-t seconds | -i iterations]
//
// Each worker, pinned to a hart, repeats what concerns nobody else; one turn is
// one operation.  Loops are
//
//   1 getpid  a call that does nothing
//   2 sbrk    the heap grows by a page, which is written, and shrinks again
//   3 pipe    a pipe is made, takes a byte, gives it back, is closed
//   4 open    the worker's own file, in its own directory, is opened and closed
//   5 write   the worker's own open file gets a byte, always the same
//
// Nothing of this needs another hart, so N harts should do N times as much as
// one; under the coherence model they do if they write no line in common.  A
// write is on the disk when it returns: there workers share the log.

#include "kernel/types.h"
#include "kernel/riscv.h"
#include "kernel/fcntl.h"
#include "user/drove.h"
#include "user/lib/bench.h"
#include "user/lib/bench_team.h"

#define LOOPS 5
#define UNIT  16 // turns between two looks at the clock

static uint64 workers, loop = 1;

static struct bench_option options[] = {
    {'n', "workers", &workers, 1, BENCH_WORKERS, 0},
    {'l', "loop", &loop, 1, LOOPS, 0},
};

static int fd; // the worker's own file

static void
turn_getpid(uint64 n)
{
	(void)n;
	if (getpid() <= 0)
		bench_die("getpid failed");
}

static void
turn_sbrk(uint64 n)
{
	char *end = sbrk(PGSIZE);

	(void)n;
	if (end == SBRK_ERROR)
		bench_die("the heap does not grow");
	*(volatile char *)end = 1;
	if (sbrk(-PGSIZE) != end + PGSIZE)
		bench_die("the heap does not shrink");
}

static void
turn_pipe(uint64 n)
{
	int ends[2];
	char c = (char)n, got = (char)~n;

	if (pipe(ends) < 0 || write(ends[1], &c, 1) != 1 ||
	    read(ends[0], &got, 1) != 1 || got != c)
		bench_die("a pipe does not give what it got");
	close(ends[0]);
	close(ends[1]);
}

static void
turn_open(uint64 n)
{
	int own = open("file", O_RDONLY);

	(void)n;
	if (own < 0)
		bench_die("cannot open the own file");
	close(own);
}

static void
turn_write(uint64 n)
{
	char c = (char)n;

	// The offset moves, so the byte is another one of the same block until
	// that is full.
	if (write(fd, &c, 1) != 1)
		bench_die("cannot write the own file");
	if (n % 512 == 511) {
		close(fd);
		fd = open("file", O_RDWR);
		if (fd < 0)
			bench_die("cannot open the own file");
	}
}

static const struct {
	const char *name;
	void (*turn)(uint64 n);
} loops[LOOPS] = {
    {"getpid", turn_getpid},
    {"sbrk", turn_sbrk},
    {"pipe", turn_pipe},
    {"open", turn_open},
    {"write", turn_write},
};

// Directories are those of this process's id, for there may be others.
static const char *
own_directory(uint64 me, int parent)
{
	static char name[15];

	snprintf(name, sizeof(name), "a%d.%d", parent, (int)me);
	return name;
}

static int parent;

static void
begin(uint64 me)
{
	static char block[1024];

	if (mkdir(own_directory(me, parent)) < 0 ||
	    chdir(own_directory(me, parent)) < 0)
		bench_die("cannot make a directory");
	fd = open("file", O_CREATE | O_RDWR);
	if (fd < 0)
		bench_die("cannot make a file");
	bench_write(fd, block, sizeof(block), "cannot write the own file");
	close(fd);
	fd = open("file", O_RDWR);
}

static uint64
turns(uint64 me, uint64 n)
{
	(void)me;
	for (uint64 i = 0; i < UNIT; i++)
		loops[loop - 1].turn(n * UNIT + i);
	return UNIT;
}

static void
tidy_up(void)
{
	for (uint64 me = 0; me < workers; me++) {
		const char *directory = own_directory(me, parent);

		if (chdir(directory) == 0) {
			unlink("file");
			chdir("..");
			unlink(directory);
		}
	}
}

int
main(int argc, char **argv)
{
	struct bench_team team = {
	    .ops = "turns",
	    .warm_up = 4,
	    .prepare = begin,
	    .unit = turns,
	};
	struct bench_outcome outcome;

	(void)argc;
	workers = nharts();
	bench_begin(argv, options, 2);
	parent = getpid();
	bench_print_setup();
	printf("turns of %s\n", loops[loop - 1].name);
	team.workers = workers;
	bench_team_run(&team, &outcome);
	tidy_up();
	bench_result_open("turns", &outcome);
	printf(" name=%s", loops[loop - 1].name);
	bench_result_close(&outcome);
	return 0;
}
