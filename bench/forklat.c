// forklat: what do fork, faults, system calls and pipes cost one process?
//
//   forklat [-p pages] [-m mib] [-t seconds | -i iterations]
//
// One process, pinned to hart 0 like its children, measures one quantity after
// the other; -t is the time for each, -i the number of samples of each.  One
// sample comes before these as a warm-up.  RESULT has the medians.
//
//   null_ns              a system call that does nothing (getpid)
//   touch_ns             reading a mapped page's word after a context switch
//   zero_fill_ns         first write to a page of fresh heap
//   cow_copy_ns          a child's write to a page shared with its parent
//   wandered_cow_copy_ns the same, by a child that has read the pages on
//                        every hart and come back
//   cow_upgrade_ns       a parent's write to a page that it alone has left
//   pipe1_ns, pipe2_ns   a byte to another process and back: on one hart, on
//                        two
//   fork_us_S            fork() until it returns in the parent, with S MiB of
//                        memory written (0, 1, 4, 16 ... to -m or what fits)
//   forkwait_us_S        fork, child exits, parent has waited for it
//   forkexec_us_S        the same if the child executes /tiny
//
// X_instr is X in instructions, where the machine counts them.  What a fault
// does is the variant's: cow_upgrade_ns is a copy in baseline, and in eager
// neither is a fault at all.

#include "kernel/types.h"
#include "kernel/riscv.h"
#include "user/lib/course.h"
#include "user/lib/bench.h"
#include "user/lib/bench_counters.h"
#include "user/lib/bench_latency.h"
#include "user/lib/bench_room.h"

#define MAX_MIB   (16 << 10)
#define MIB_PAGES 256  // pages in a MiB
#define CALLS     1000 // null system calls a sample: over 100 us
#define TRIPS     50   // round trips a sample

static uint64 pages = 256, most_mib;

enum { PAGES, MIB, OPTIONS };

static struct bench_option options[OPTIONS] = {
    [PAGES] = {'p', "pages", &pages, 1, 1 << 16, 0},
    [MIB] = {'m', "mib", &most_mib, 0, MAX_MIB, 0},
};

// What was done, warm-ups included, for comparison with the kernel's counters.
static struct {
	uint64 forks, execs;
	uint64 copies, upgrades, zero_fills; // faults meant to be these
} done;

// ---- Pages.

static uchar *area; // of `pages` pages, or of the resident size

static volatile uint64 *
words_of(uint64 page)
{
	return (volatile uint64 *)(area + page * PGSIZE);
}

// Writes a page's number to its first word.
static void
write_numbers(uint64 n)
{
	for (uint64 page = 0; page < n; page++)
		*words_of(page) = page;
}

static void
check_numbers(uint64 n)
{
	for (uint64 page = 0; page < n; page++) {
		if (*words_of(page) != page)
			bench_die("a page does not have what was written");
	}
}

// ---- Processes.

static void
pin_to(uint64 hart)
{
	if (setaffinity(1UL << hart) < 0)
		bench_die("cannot be pinned to a hart");
}

static int
counted_fork(void)
{
	int pid;

	done.forks++;
	pid = fork();
	if (pid < 0)
		bench_die("fork failed");
	return pid;
}

static void
fork_child_that_exits(void)
{
	int pid = counted_fork();

	if (pid == 0)
		exit(0);
	bench_reap(pid, "a child failed");
}

// ---- The quantities.

static void
null_call(struct span *s)
{
	int me = getpid(), wrong = 0;

	span_begin(s);
	for (int i = 0; i < CALLS; i++)
		wrong |= getpid() != me;
	span_end(s, CALLS);
	if (wrong)
		bench_die("getpid changes its mind");
}

static void
touch(struct span *s)
{
	uint64 sum = 0;

	fork_child_that_exits(); // in between, others ran on this hart
	span_begin(s);
	for (uint64 page = 0; page < pages; page++)
		sum += *words_of(page);
	span_end(s, pages);
	if (sum != pages * (pages - 1) / 2)
		bench_die("a page does not have what was written");
}

