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
//
// Processes: the first one only supervises, so that a worker's death ends the
// run at once instead of leaving the others waiting.  The collector, one of
// its children, runs the measurement:
//
//   workers    touch pages, warm up, send a byte up; read the start time
//   collector  read n bytes; read the counters; send the start time n times
//   workers    measure; send their records up; wait for the end of down
//   collector  read n records; read the counters; close down; report
//
// So what the counters count is the measured part, and no worker's exit.

#include "kernel/types.h"
#include "kernel/param.h"
#include "kernel/riscv.h"
#include "kernel/stat.h"
#include "user/user.h"
#include "user/lib/bench.h"

#define MAX_WORKERS 256       // half the processes of a default kernel
#define MAX_PAGES   (1 << 18) // 1 GiB: sbrk takes an int
#define WARM_UP     4         // fills the harts' page lists and caches

// Exit statuses of a child.
#define CHILD_BAD_DATA 3
#define CHILD_NO_EXEC  4

static struct {
	uint64 workers, pages, writes, exec;
	uint64 iterations; // 0: run for so many milliseconds
	uint64 millis;
	uint64 harts, hz;
} setup = {.pages = 256, .writes = 16, .millis = 2000}; // the defaults

static int up[2], down[2]; // pipes, named as seen by the workers
static int turn[2]; // holds one byte: who has taken it may send a record up

struct record {
	uint64 worker;
	uint64 forks;
	uint64 end; // time CSR after the last of them
};

static void __attribute__((noreturn)) die(const char *what)
{
	fprintf(2, "parfork: %s\n", what);
	exit(1);
}

static void
read_all(int fd, void *to, int n, const char *what)
{
	int got;

	for (; n > 0; n -= got, to = (char *)to + got) {
		got = read(fd, to, n);
		if (got <= 0)
			die(what);
	}
}

static void
write_all(int fd, const void *from, int n, const char *what)
{
	if (write(fd, from, n) != n)
		die(what);
}

// ---- A worker.

static uint64 me;   // number of this worker
static uchar *area; // its pages

// The first word of a page: another one for each page of each worker.
static volatile uint64 *
word_of(uint64 page)
{
	return (volatile uint64 *)(area + page * PGSIZE);
}

static uint64
stamp(uint64 page)
{
	return (me + 1) << 32 | page;
}

// The page of the child's write number i.
static uint64
target(uint64 i)
{
	return i * setup.pages / setup.writes;
}

static void
child(void)
{
	char *argv[] = {"/tiny", 0};

	for (uint64 i = 0; i < setup.writes; i++) {
		volatile uint64 *word = word_of(target(i));
		if (*word != stamp(target(i)))
			exit(CHILD_BAD_DATA);
		*word = ~stamp(target(i));
	}
	if (setup.exec) {
		exec(argv[0], argv);
		exit(CHILD_NO_EXEC);
	}
	exit(0);
}

static void
check_page(uint64 page)
{
	if (*word_of(page) != stamp(page))
		die("a child's write changed its parent's page");
}

// One measured unit; n numbers them.
static void
fork_once(uint64 n)
{
	int status, pid = fork();

	if (pid == 0)
		child();
	if (pid < 0)
		die("fork failed");
	if (wait(&status) != pid)
		die("wait returned another process");
	if (status == CHILD_BAD_DATA)
		die("a child did not see its parent's data");
	if (status == CHILD_NO_EXEC)
		die("cannot exec /tiny");
	if (status != 0)
		die("a child was killed");
	if (setup.writes > 0)
		check_page(target(n % setup.writes));
}

static void
own_pages(void)
{
	area = (uchar *)sbrk(0);
	if (sbrk(-(uint64)area % PGSIZE) == SBRK_ERROR)
		die("no memory");
	area = (uchar *)sbrk(setup.pages * PGSIZE);
	if ((char *)area == SBRK_ERROR)
		die("no memory for so many pages");
	for (uint64 page = 0; page < setup.pages; page++)
		*word_of(page) = stamp(page);
}

static uint64
measure(uint64 start, uint64 *end)
{
	uint64 stop = start + setup.millis * setup.hz / 1000, forks = 0;

	do {
		fork_once(forks++);
		*end = r_time();
	} while (setup.iterations ? forks < setup.iterations : *end < stop);
	return forks;
}

static void
worker(void)
{
	struct record rec = {.worker = me};
	uint64 start;
	char byte = 0;

	close(up[0]);
	close(down[1]);
	if (setaffinity(1UL << me % setup.harts) < 0)
		die("cannot pin a worker to its hart");
	own_pages();
	for (uint64 i = 0; i < WARM_UP; i++)
		fork_once(i);

	write_all(up[1], &byte, 1, "cannot report a worker as ready");
	read_all(down[0], &start, sizeof(start), "no start time");
	rec.forks = measure(start, &rec.end);
	for (uint64 page = 0; page < setup.pages; page++)
		check_page(page);

	read_all(turn[0], &byte, 1, "no turn to report");
	write_all(up[1], &rec, sizeof(rec), "cannot report a result");
	write_all(turn[1], &byte, 1, "cannot pass the turn on");
	read(down[0], &byte, 1); // end of file once all have reported
	exit(0);
}

// ---- The collector.

static void
print_setup(const char *variant)
{
	printf("parfork: variant %s, %lu harts\n", variant, setup.harts);
	printf("%lu workers, %lu pages, %lu written, then %s; ", setup.workers,
	    setup.pages, setup.writes, setup.exec ? "exec" : "exit");
	if (setup.iterations)
		printf("%lu iterations\n", setup.iterations);
	else
		printf("%lu.%03lu seconds\n", setup.millis / 1000,
		    setup.millis % 1000);
}

