// /dev/memstat: what the memory manager has and what it has done.  One line
// per number, "name value".  The counters of harts that are running go on
// while they are summed.

#include "boot/platform.h"
#include "dev/chardev.h"
#include "dev/devices.h"
#include "dev/textdev.h"
#include "mm/aspace.h"
#include "mm/audit.h"
#include "mm/page.h"
#include "mm/stats.h"
#include "mm/variant.h"
#include "proc/sched.h"
#include "proc/stretch.h"
#include "trap/trap.h"

// Debug builds: the longest times without interrupts, by where they ended.
static void
stretches_print(struct textbuf *t)
{
#ifdef DEBUG
	uint64 place, ticks, offset, most = 0;

	for (uint i = 0; stretch_get(i, &place, &ticks); i++) {
		uint64 us = ticks * 1000000 / platform.timebase;
		const char *name = function_at(place, &offset);

		if (us > most)
			most = us;
		if (name == NULL)
			text_printf(t, "stretch_us %lu call %lu\n", us, place);
		else
			text_printf(t, "stretch_us %lu %s+0x%lx\n", us, name,
			    offset);
	}
	text_printf(t, "stretch_max_us %lu\n", most);
#else
	(void)t;
#endif
}

static void
memstat_print(struct textbuf *t)
{
	text_printf(t, "variant %s\n", variant_name);
	text_printf(t, "harts %u\n", platform.nharts);
	text_printf(t, "timebase %lu\n", platform.timebase);
	text_printf(t, "total_pages %lu\n", page_total());
	text_printf(t, "free_pages %lu\n", page_free_count());
	text_printf(t, "kernel_pages %lu\n", page_kernel_count());
	text_printf(t, "table_pages %ld\n", table_count());
	for (uint c = 0; c < CTR_COUNT; c++)
		text_printf(t, "%s %lu\n", counter_name(c), counter_sum(c));
	pagelist_print(t);
	stretches_print(t);
}

static int
obey_reset(void)
{
	counters_reset();
#ifdef DEBUG
	stretch_reset();
#endif
	return 0;
}

static int
obey_audit(void)
{
	return mm_audit() ? 0 : -1;
}

// Pages asked for between two preemption points.
#define SHRINK_PIECE 64

// Empties the kernel's caches, so that free_pages shows what is really taken.
static int
obey_shrink(void)
{
	while (mm_shrink(SHRINK_PIECE))
		preempt_point();
	return 0;
}

static const struct text_command commands[] = {
    {"reset", obey_reset},
    {"audit", obey_audit},
    {"shrink", obey_shrink},
};

static int
memstat_command(const char *line)
{
	return text_obey(commands, sizeof(commands) / sizeof(*commands), line);
}

static const struct textdev memstat_device = {
    .name = "memstat",
    .print = memstat_print,
    .command = memstat_command,
};

void
memstat_device_init(void)
{
	textdev_register(MAJOR_MEMSTAT, &memstat_device);
}