static void
zero_fill(struct span *s)
{
	volatile uint64 *words = (uint64 *)sbrklazy(pages * PGSIZE);
	uint64 step = PGSIZE / sizeof(*words);

	if ((char *)words == SBRK_ERROR)
		bench_die("no memory");
	span_begin(s);
	for (uint64 page = 0; page < pages; page++)
		words[page * step] = 1;
	span_end(s, pages);
	for (uint64 page = 0; page < pages; page++) {
		if (words[page * step] != 1 || words[page * step + 1] != 0)
			bench_die("a new page is not zeroed");
	}
	if (sbrk(-(int)(pages * PGSIZE)) == SBRK_ERROR)
		bench_die("the heap cannot shrink");
	done.zero_fills += pages;
}

static void
read_on_every_hart(void)
{
	for (uint64 hart = 0; hart < bench.harts; hart++) {
		pin_to(hart);
		check_numbers(pages);
	}
	pin_to(0);
}

// The child of a copying sample; its span goes to fd.
static void
copying_child(int fd, int wanders)
{
	struct span s;

	if (wanders)
		read_on_every_hart();
	span_begin(&s);
	for (uint64 page = 0; page < pages; page++)
		words_of(page)[1] = ~page;
	span_end(&s, pages);
	for (uint64 page = 0; page < pages; page++) {
		if (words_of(page)[1] != ~page)
			bench_die("a child's write is lost");
	}
	check_numbers(pages);
	bench_write(fd, &s, sizeof(s), "cannot report a sample");
	exit(0);
}

static void
copy_in_child(struct span *s, int wanders)
{
	int fds[2], pid;

	if (pipe(fds) < 0)
		bench_die("no pipe");
	for (uint64 page = 0; page < pages; page++)
		words_of(page)[1] = 0;
	pid = counted_fork();
	if (pid == 0)
		copying_child(fds[1], wanders);
	bench_read(fds[0], s, sizeof(*s), "a sample is missing");
	bench_reap(pid, "a child that writes failed");
	close(fds[0]);
	close(fds[1]);
	for (uint64 page = 0; page < pages; page++) {
		if (words_of(page)[1] != 0)
			bench_die("a child's write changed its parent's page");
	}
	done.copies += pages;
}

static void
cow_copy(struct span *s)
{
	copy_in_child(s, 0);
}

static void
wandered_cow_copy(struct span *s)
{
	copy_in_child(s, 1);
}

static void
cow_upgrade(struct span *s)
{
	fork_child_that_exits();
	span_begin(s);
	for (uint64 page = 0; page < pages; page++)
		*words_of(page) = page;
	span_end(s, pages);
	check_numbers(pages);
	done.upgrades += pages;
}

static int there[2], back[2]; // pipes to the process that answers, and back

static void
round_trips(struct span *s)
{
	span_begin(s);
	for (int i = 0; i < TRIPS; i++) {
		uchar byte = i;

		bench_write(there[1], &byte, 1, "cannot write to a pipe");
		bench_read(back[0], &byte, 1, "the answer is missing");
		if (byte != (uchar)~i)
			bench_die("the answer is wrong");
	}
	span_end(s, TRIPS);
}

static void
answer(uint64 hart)
{
	uchar byte;

	pin_to(hart);
	close(there[1]);
	close(back[0]);
	while (read(there[0], &byte, 1) == 1) {
		byte = ~byte;
		bench_write(back[1], &byte, 1, "cannot answer");
	}
	exit(0);
}

static void
measure_pipe(const char *key, uint64 hart)
{
	int pid;

	if (pipe(there) < 0 || pipe(back) < 0)
		bench_die("no pipes");
	pid = counted_fork();
	if (pid == 0)
		answer(hart);
	close(there[0]);
	close(back[1]);
	latency_measure(key, round_trips);
	close(there[1]);
	close(back[0]);
	bench_reap(pid, "the process that answers failed");
}