static void
print_result(const char *variant, uint64 forks, uint64 ticks)
{
	uint64 millis = ticks * 1000 / setup.hz;

	printf("total: %lu forks in %lu.%03lu s, ", forks, millis / 1000,
	    millis % 1000);
	bench_print_rate(forks, ticks, setup.hz);
	printf(" forks/s\n");
	printf("RESULT bench=parfork variant=%s harts=%lu workers=%lu"
	       " pages=%lu writes=%lu exec=%lu",
	    variant, setup.harts, setup.workers, setup.pages, setup.writes,
	    setup.exec);
	printf(" seconds=%lu.%03lu forks=%lu forks_per_s=", millis / 1000,
	    millis % 1000, forks);
	bench_print_rate(forks, ticks, setup.hz);
}

static void
collect(void)
{
	static struct record records[MAX_WORKERS];
	struct bench_snapshot before, after;
	struct record rec;
	uint64 start, forks = 0, last = 0;
	char variant[32], byte = 0;

	close(up[1]);
	close(down[0]);
	if (variant_name(variant, sizeof(variant)) < 0)
		die("cannot read /dev/memstat");
	print_setup(variant);
	for (uint64 i = 0; i < setup.workers; i++)
		read_all(up[0], &byte, 1, "a worker did not get ready");

	if (bench_snapshot(&before) < 0)
		die("cannot read the kernel's counters");
	start = r_time();
	for (uint64 i = 0; i < setup.workers; i++)
		write_all(down[1], &start, sizeof(start), "cannot start");
	write_all(turn[1], &byte, 1, "cannot offer the turn");
	for (uint64 i = 0; i < setup.workers; i++) {
		read_all(up[0], &rec, sizeof(rec), "a record is missing");
		records[rec.worker] = rec;
		forks += rec.forks;
		if (rec.end > last)
			last = rec.end;
	}
	if (bench_snapshot(&after) < 0)
		die("cannot read the kernel's counters");
	close(down[1]);

	for (uint64 i = 0; i < setup.workers; i++) {
		printf("worker %lu on hart %lu: %lu forks, ", i,
		    i % setup.harts, records[i].forks);
		bench_print_rate(
		    records[i].forks, records[i].end - start, setup.hz);
		printf(" forks/s\n");
	}
	print_result(variant, forks, last - start);
	bench_print_changes(&before, &after);
	exit(0);
}

// ---- The supervisor.

static int pids[MAX_WORKERS + 1]; // the workers, then the collector

static void
close_pipes(void)
{
	for (int i = 0; i < 2; i++) {
		close(up[i]);
		close(down[i]);
		close(turn[i]);
	}
}

static void
end_all(uint64 n)
{
	for (uint64 i = 0; i < n; i++) {
		if (pids[i] > 0)
			kill(pids[i]);
	}
	while (wait(0) >= 0)
		;
	exit(1);
}

static void
start_all(void)
{
	for (uint64 i = 0; i <= setup.workers; i++) {
		pids[i] = fork();
		if (pids[i] < 0) {
			fprintf(2, "parfork: cannot start worker %lu\n", i);
			end_all(i);
		}
		if (pids[i] > 0)
			continue;
		if (i == setup.workers)
			collect();
		me = i;
		worker();
	}
}

static void
supervise(void)
{
	int pid, status;

	while ((pid = wait(&status)) >= 0) {
		for (uint64 i = 0; i <= setup.workers; i++) {
			if (pids[i] != pid)
				continue;
			pids[i] = 0;
			if (status == 0)
				continue;
			fprintf(2, "parfork: %s %lu ended with status %d\n",
			    i < setup.workers ? "worker" : "collector", i,
			    status);
			end_all(setup.workers + 1);
		}
	}
}

// ---- Arguments.

static void __attribute__((noreturn)) usage(void)
{
	fprintf(2, "usage: parfork [-n workers] [-p pages] [-w writes] [-e]"
		   " [-t seconds | -i iterations]\n");
	exit(1);
}

static uint64
number_between(const char *text, uint64 least, uint64 most)
{
	uint64 value;

	if (text == 0 || parse_number(text, &value) < 0 || value < least ||
	    value > most)
		usage();
	return value;
}

static void
parse_arguments(char **arg)
{
	int timed = 0, writes_given = 0;

	while (*++arg) {
		char letter = (*arg)[0] == '-' ? (*arg)[1] : 0;
		if (letter == 0 || (*arg)[2] != 0)
			usage();
		if (letter == 'e') {
			setup.exec = 1;
			continue;
		}
		char *value = *++arg;
		if (letter == 'n')
			setup.workers = number_between(value, 1, MAX_WORKERS);
		else if (letter == 'p')
			setup.pages = number_between(value, 1, MAX_PAGES);
		else if (letter == 'w' && ++writes_given)
			setup.writes = number_between(value, 0, MAX_PAGES);
		else if (letter == 'i')
			setup.iterations = number_between(value, 1, 1UL << 32);
		else if (letter != 't' || ++timed != 1 || value == 0 ||
			 bench_parse_seconds(value, &setup.millis) < 0)
			usage();
	}
	if (!writes_given && setup.writes > setup.pages)
		setup.writes = setup.pages;
	if (setup.writes > setup.pages || (timed && setup.iterations))
		usage();
}

int
main(int argc, char **argv)
{
	(void)argc;
	setup.harts = nharts();
	setup.workers = setup.harts;
	setup.hz = time_hz();
	parse_arguments(argv);
	if (pipe(up) < 0 || pipe(down) < 0 || pipe(turn) < 0)
		die("no pipes");
	start_all();
	close_pipes();
	supervise();
	return 0;
}
