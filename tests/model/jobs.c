// The jobs: which loop of ops.S each hart runs on which lines, how often, and
// whether what it left in memory is right.  What a job costs is expect.awk's.
//
// A job first runs warm, so that lines are where its steady state has them,
// and then measured; memory keeps what the warm run left.
//
// How often: enough that the first and last turns, which differ from the
// others, are less than a percent or two; together few enough that 64 harts
// are simulated in seconds.
#include "tests/model/guest.h"

void op_own(void *, unsigned long);
void op_byte(void *, unsigned long);
void op_store(void *, unsigned long);
void op_add(void *, unsigned long);
void op_cas(void *, unsigned long);
void op_read(void *, unsigned long);
void op_load_lines(unsigned long, unsigned long);
void op_store_lines(unsigned long, unsigned long);
typedef unsigned long lock_op(unsigned long, void *, void *, void *);
lock_op op_tas, op_ttas, op_ticket, op_mcs;
void op_put(void *, unsigned long);
unsigned long op_take(void *, unsigned long);
typedef void ring_op(
    unsigned long, unsigned long, unsigned long, unsigned long, unsigned long);
ring_op op_token, op_ipi;

static unsigned long
at_least(unsigned long count, unsigned long least)
{
	return count < least ? least : count;
}

// Sum over the harts' words.
static unsigned long
total(struct word *words, unsigned long n)
{
	unsigned long sum = 0;
	for (unsigned long i = 0; i < n; i++)
		sum += words[i].value;
	return sum;
}

// --- counters ---------------------------------------------------------------

static struct word own[HARTS_MAX];
static volatile unsigned char ALIGNED together[LINE], stored[LINE];
static struct word added, swapped, constant;

#define OWN_WARM  16
#define OWN_TURNS 2000

static void
run_own(struct hart *h)
{
	h->ops = h->warm ? OWN_WARM : OWN_TURNS;
	op_own(&own[h->id], h->ops);
}

static unsigned long
wrong_own(unsigned long n, unsigned long ops)
{
	// Two jobs of as many turns count here.
	unsigned long turns = total(own, n) - n * OWN_WARM;
	return turns != ops && turns != 2 * ops + n * OWN_WARM;
}

static void
run_read(struct hart *h)
{
	h->ops = h->warm ? OWN_WARM : OWN_TURNS;
	op_read(&constant, h->ops);
}

#define NOW(h) MARK((h)->id, MODEL_CLOCK, 0UL)

// As run_own, timed by the hart itself; the clock has just begun.
static struct word late;

static void
run_clock(struct hart *h)
{
	unsigned long began = NOW(h);
	run_own(h);
	h->span = NOW(h) - began;
	if (!h->warm && began > 100)
		late.value = began;
}

static unsigned long
wrong_clock(unsigned long n, unsigned long ops)
{
	return wrong_own(n, ops) || late.value;
}

// Of a line that everybody writes.  Before harts have met there, each may do
// some hundred turns alone, as far as the model lets one run ahead.
#define SHARED_WARM 16

static unsigned long
shared_turns(const struct hart *h)
{
	return h->warm ? SHARED_WARM : at_least(8192 / h->n, 1000);
}

static void
run_byte(struct hart *h)
{
	h->ops = shared_turns(h);
	op_byte((void *)&together[h->id], h->ops);
}

// Bytes count modulo 256.
static unsigned long
wrong_byte(unsigned long n, unsigned long ops)
{
	unsigned long wrong = 0;
	for (unsigned long i = 0; i < n; i++)
		wrong += together[i] != (unsigned char)(ops / n + SHARED_WARM);
	return wrong;
}

static void
run_store(struct hart *h)
{
	h->ops = shared_turns(h);
	op_store((void *)&stored[h->id], h->ops);
}

static void
run_add(struct hart *h)
{
	h->ops = shared_turns(h);
	op_add(&added, h->ops);
}

static unsigned long
wrong_add(unsigned long n, unsigned long ops)
{
	return added.value - ops - n * SHARED_WARM;
}

static void
run_cas(struct hart *h)
{
	h->ops = shared_turns(h);
	op_cas(&swapped, h->ops);
}

static unsigned long
wrong_cas(unsigned long n, unsigned long ops)
{
	return swapped.value - ops - n * SHARED_WARM;
}

// --- lines, once each -------------------------------------------------------

#define WALK 500 // lines
#define PART (1024 * LINE)

static unsigned long
part_of(const struct hart *h, unsigned long id)
{
	return FIELD_PA + id % h->n * PART;
}

// Lines that nobody has used yet: the warm run uses a few others.
static void
run_cold(struct hart *h)
{
	unsigned long first = part_of(h, h->id);
	h->ops = h->warm ? 1 : WALK;
	op_load_lines(h->warm ? first + WALK * LINE : first, h->ops);
}

// Lines that the next hart has written last.
static void
run_take(struct hart *h)
{
	h->ops = WALK;
	if (h->warm)
		op_store_lines(part_of(h, h->id), WALK);
	else
		op_load_lines(part_of(h, h->id + 1), WALK);
}

// --- locks ------------------------------------------------------------------

// One of each per lock, every word on its own line.
struct lock {
	struct word word[2], counter, node[HARTS_MAX];
};
static struct lock tas, ttas, ticket, mcs;

