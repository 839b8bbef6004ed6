// Processes against each other: on several harts, and for one.
#include "user/usertests/cases.h"
#include "user/lib/run.h"

// Processes that change harts all the time: a hart that takes one over must
// not wait for the other hart to do the same.
static void
move_around(long first)
{
	int n = nharts() < 2 ? 1 : 2;

	for (int i = 0; i < 6000; i++)
		EXPECT(setaffinity(1UL << ((first + i) % n)) == 0, "move %d",
		    i);
}

static void
swapharts(void)
{
	for (int i = 0; i < 2; i++)
		spawn(move_around, i);
	reap_all(2, 0);
}

// Audits park all other harts; the next may begin before those are on.
static void
audits(void)
{
	for (int i = 0; i < 100; i++)
		EXPECT(tell_device("usertests", "/dev/memstat", "audit") == 0,
		    "audit %d", i);
}

static void
loop(long unused)
{
	(void)unused;
	for (;;)
		__asm__ volatile("" : : : "memory");
}

// Nothing that shows: a terminal goes back to where it is.
static void
print(long unused)
{
	char line[64];

	(void)unused;
	memset(line, '\r', sizeof(line));
	for (;;)
		must_write(1, line, sizeof(line));
}

static void
hold_locks(long unused)
{
	const char command[] = "run mcs 10000 0 10";

	(void)unused;
	for (;;) {
		int fd = open("/dev/lockbench", O_RDWR);

		EXPECT(fd >= 0, "no lockbench");
		must_write(fd, command, sizeof(command) - 1);
		close(fd);
	}
}

// Ticks of the time CSR that making, writing and removing a file take, next to
// so many processes that do something else for ever: the least of some rounds,
// of more until it is good enough, for a loop counts as one only when it has
// used up its first slice.
static uint64
files_beside(void (*other)(long), int others, uint64 good)
{
	int pid[50];
	uint64 best = -1UL;

	for (int i = 0; i < others; i++)
		pid[i] = spawn(other, 0);
	sleep(2);
	for (int i = 0; i < 40 && (i < 5 || best > good); i++) {
		uint64 began = r_time(), took;

		make_file("beside", i, BSIZE);
		must_unlink("beside");
		took = r_time() - began;
		if (took < best)
			best = took;
	}
	for (int i = 0; i < others; i++)
		EXPECT(kill(pid[i]) == 0, "kill");
	reap_all(others, -1);
	return best;
}

// Whoever wakes goes before those that compute, however many these are, and
// nobody's printing or locks stop who works with files.  A loop for each hart
// keeps the emulator as busy as many do.
static void
wakefirst(void)
{
	const struct {
		void (*other)(long);
		int n;
		const char *name;
	} beside[] = {
	    {loop, 50, "loops"}, {print, 5, "printers"}, {hold_locks, 2, "locks"}};
	uint64 few;

	EXPECT(setaffinity(3) == 0, "two harts");
	few = files_beside(loop, 2, -1UL);
	for (int i = 0; i < 3; i++) {
		uint64 many =
		    files_beside(beside[i].other, beside[i].n, 10 * few);

		EXPECT(many <= 10 * few,
		    "%lu ticks beside 2 loops, %lu beside %d %s", few, many,
		    beside[i].n, beside[i].name);
	}
	EXPECT(setaffinity(0) == 0, "all harts");
}

const struct usertest hart_tests[] = {
    {"swapharts", swapharts, NEEDS_HARTS},
    {"audits", audits, NEEDS_PAGES},
    {"wakefirst", wakefirst, NEEDS_HARTS},
    {0, 0, 0},
};
