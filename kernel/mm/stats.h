// Event counters: per hart, always on, summed by /dev/memstat.
#ifndef MM_STATS_H
#define MM_STATS_H

#include "kernel/types.h"
#include "proc/hart.h"

uint64 counter_sum(enum counter c);
void counters_reset(void);
const char *counter_name(enum counter c);

// Cycles of the cycle CSR in nanoseconds, by its rate against the time CSR
// since boot.
uint64 cycles_to_ns(uint64 cycles);

static inline void
count_event(enum counter c)
{
	this_hart()->counters[c]++;
}

static inline void
count_events(enum counter c, uint64 n)
{
	this_hart()->counters[c] += n;
}

#endif
