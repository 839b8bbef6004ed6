// Processes that say where they run.

#include "user/stress/stress.h"

#define SWAPS 40

static uint64
all_harts(void)
{
	return nharts() < 64 ? (1UL << nharts()) - 1 : ~0UL;
}

uint64
any_mask(void)
{
	uint64 mask;

	do {
		mask = mix(&self.random) & mix(&self.random) & all_harts();
		if (pick(2))
			mask = 1UL << pick((uint)nharts());
	} while (mask == 0);
	return mask;
}

static void
move(uint64 mask)
{
	int hart;

	if (setaffinity(mask) < 0)
		BROKEN("setaffinity refuses %lx", mask);
	tally(C_MOVES);
	hart = gethart();
	if (!(mask >> hart & 1))
		BROKEN("on hart %d, with affinity %lx", hart, mask);
}

// The worker keeps its last mask, and so do its children, for a while.
void
step_move(void)
{
	for (uint i = 1 + pick(6); i > 0; i--)
		move(any_mask());
	if (pick(4))
		move(all_harts());
}

static void __attribute__((noreturn)) swap(uint64 here, uint64 there)
{
	for (uint i = 0; i < SWAPS; i++) {
		move(here);
		move(there);
	}
	kid_exit(0);
}

// Two processes that want each other's hart, again and again.
void
step_swap(void)
{
	uint64 a = 1UL << pick((uint)nharts()),
	       b = 1UL << pick((uint)nharts());
	int first = fork_kid(), second;

	if (first == 0)
		swap(a, b);
	second = fork_kid();
	if (second == 0)
		swap(b, a);
	if (first > 0)
		reap_kid(-1, 0);
	if (second > 0)
		reap_kid(-1, 0);
}
