// Memory that nobody has touched yet, handed out range by range from the
// lowest address up.  Part of a policy of free lists, under that one's lock.
#ifndef MM_FRESH_H
#define MM_FRESH_H

#include <stdbool.h>
#include "boot/ranges.h"
#include "kernel/types.h"

// The ranges from next on are untouched, and so is [at, end) of the one before.
struct fresh {
	uint64 at;                // [lock] physical
	uint64 end;               // [lock]
	uint64 n;                 // [lock] untouched frames, in all
	const struct range *next; // [lock]
	const struct range *last; // [I] behind the last range
};

// All of s, which is whole pages and does not change any more.
void fresh_init(struct fresh *f, const struct range_set *s);

// Takes consecutive frames, up to the next one whose number is a multiple of
// batch or to the end of their range; returns how many, 0 if there are none
// left, and where they begin.
uint64 fresh_take(struct fresh *f, uint64 batch, uint64 *pa);

bool fresh_holds(const struct fresh *f, uint64 pa);

#endif
