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

// Ticks of the time CSR that making, writing and removing a file take, next to
// so many loops that never sleep: the least of some rounds, of more until it is
// good enough, for a loop counts as one only when it has used up its first
// slice.
static uint64
files_beside(int loops, uint64 good)
{
	int pid[50];
	uint64 best = -1UL;

	for (int i = 0; i < loops; i++)
		pid[i] = spawn(loop, 0);
	sleep(2);
	for (int i = 0; i < 40 && (i < 5 || best > good); i++) {
		uint64 began = r_time(), took;

		make_file("beside", i, BSIZE);
		must_unlink("beside");
		took = r_time() - began;
		if (took < best)
			best = took;
	}
	for (int i = 0; i < loops; i++)
		EXPECT(kill(pid[i]) == 0, "kill");
	reap_all(loops, -1);
	return best;
}

// Whoever wakes goes before those that compute, however many these are.  A
// loop for each hart keeps the emulator as busy as many do.
static void
wakefirst(void)
{
	uint64 few, many;

	EXPECT(setaffinity(3) == 0, "two harts");
	few = files_beside(2, -1UL);
	many = files_beside(50, 10 * few);
	EXPECT(many <= 10 * few, "%lu ticks beside 2 loops, %lu beside 50", few,
	    many);
	EXPECT(setaffinity(0) == 0, "all harts");
}

const struct usertest hart_tests[] = {
    {"swapharts", swapharts, NEEDS_HARTS},
    {"audits", audits, NEEDS_PAGES},
    {"wakefirst", wakefirst, NEEDS_HARTS},
    {0, 0, 0},
};
