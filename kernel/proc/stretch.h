// Debug builds measure how long interrupts stay off: each stretch from one
// point at which a hart can take them to the next, the longest by the place at
// which it ended.  Nothing may hold a hart for longer than a millisecond.
#ifndef PROC_STRETCH_H
#define PROC_STRETCH_H

#include <stdbool.h>
#include "kernel/types.h"

#ifdef DEBUG

// A point is over: interrupts are off from here on.
void stretch_begin(void);

// A point is reached.  place: an address in the kernel's text, or the number of
// the system call that has ended.
void stretch_end(uint64 place);

// The i-th place that was ever seen and its longest stretch, in ticks of the
// time CSR; false behind the last.
bool stretch_get(uint i, uint64 *place, uint64 *ticks);

void stretch_reset(void);

#else

static inline void
stretch_begin(void)
{
}

static inline void
stretch_end(uint64 place)
{
	(void)place;
}

#endif
#endif
