// Sums of the harts' event counters.

#include "mm/stats.h"
#include "boot/platform.h"
#include "kernel/riscv.h"
#include "lib/string.h"
#include "mm/variant.h"
#include "sync/cycles.h"

#ifndef VARIANT_NAME
#error "the Makefile names the variant"
#endif
const char variant_name[] = VARIANT_NAME;

static const char *const names[CTR_COUNT] = {
#define X(id, name, what) name,
    COUNTERS(X)
#undef X
};

const char *
counter_name(enum counter c)
{
	return names[c];
}

uint64
counter_sum(enum counter c)
{
	uint64 n = 0;

	for (uint i = 0; i < platform.nharts; i++)
		n += harts[i].counters[c];
	return n;
}

// has to balance over time stays: allocations against frees, forks against
// exits.
void
counters_reset(void)
{
	for (uint i = 0; i < platform.nharts; i++)
		memset(harts[i].counters, 0, sizeof(harts[i].counters));
}

// Both counters have run since hart 0 booted, on the same clock source.
uint64
cycles_to_ns(uint64 cycles)
{
	uint64 elapsed = r_time() - harts[0].time_boot;
	uint64 run = cycles_now() - harts[0].cycle_boot;
	uint64 ns_per_tick = 1000000000 / platform.timebase;

	if (run == 0)
		return 0;
	// cycles * elapsed may pass 64 bits after hours: scale down first.
	while (elapsed > 1UL << 24) {
		elapsed >>= 1;
		run >>= 1;
	}
	return cycles / run * elapsed * ns_per_tick +
	    cycles % run * elapsed / run * ns_per_tick;
}
