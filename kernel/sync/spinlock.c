// Test-and-test-and-set with pause and a growing back-off.
//
// Why no queue lock: Drove is mostly run with more harts than host cores, and
// there a first-come-first-served lock waits for whichever waiter the host has
// not scheduled.  No lock on the fork path of the scalable variants is shared
// in steady state, so fairness is not bought here; the baseline's one lock
// shows what that costs.
//
// Memory order: the swap that takes the lock is an acquire, the store that
// frees it a release; they pair, so a holder sees all that earlier holders
// wrote.  Statistics go to the hart's own counters after the lock is taken.
//
// Those who wait have the lock's line in their caches, and every store to it
// takes it from all of them: a lock is written once when it is taken and once
// when it is freed, and nothing of it is read before it is taken (that would
// fetch the line twice).

#include "sync/spinlock.h"
#include "proc/hart.h"
#include "proc/ipi.h"
#include "proc/sched.h"
#include "sync/cycles.h"
#include "sync/lockstat.h"

// Longest back-off in pauses: about the length of a short critical section,
// so that a freed lock is not left idle for longer than it was held.
#define BACKOFF_MAX 64

#define FOR_EVER (~0UL) // cycles of patience

void
spin_init(struct spinlock *l, enum lock_class class)
{
	*l = (struct spinlock){.class = class};
}

bool
spin_held(const struct spinlock *l)
{
	// Relaxed: only this hart writes its own number, or takes it away.
	return __atomic_load_n(&l->holder, __ATOMIC_RELAXED) == 1 + hart_id();
}

// beside: a lock of the same rank may be held.
static void
check_order(struct hart *h, struct spinlock *l, bool beside)
{
#ifdef DEBUG
	uint rank = lock_class_rank(l->class);
	uint depth = h->lock_depth;

	if (spin_held(l))
		panic("%s lock taken twice by hart %u",
		    lock_class_name(l->class), h->id);
	KASSERT(depth < sizeof(h->held_rank));
	if (depth > 0 && h->held_rank[depth - 1] >= rank + beside)
		panic("lock order: %s (rank %u) taken under rank %u",
		    lock_class_name(l->class), rank,
		    h->held_rank[depth - 1]);
	h->held_rank[depth] = rank;
#else
	(void)h;
	(void)l;
	(void)beside;
#endif
}

static bool
is_free(const struct spinlock *l)
{
	return __atomic_load_n(&l->holder, __ATOMIC_RELAXED) == 0;
}

// A swap would put our number over the holder's.
static bool
try_take(struct spinlock *l, const struct hart *h)
{
	uint32 free = 0;

	return __atomic_compare_exchange_n(&l->holder, &free, 1 + h->id, false,
	    __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

// The lock was taken when we came: wait, for up to patience cycles, and account
// for it.  Whether the lock was got.
static bool __attribute__((noinline))
take_contended(struct spinlock *l, struct hart *h, uint64 patience)
{
	struct lock_counters *c;
	uint64 begin = cycles_now();
	uint64 spins = 0;
	uint backoff = 1;
	uint64 waited;
	bool got;

	do {
		for (uint i = 0; i < backoff; i++) {
			__asm__ volatile(".insn i 0x0f, 0, x0, x0, 0x010");
			spins++;
			if (is_free(l))
				break;
		}
		if (backoff < BACKOFF_MAX)
			backoff *= 2;
		ipi_check_stop();
		got = is_free(l) && try_take(l, h);
	} while (!got &&
	    (patience == FOR_EVER || cycles_now() - begin < patience));

	waited = cycles_now() - begin;
	c = &h->locks[l->class];
	c->contended++;
	c->spins += spins;
	c->wait_cycles += waited;
	if (waited > c->wait_max)
		c->wait_max = waited;
	return got;
}

static inline void
is_taken(struct spinlock *l, struct hart *h)
{
	h->lock_depth++;
	h->locks[l->class].acquisitions++;
	if (lockstat_hold_on)
		l->since = cycles_now();
}

void
spin_lock(struct spinlock *l)
{
	struct hart *h = this_hart();

	check_order(h, l, false);
	if (!try_take(l, h))
		take_contended(l, h, FOR_EVER);
	is_taken(l, h);
}

void
spin_lock_beside(struct spinlock *l)
{
	struct hart *h = this_hart();

	check_order(h, l, true);
	if (!try_take(l, h))
		take_contended(l, h, FOR_EVER);
	is_taken(l, h);
}

bool
spin_lock_for(struct spinlock *l, uint64 cycles)
{
	struct hart *h = this_hart();

	check_order(h, l, false);
	if (!try_take(l, h) && !take_contended(l, h, cycles))
		return false;
	is_taken(l, h);
	return true;
}

void
spin_unlock(struct spinlock *l)
{
	struct hart *h = this_hart();

	DASSERT(spin_held(l));
	if (l->since != 0) {
		lockstat_held(&h->locks[l->class], cycles_now() - l->since);
		l->since = 0;
	}
	h->lock_depth--;
	__atomic_store_n(&l->holder, 0, __ATOMIC_RELEASE);
	if (h->to_rouse != 0 && h->lock_depth == 0)
		sched_rouse();
}
