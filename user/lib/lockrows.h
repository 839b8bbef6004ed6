// The rows of /dev/lockstat.
#ifndef LIB_LOCKROWS_H
#define LIB_LOCKROWS_H

#include "kernel/types.h"

#define LOCK_COLUMNS 7 // numbers of a row

struct lock_row {
	const char *class;
	uint64 acquisitions;
	uint64 contended;
	uint64 spins;
	uint64 wait_us;
	uint64 wait_max_us;
	uint64 hold_us;
	uint64 hold_max_us;
};

// Calls take(to, row) for each lock class.  Returns their number, -1 if the
// device cannot be read or has another format.
int lock_rows(void (*take)(void *to, const struct lock_row *row), void *to);

#endif
