// What benchmarks share.

#include "kernel/types.h"
#include "user/user.h"
#include "user/lib/bench.h"
#include "user/lib/lockrows.h"

static const char *const counter_names[BENCH_COUNTERS] = {
    [COW_COPIES] = "cow_copies",
    [COW_UPGRADES] = "cow_upgrades",
    [ZERO_FILLS] = "zero_fills",
};

// Lock classes of the memory manager.
static const char *const mm_classes[] = {
    "pagecount", "pagelist", "pagedepot", "kcache", "kcache_depot"};

#define MM_CLASSES (sizeof(mm_classes) / sizeof(mm_classes[0]))

static void
add_row(void *to, const struct lock_row *row)
{
	struct bench_snapshot *s = to;

	s->contended_all += row->contended;
	for (uint i = 0; i < MM_CLASSES; i++) {
		if (strcmp(row->class, mm_classes[i]) == 0) {
			s->contended += row->contended;
			s->spins += row->spins;
		}
	}
}

int
bench_snapshot(struct bench_snapshot *s)
{
	memset(s, 0, sizeof(*s));
	for (int i = 0; i < BENCH_COUNTERS; i++) {
		s->counters[i] = memstat_read(counter_names[i]);
		if (s->counters[i] < 0)
			return -1;
	}
	return lock_rows(add_row, s) < 0 ? -1 : 0;
}

void
bench_print_changes(
    const struct bench_snapshot *from, const struct bench_snapshot *to)
{
	for (int i = 0; i < BENCH_COUNTERS; i++)
		printf(" %s=%ld", counter_names[i],
		    to->counters[i] - from->counters[i]);
	printf(" contended=%lu spins=%lu contended_all=%lu\n",
	    to->contended - from->contended, to->spins - from->spins,
	    to->contended_all - from->contended_all);
}

void
bench_print_rate(uint64 n, uint64 ticks, uint64 hz)
{
	uint64 tenths = n * hz * 10 / (ticks > 0 ? ticks : 1);

	printf("%lu.%lu", tenths / 10, tenths % 10);
}

int
bench_parse_seconds(char *text, uint64 *millis)
{
	static const uint unit[] = {1000, 100, 10, 1}; // by digits behind it
	char *point = strchr(text, '.');
	uint64 whole, part = 0;

	if (point) {
		uint digits = strlen(point + 1);
		if (digits > 3 || parse_number(point + 1, &part) < 0)
			return -1;
		part *= unit[digits];
		*point = 0;
	}
	if (parse_number(text, &whole) < 0 || whole > 3600)
		return -1;
	*millis = whole * 1000 + part;
	return *millis > 0 ? 0 : -1;
}
