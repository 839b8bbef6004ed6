// What benchmarks share: a snapshot of the kernel's counters, and rates in
// integer arithmetic (programs have no floating point).
#ifndef LIB_BENCH_H
#define LIB_BENCH_H

#include "kernel/types.h"

enum bench_counter { COW_COPIES, COW_UPGRADES, ZERO_FILLS, BENCH_COUNTERS };

struct bench_snapshot {
	long counters[BENCH_COUNTERS];
	uint64 contended, spins; // of the memory manager's lock classes
	uint64 contended_all;    // of all lock classes
};

// 0, or -1 if the devices cannot be read or lack a counter.
int bench_snapshot(struct bench_snapshot *s);

// Prints " key=value" for what happened between two snapshots, to end a
// RESULT line with, and the newline.
void bench_print_changes(
    const struct bench_snapshot *from, const struct bench_snapshot *to);

// Prints n events in so many ticks of the time CSR, of which there are hz in
// a second, as a rate per second with one decimal.
void bench_print_rate(uint64 n, uint64 ticks, uint64 hz);

// Parses "2", "0.5" or "1.125" seconds into milliseconds; cuts text at the
// point.  At most an hour; -1 for anything else, and for 0.
int bench_parse_seconds(char *text, uint64 *millis);

#endif
