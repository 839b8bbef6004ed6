// Counters from /dev/memstat and /dev/lockstat.
//
// A struct bench_counts is numbers only, so that sums and differences treat it
// as an array of them.

#include "kernel/types.h"
#include "kernel/fcntl.h"
#include "user/lib/course.h"
#include "user/lib/bench.h"
#include "user/lib/bench_counters.h"
#include "user/lib/lines.h"
#include "user/lib/lockrows.h"

#define WORDS (sizeof(struct bench_counts) / sizeof(uint64))

static const struct {
	const char *name, *key;
} events[BC_COUNT] = {
#define X(id, name, key) {name, key},
    BENCH_COUNTERS(X)
#undef X
};

// Lock classes of the memory manager.
static const char *const mm_classes[] = {
    "pagecount", "pagelist", "pagedepot", "kcache", "kcache_depot"};

#define MM_CLASSES (sizeof(mm_classes) / sizeof(mm_classes[0]))

static void
add_row(void *to, const struct lock_row *row)
{
	struct bench_counts *c = to;

	c->contended_all += row->contended;
	for (uint i = 0; i < MM_CLASSES; i++) {
		if (strcmp(row->class, mm_classes[i]) == 0) {
			c->contended += row->contended;
			c->spins += row->spins;
		}
	}
}

// Takes a line "name value" if it is one of ours; returns whether it was.
static int
take_line(char *line, struct bench_counts *c)
{
	char *name = next_word(&line), *value = next_word(&line);

	if (name == 0 || value == 0)
		return 0;
	for (uint i = 0; i < BC_COUNT; i++) {
		if (strcmp(name, events[i].name) == 0)
			return parse_number(value, &c->event[i]) == 0;
	}
	return 0;
}

static uint
read_events(struct bench_counts *c)
{
	struct lines text;
	char line[80];
	uint found = 0;
	int fd = open("/dev/memstat", O_RDONLY);

	if (fd < 0)
		return 0;
	lines_start(&text, fd, 0);
	while (lines_next(&text, line, sizeof(line)) >= 0)
		found += take_line(line, c);
	close(fd);
	return found;
}

void
bench_counts_read(struct bench_counts *now)
{
	memset(now, 0, sizeof(*now));
	if (read_events(now) != BC_COUNT || lock_rows(add_row, now) < 0)
		bench_die("cannot read the kernel's counters");
}

void
bench_counts_since(struct bench_counts *to, const struct bench_counts *from)
{
	for (uint i = 0; i < WORDS; i++)
		((uint64 *)to)[i] -= ((const uint64 *)from)[i];
}

void
bench_counts_add(struct bench_counts *sum, const struct bench_counts *more)
{
	for (uint i = 0; i < WORDS; i++)
		((uint64 *)sum)[i] += ((const uint64 *)more)[i];
}

void
bench_counts_print(const struct bench_counts *c)
{
	// These three first, then the locks, as the line began.
	for (uint i = 0; i <= BC_ZERO_FILLS; i++)
		printf(" %s=%lu", events[i].key, c->event[i]);
	printf(" contended=%lu spins=%lu contended_all=%lu", c->contended,
	    c->spins, c->contended_all);
	for (uint i = BC_ZERO_FILLS + 1; i < BC_COUNT; i++)
		printf(" %s=%lu", events[i].key, c->event[i]);
}
