// Sums of the harts' lock counters, and the class table.

#include "sync/lockstat.h"
#include "boot/platform.h"
#include "lib/string.h"
#include "proc/hart.h"

bool lockstat_hold_on;

static const struct {
	const char *name;
	uint rank;
} classes[LC_COUNT] = {
#define X(id, rank, name, what) {name, rank},
    LOCK_CLASSES(X)
#undef X
};

const char *
lock_class_name(enum lock_class c)
{
	return classes[c].name;
}

uint
lock_class_rank(enum lock_class c)
{
	return classes[c].rank;
}

void
lockstat_sum(enum lock_class c, struct lock_counters *out)
{
	memset(out, 0, sizeof(*out));
	for (uint i = 0; i < platform.nharts; i++) {
		struct lock_counters *k = &harts[i].locks[c];

		out->acquisitions += k->acquisitions;
		out->contended += k->contended;
		out->spins += k->spins;
		out->wait_cycles += k->wait_cycles;
		out->hold_cycles += k->hold_cycles;
		if (k->wait_max > out->wait_max)
			out->wait_max = k->wait_max;
		if (k->hold_max > out->hold_max)
			out->hold_max = k->hold_max;
	}
}

// A hart that counts at this moment may keep its old value: the numbers are
// statistics, and a lock-free reset is worth more than the one event.
void
lockstat_reset(void)
{
	for (uint i = 0; i < platform.nharts; i++)
		memset(harts[i].locks, 0, sizeof(harts[i].locks));
}

void
lockstat_hold(bool on)
{
	lockstat_hold_on = on;
}
