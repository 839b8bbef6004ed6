// A table of places for each hart, which alone writes it; whoever reads takes
// the longest over all harts, and may miss one that is being entered.
//
// The time of a stretch is the time CSR's.  On a busy host that includes what
// the host did instead; with QEMU's -icount it is the hart's instructions.

#include "proc/stretch.h"

#ifdef DEBUG

#include "boot/platform.h"
#include "kernel/param.h"
#include "kernel/riscv.h"
#include "lib/string.h"
#include "proc/hart.h"

#define PLACES 128 // system calls, preemption points, handlers; some to spare

struct stretch {
	uint64 place; // [hart]
	uint64 ticks; // [hart]
};

static struct {
	uint64 begin; // [hart]
	uint n;       // [hart]
	struct stretch longest[PLACES];
} tables[NCPU];

void
stretch_begin(void)
{
	tables[hart_id()].begin = r_time();
}

static struct stretch *
entry_of(uint hart, uint64 place, bool add)
{
	for (uint i = 0; i < tables[hart].n; i++) {
		if (tables[hart].longest[i].place == place)
			return &tables[hart].longest[i];
	}
	if (!add || tables[hart].n == PLACES)
		return NULL;
	tables[hart].longest[tables[hart].n] = (struct stretch){place, 0};
	return &tables[hart].longest[tables[hart].n++];
}

void
stretch_end(uint64 place)
{
	uint hart = hart_id();
	uint64 ticks = r_time() - tables[hart].begin;
	struct stretch *s = entry_of(hart, place, true);

	if (s != NULL && ticks > s->ticks)
		s->ticks = ticks;
}

// Places are numbered hart by hart, each with the first that has seen it.
static bool
seen_before(uint hart, uint64 place)
{
	for (uint h = 0; h < hart; h++) {
		if (entry_of(h, place, false) != NULL)
			return true;
	}
	return false;
}

static uint64
longest_of(uint64 place)
{
	uint64 most = 0;

	for (uint h = 0; h < platform.nharts; h++) {
		const struct stretch *s = entry_of(h, place, false);

		if (s != NULL && s->ticks > most)
			most = s->ticks;
	}
	return most;
}

bool
stretch_get(uint i, uint64 *place, uint64 *ticks)
{
	for (uint h = 0; h < platform.nharts; h++) {
		for (uint k = 0; k < tables[h].n; k++) {
			*place = tables[h].longest[k].place;
			if (seen_before(h, *place) || i-- > 0)
				continue;
			*ticks = longest_of(*place);
			return true;
		}
	}
	return false;
}

void
stretch_reset(void)
{
	for (uint h = 0; h < platform.nharts; h++) {
		for (uint k = 0; k < tables[h].n; k++)
			tables[h].longest[k].ticks = 0;
	}
}

#endif
