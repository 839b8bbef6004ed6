// Sets of physical addresses, as ranges.
//
//   ascending, none empty, none touching the next:
//   r[i].start < r[i].end < r[i + 1].start
#ifndef BOOT_RANGES_H
#define BOOT_RANGES_H

#include <stdbool.h>
#include "kernel/types.h"

// Real machines have one to four ranges of RAM and a handful of reservations
// in it; each reservation splits a range at most once.
#define MAX_RANGES 64

struct range {
	uint64 start;
	uint64 end; // behind the last byte
};

struct range_set {
	uint n;
	struct range r[MAX_RANGES];
};

// Adds or takes away what lies in [start, end); nothing if start >= end.
// False if that would need more ranges than there is room for; s is then as
// it was.
bool range_add(struct range_set *s, uint64 start, uint64 end);
bool range_remove(struct range_set *s, uint64 start, uint64 end);

bool range_holds(const struct range_set *s, uint64 start, uint64 end);
uint64 range_bytes(const struct range_set *s);

#endif
