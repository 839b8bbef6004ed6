// Lock statistics: per class and hart, summed when somebody asks.  Always on
// but for hold times, which cost two reads of the cycle CSR per acquisition.
#ifndef SYNC_LOCKSTAT_H
#define SYNC_LOCKSTAT_H

#include <stdbool.h>
#include "kernel/types.h"
#include "sync/lockclass.h"

// Written by their hart only; readers may see a sum that is a little old.
// Cycles are the cycle CSR's; cycles_to_ns() converts them.
struct lock_counters {
	uint64 acquisitions;
	uint64 contended; // acquisitions that found it taken
	uint64 spins;     // rounds of waiting; for sleep locks, sleeps
	uint64 wait_cycles;
	uint64 wait_max;
	uint64 hold_cycles; // while hold times are on
	uint64 hold_max;
};

extern bool lockstat_hold_on; // read-mostly

void lockstat_sum(enum lock_class c, struct lock_counters *out);
void lockstat_reset(void);
void lockstat_hold(bool on);

// Accounts for a lock that was held for so many cycles.
static inline void
lockstat_held(struct lock_counters *c, uint64 cycles)
{
	c->hold_cycles += cycles;
	if (cycles > c->hold_max)
		c->hold_max = cycles;
}

const char *lock_class_name(enum lock_class c);
uint lock_class_rank(enum lock_class c);

#endif
