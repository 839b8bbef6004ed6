// Samples of a measured quantity and what is reported of them.
#ifndef LIB_BENCH_SAMPLES_H
#define LIB_BENCH_SAMPLES_H

#include "kernel/types.h"

struct bench_spread {
	uint64 min, median, max;
};

// Sorts the n values, and returns what they come to; zeros if there are none.
struct bench_spread bench_spread_of(uint64 *values, uint n);

// How evenly n shares are spread, in permille: Jain's index, (sum of x)^2 /
// (n * sum of x^2); 1000 means all alike, 1000 / n that one has everything.
// Scales the shares down in place.
uint64 bench_evenness(uint64 *shares, uint n);

#endif