static void
fork_alone(struct span *s)
{
	int pid;

	span_begin(s);
	pid = counted_fork();
	if (pid == 0)
		exit(0);
	span_end(s, 1);
	bench_reap(pid, "a child failed");
}

static void
fork_and_wait(struct span *s)
{
	span_begin(s);
	fork_child_that_exits();
	span_end(s, 1);
}

static void
fork_and_exec(struct span *s)
{
	char *argv[] = {"/tiny", 0};
	int pid;

	span_begin(s);
	pid = counted_fork();
	if (pid == 0) {
		exec(argv[0], argv);
		exit(1);
	}
	bench_reap(pid, "/tiny cannot be executed, or fails");
	span_end(s, 1);
	done.execs++;
}

// ---- All of them.

static void
measure_size(uint64 mib)
{
	static const struct {
		const char *name;
		void (*sample)(struct span *s);
	} kinds[] = {
	    {"fork_us", fork_alone},
	    {"forkwait_us", fork_and_wait},
	    {"forkexec_us", fork_and_exec},
	};
	char key[24];

	for (uint i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		snprintf(key, sizeof(key), "%s_%lu", kinds[i].name, mib);
		latency_measure(key, kinds[i].sample);
	}
}

static void
measure_sizes(void)
{
	uint64 have = 0;

	area = bench_pages(0);
	measure_size(0);
	for (uint64 mib = 1; mib <= most_mib; mib *= 4) {
		// The heap only grows: nobody else allocates in between.
		bench_pages(mib * MIB_PAGES - have);
		have = mib * MIB_PAGES;
		write_numbers(have);
		measure_size(mib);
		check_numbers(have);
	}
}

static void
measure_all(void)
{
	pin_to(0);
	latency_measure("null_ns", null_call);
	area = bench_pages(pages);
	write_numbers(pages);
	latency_measure("touch_ns", touch);
	latency_measure("zero_fill_ns", zero_fill);
	latency_measure("cow_copy_ns", cow_copy);
	latency_measure("wandered_cow_copy_ns", wandered_cow_copy);
	latency_measure("cow_upgrade_ns", cow_upgrade);
	if (sbrk(-(int)(pages * PGSIZE)) == SBRK_ERROR)
		bench_die("the heap cannot shrink");
	measure_pipe("pipe1_ns", 0);
	if (bench.harts > 1)
		measure_pipe("pipe2_ns", 1);
	measure_sizes();
}

static void
print_result(const struct bench_counts *counts, uint64 ticks)
{
	bench_result();
	printf(" seconds=");
	bench_print_seconds(ticks);
	latency_print();
	if (bench.harts == 1)
		printf(" pipe2_ns=-");
	printf(" forks=%lu execs=%lu copy_faults=%lu upgrade_faults=%lu"
	       " zero_faults=%lu",
	    done.forks, done.execs, done.copies, done.upgrades,
	    done.zero_fills);
	bench_counts_print(counts);
	printf("\n");
}

// The child's copy, or else its page tables, must fit too.
static void
settle_sizes(void)
{
	uint64 holders = bench_fork_copies() ? 2 : 1;
	uint64 room = bench_room(holders, 3);

	bench_fit(&pages, options[PAGES].given, 2, 3);
	room -= room / 256;
	if (!options[MIB].given)
		most_mib = room / MIB_PAGES;
	if (most_mib * MIB_PAGES > room)
		bench_die("no memory for so many MiB (-m)");
}

int
main(int argc, char **argv)
{
	struct bench_counts before, after;
	uint64 ticks;

	(void)argc;
	bench.millis = 200;
	bench_begin(argv, options, OPTIONS);
	settle_sizes();
	bench_print_setup();
	latency_begin();
	bench_counts_read(&before);
	ticks = -r_time();
	measure_all();
	ticks += r_time();
	bench_counts_read(&after);
	bench_counts_since(&after, &before);
	print_result(&after, ticks);
	return 0;
}
