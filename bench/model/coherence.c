// Lines: who has them, what it costs to get them.
//
//   access   state                        cost
//   read     this hart has it             hit
//   read     another hart owns it         transfer; both share it then
//   read     other harts share it         miss: a shared cache has it
//   read     nobody has it                miss: memory has it
//   write    this hart owns it            hit
//   write    this hart alone has it       hit (the E of MESI)
//   write    other harts have it          transfer: theirs become invalid
//   write    nobody has it                miss
//
// A line is one resource: what harts that have it and want it do to it queues,
// one starts when the last one has ended (free_at).  This is what makes a
// contended line the bottleneck that it is.  And a read of what another hart
// wrote cannot end before that write did (written_at), although the writer's
// clock may be ahead.
//
// Harts are in clusters of consecutive numbers; a line from a hart of another
// cluster costs more, and the farthest sharer decides.

#include <stdlib.h>
#include <string.h>
#include "coherence.h"
#include "order.h"

#define PAGE_SHIFT 12
#define LINES      (1 << (PAGE_SHIFT - LINE_SHIFT))
#define NOBODY     0xff

struct line {
	uint64_t sharers;
	uint64_t free_at;    // when the last transfer ends
	uint64_t written_at; // time of the last write
	uint64_t watchers;   // harts that spin on it
	struct line_use *use; // once transferred
	uint64_t last_pc;    // the instruction that last wrote or took it
	uint8_t owner;
	uint8_t last_from, last_to; // bytes it touched
};

// What a hart has read since its last pause, if it did nothing else.
#define WATCHED 4

static struct {
	struct line *line[WATCHED];
	unsigned n; // more than WATCHED: something else
} watches[MODEL_HARTS];

static struct line **pages; // by page number in RAM, made when touched
static uint64_t ram_start, ram_pages;

struct line_use *line_uses;
static bool counting;

static void *
need(void *memory)
{
	if (memory == NULL) {
		complain("out of memory");
		_Exit(1);
	}
	return memory;
}

void
coherence_init(uint64_t ram, uint64_t size)
{
	ram_start = ram;
	ram_pages = size >> PAGE_SHIFT;
	pages = need(calloc(ram_pages, sizeof(*pages)));
}

static struct line *
line_at(uint64_t pa)
{
	uint64_t page = (pa - ram_start) >> PAGE_SHIFT;

	if (page >= ram_pages)
		return NULL;
	if (pages[page] == NULL) {
		pages[page] = need(calloc(LINES, sizeof(struct line)));
		for (unsigned i = 0; i < LINES; i++)
			pages[page][i].owner = NOBODY;
	}
	return &pages[page][pa >> LINE_SHIFT & (LINES - 1)];
}

static uint64_t
bit(unsigned hart)
{
	return 1UL << hart;
}

// Harts of this hart's cluster.
static uint64_t
neighbours(unsigned hart)
{
	uint64_t size = params.cluster;
	uint64_t first = hart / size * size;

	return (size >= 64 ? UINT64_MAX : (1UL << size) - 1) << first;
}

static uint64_t
distance(unsigned hart, uint64_t others)
{
	return others & ~neighbours(hart) ? params.far : params.transfer;
}

// ---- What is reported.

static struct line_pair *
pair_of(struct line_use *u, const struct line_user *taker,
    const struct line_user *holder)
{
	struct line_pair *p = u->pair;

	for (unsigned i = 0; i < LINE_PAIRS - 1; i++, p++) {
		if (p->count == 0) {
			p->taker = *taker;
			p->holder = *holder;
			return p;
		}
		if (p->taker.pc == taker->pc && p->holder.pc == holder->pc)
			return p;
	}
	return p; // the rest, under nobody's name
}

static void
count_transfer(struct line *l, unsigned hart, uint64_t pa,
    const struct line_user *taker, uint64_t cost, uint64_t queued)
{
	struct line_user holder = {l->last_pc, l->last_from, l->last_to};
	struct line_use *u = l->use;
	struct line_pair *p;

	if (!counting)
		return;
	if (u == NULL) {
		u = l->use = need(calloc(1, sizeof(*u)));
		u->pa = pa & ~(uint64_t)(LINE_SIZE - 1);
		u->next = line_uses;
		line_uses = u;
	}
	u->transfers++;
	u->cycles += cost + queued;
	u->queued += queued;
	u->harts |= bit(hart);
	p = pair_of(u, taker, &holder);
	p->count++;
	p->cycles += cost + queued;
}