#define LOCK_WARM(n) (2 * (n))
#define LOCK_TURNS   512

static void
run_lock(struct hart *h, struct lock *l, lock_op *op)
{
	unsigned long limit = LOCK_WARM(h->n);
	if (!h->warm)
		limit += LOCK_TURNS;
	h->ops = op(limit, l->word, &l->counter, &l->node[h->id]);
}

// Each increment is there, and each hart came once more to see the limit.
static unsigned long
wrong_lock(const struct lock *l, unsigned long n, unsigned long ops)
{
	return (l->counter.value - LOCK_WARM(n) - LOCK_TURNS) |
	       (ops - LOCK_TURNS - n);
}

#define LOCK(name)                                                            \
	static void run_##name(struct hart *h)                                \
	{                                                                     \
		run_lock(h, &name, op_##name);                                \
	}                                                                     \
	static unsigned long wrong_##name(unsigned long n, unsigned long ops) \
	{                                                                     \
		return wrong_lock(&name, n, ops);                             \
	}
LOCK(tas)
LOCK(ttas)
LOCK(ticket)
LOCK(mcs)

// --- from hart to hart ------------------------------------------------------

static struct {
	struct word slot[16];
} rings[HARTS_MAX / 2];
static struct word sums[HARTS_MAX];

// A multiple of the slots, so that the measured run begins at slot 0 again.
#define ITEMS      480
#define ITEMS_WARM 32
#define SUM(n)     ((n) * ((n) + 1) / 2)

static void
run_pipe(struct hart *h)
{
	unsigned long items = h->warm ? ITEMS_WARM : ITEMS;
	void *ring = &rings[h->id / 2];
	if (h->id % 2 == 0) {
		op_put(ring, items);
		h->ops = 0;
	} else {
		sums[h->id].value += op_take(ring, items);
		h->ops = items;
	}
}

static unsigned long
wrong_pipe(unsigned long n, unsigned long ops)
{
	(void)ops;
	return total(sums, n) - n / 2 * (SUM(ITEMS) + SUM(ITEMS_WARM));
}

static struct word tokens[HARTS_MAX];

#define ROUNDS_WARM 2

static void
run_round(struct hart *h, ring_op *op, unsigned long mine, unsigned long next)
{
	unsigned long rounds = at_least(256 / h->n, 6);
	unsigned long from = h->warm ? 1 : 1 + ROUNDS_WARM;
	h->ops = h->warm ? ROUNDS_WARM : rounds;
	op(from, from + h->ops - 1, mine, next, h->id == 0);
}

static void
run_token(struct hart *h)
{
	unsigned long next = (h->id + 1) % h->n;
	run_round(h, op_token, (unsigned long)&tokens[h->id],
	    (unsigned long)&tokens[next]);
}

static unsigned long
wrong_token(unsigned long n, unsigned long ops)
{
	return total(tokens, n) - n * (ops / n + ROUNDS_WARM);
}

static void
run_ipi(struct hart *h)
{
	unsigned long next = (h->id + 1) % h->n;
	run_round(h, op_ipi, CLINT_PA + 4 * h->id, CLINT_PA + 4 * next);
}

// --- causality --------------------------------------------------------------

static struct word stamp, futures[HARTS_MAX];

#define STAMPS_WARM 20
#define STAMPS      500

// Hart 0 writes its clock, again and again; nobody may read there, at an
// earlier time, what it has not written yet.  The harts work in between for
// times of different lengths, all shorter than the model lets one run ahead,
// so that one often is.
static void
run_stamp(struct hart *h)
{
	unsigned long before;
	h->ops = h->warm ? STAMPS_WARM : STAMPS;
	for (unsigned long i = 0; i < h->ops; i++) {
		op_own(&own[h->id], 8 + (i * 7 + h->id * 13) % 32);
		if (h->id == 0) {
			stamp.value = NOW(h);
		} else {
			before = stamp.value;
			futures[h->id].value += before > NOW(h);
		}
	}
}

static unsigned long
wrong_stamp(unsigned long n, unsigned long ops)
{
	(void)ops;
	return total(futures, n);
}

// --- the table --------------------------------------------------------------

const struct job jobs[] = {
    {"own", 1, run_own, wrong_own, 0},
    {"clock", 1, run_clock, wrong_clock, 0},
    {"read", 1, run_read, 0, 0},
    {"cold", 1, run_cold, 0, 0},
    {"take", 1, run_take, 0, 0},
    {"store", 1, run_store, 0, 0},
    {"false", 1, run_byte, wrong_byte, 0},
    {"amoadd", 1, run_add, wrong_add, 0},
    {"lrsc", 1, run_cas, wrong_cas, 0},
    {"tas", 1, run_tas, wrong_tas, 0},
    {"ttas", 1, run_ttas, wrong_ttas, 0},
    {"ticket", 1, run_ticket, wrong_ticket, 0},
    {"mcs", 1, run_mcs, wrong_mcs, 0},
    {"pipe", 2, run_pipe, wrong_pipe, 0},
    {"token", 1, run_token, wrong_token, 0},
    {"ipi", 1, run_ipi, 0, 0},
    {"stamp", 1, run_stamp, wrong_stamp, 0},
    {"lost", 1, run_read, 0, 1},
};
const unsigned long n_jobs = sizeof(jobs) / sizeof(jobs[0]);
