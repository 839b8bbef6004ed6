// /dev/lockstat, the whole table of lock statistics, and "statistics", a short
// form in the shape that course graders read.  Both are snapshots of counters
// that go on counting, so sums over classes are close, not exact.
//
// In the short form, "#test-and-set" is the number of attempts that found the
// lock taken, and the classes that protect free pages and cached blocks go by
// the course's names.

#include "dev/chardev.h"
#include "dev/devices.h"
#include "dev/textdev.h"
#include "lib/string.h"
#include "mm/stats.h"
#include "sync/lockstat.h"

#define TOP 5 // contended classes that "statistics" names

static uint64
microseconds(uint64 cycles)
{
	return cycles_to_ns(cycles) / 1000;
}

static void
lockstat_print(struct textbuf *t)
{
	text_printf(t, "%-14s %12s %10s %12s %11s %11s %11s %11s\n", "class",
	    "acquisitions", "contended", "spins", "wait_us", "wait_max_us",
	    "hold_us", "hold_max_us");
	for (uint lc = 0; lc < LC_COUNT; lc++) {
		struct lock_counters c;

		lockstat_sum(lc, &c);
		text_printf(t,
		    "%-14s %12lu %10lu %12lu %11lu %11lu %11lu %11lu\n",
		    lock_class_name(lc), c.acquisitions, c.contended, c.spins,
		    microseconds(c.wait_cycles), microseconds(c.wait_max),
		    microseconds(c.hold_cycles), microseconds(c.hold_max));
	}
}

static int
obey_reset(void)
{
	lockstat_reset();
	return 0;
}

static int
obey_hold_on(void)
{
	lockstat_hold(true);
	return 0;
}

static int
obey_hold_off(void)
{
	lockstat_hold(false);
	return 0;
}

static const struct text_command commands[] = {
    {"reset", obey_reset},
    {"hold on", obey_hold_on},
    {"hold off", obey_hold_off},
};

static int
lockstat_command(const char *line)
{
	return text_obey(commands, sizeof(commands) / sizeof(*commands), line);
}

// The course's name for a class of the kmem/bcache group, else NULL.
static const char *
group_name(enum lock_class lc)
{
	switch (lc) {
	case LC_PAGELIST:
	case LC_PAGEDEPOT:
		return "kmem";
	case LC_BCACHE:
		return "bcache";
	default:
		return NULL;
	}
}

static void
print_lock(struct textbuf *t, enum lock_class lc,
    const struct lock_counters *c)
{
	const char *name = group_name(lc);

	text_printf(t, "lock: %s: #test-and-set %lu #acquire() %lu\n",
	    name != NULL ? name : lock_class_name(lc), c->spins,
	    c->acquisitions);
}

// The class with most spins that is not in the set of bits seen, or LC_COUNT.
static uint
most_contended(const struct lock_counters *sums, uint64 seen)
{
	uint best = LC_COUNT;

	for (uint lc = 0; lc < LC_COUNT; lc++) {
		if (seen & 1UL << lc)
			continue;
		if (best == LC_COUNT || sums[lc].spins > sums[best].spins)
			best = lc;
	}
	return best;
}

static void
statistics_print(struct textbuf *t)
{
	struct lock_counters sums[LC_COUNT];
	uint64 total = 0, seen = 0;

	_Static_assert(LC_COUNT <= 64, "a set of classes is one word");
	text_printf(t, "--- lock kmem/bcache stats\n");
	for (uint lc = 0; lc < LC_COUNT; lc++) {
		lockstat_sum(lc, &sums[lc]);
		if (group_name(lc) == NULL)
			continue;
		print_lock(t, lc, &sums[lc]);
		total += sums[lc].spins;
	}
	text_printf(t, "--- top %d contended locks:\n", TOP);
	for (uint i = 0; i < TOP; i++) {
		uint lc = most_contended(sums, seen);

		seen |= 1UL << lc;
		print_lock(t, lc, &sums[lc]);
	}
	text_printf(t, "tot= %lu\n", total);
}

static const struct textdev lockstat_device = {
    .name = "lockstat",
    .print = lockstat_print,
    .command = lockstat_command,
};

static const struct textdev statistics_device = {
    .name = "statistics",
    .print = statistics_print,
    .command = lockstat_command,
};

void
lockstat_device_init(void)
{
	textdev_register(MAJOR_LOCKSTAT, &lockstat_device);
	textdev_register(MAJOR_STATISTICS, &statistics_device);
}