static void
forget_uses(void)
{
	for (struct line_use *u = line_uses, *next; u != NULL; u = next) {
		next = u->next;
		line_at(u->pa)->use = NULL;
		free(u);
	}
	line_uses = NULL;
}

void
coherence_count(void)
{
	forget_uses();
	counting = true;
}

void
coherence_count_no_more(void)
{
	forget_uses();
	counting = false;
}

// ---- What it costs.

// Takes the line from the harts in `others`.
static void
transfer(struct line *l, unsigned hart, uint64_t others, uint64_t pa,
    const struct line_user *taker)
{
	struct hart_clock *c = &clocks[hart];
	uint64_t cost = distance(hart, others), queued = 0;

	if (l->free_at > c->now)
		queued = l->free_at - c->now;
	charge(c, COST_QUEUE, queued);
	charge(c, COST_TRANSFER, cost);
	l->free_at = c->now;
	count_transfer(l, hart, pa, taker, cost, queued);
}

static void
wait_for_write(const struct line *l, struct hart_clock *c)
{
	if (l->written_at > c->now)
		charge(c, COST_QUEUE, l->written_at - c->now);
}

static void
remember(struct line *l, const struct line_user *u)
{
	l->last_pc = u->pc;
	l->last_from = u->from;
	l->last_to = u->to;
}

// A copy of what others share.
static void
share(struct line *l, struct hart_clock *c)
{
	if (l->free_at > c->now)
		charge(c, COST_QUEUE, l->free_at - c->now);
	charge(c, COST_MISS, params.miss);
	l->free_at = c->now;
}

static void
note_read(struct line *l, unsigned hart)
{
	if (watches[hart].n < WATCHED)
		watches[hart].line[watches[hart].n] = l;
	watches[hart].n++;
}

void
coherence_spoil_watch(unsigned hart)
{
	watches[hart].n = WATCHED + 1;
}

static void
read_line(struct line *l, unsigned hart, uint64_t pa,
    const struct line_user *user)
{
	struct hart_clock *c = &clocks[hart];

	if (l->sharers & bit(hart)) {
		charge(c, COST_INSTRUCTIONS, params.hit);
		note_read(l, hart);
		return;
	}
	coherence_spoil_watch(hart);
	if (l->owner != NOBODY) {
		transfer(l, hart, bit(l->owner), pa, user);
		l->owner = NOBODY;
		remember(l, user);
	} else if (l->sharers) {
		share(l, c);
	} else {
		charge(c, COST_MISS, params.miss);
	}
	wait_for_write(l, c);
	l->sharers |= bit(hart);
}

static void
write_line(struct line *l, unsigned hart, uint64_t pa,
    const struct line_user *user)
{
	uint64_t others = l->sharers & ~bit(hart);

	if (others) {
		transfer(l, hart, others, pa, user);
		wait_for_write(l, &clocks[hart]);
	} else if (l->sharers) {
		charge(&clocks[hart], COST_INSTRUCTIONS, params.hit);
	} else {
		charge(&clocks[hart], COST_MISS, params.miss);
	}
	l->sharers = bit(hart);
	l->owner = hart;
	l->written_at = clocks[hart].now;
	remember(l, user);
	coherence_spoil_watch(hart);
	if (l->watchers) {
		order_unpark(l->watchers, clocks[hart].now);
		l->watchers = 0;
	}
}

bool
coherence_watch(unsigned hart)
{
	unsigned n = watches[hart].n;
	bool still = n > 0 && n <= WATCHED;

	watches[hart].n = 0;
	for (unsigned i = 0; i < n && still; i++)
		still = watches[hart].line[i]->sharers & bit(hart);
	for (unsigned i = 0; i < n && still; i++)
		watches[hart].line[i]->watchers |= bit(hart);
	return still;
}

void
coherence_access(unsigned hart, uint64_t pa, unsigned size, bool write,
    const struct access_site *site)
{
	struct line *l = line_at(pa);
	unsigned from = pa & (LINE_SIZE - 1), to = from + size - 1;
	struct line_user user = {site->pc, from,
	    to < LINE_SIZE ? to : LINE_SIZE - 1};

	if (l == NULL)
		return;
	if (write)
		write_line(l, hart, pa, &user);
	else
		read_line(l, hart, pa, &user);
}
