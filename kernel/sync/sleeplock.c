// A sleep lock is handed from the holder straight to the longest waiter, so a
// newcomer cannot overtake.
//
// The owner field changes only under the inner spinlock; whoever is made owner
// by a hand-over sees what the previous owner wrote, because both took that
// spinlock in between.

#include "sync/sleeplock.h"
#include "kernel/riscv.h"
#include "lib/printf.h"
#include "proc/hart.h"
#include "proc/sched.h"
#include "sync/lockstat.h"

void
sleeplock_init(struct sleeplock *l, enum lock_class class)
{
	spin_init(&l->lock, LC_SLEEPLOCK);
	l->class = class;
	l->owner = NULL;
	l->since = 0;
	waitq_init(&l->waiters);
}

bool
sleeplock_held(struct sleeplock *l)
{
	// Only its owner can make this comparison come out true.
	return __atomic_load_n(&l->owner, __ATOMIC_RELAXED) == current();
}

static void
count_taken(struct sleeplock *l, uint64 wait_begin)
{
	struct lock_counters *c = &this_hart()->locks[l->class];
	uint64 waited;

	c->acquisitions++;
	l->since = lockstat_hold_on ? r_cycle() : 0;
	if (wait_begin == 0)
		return;
	waited = r_cycle() - wait_begin;
	c->contended++;
	c->spins++;
	c->wait_cycles += waited;
	if (waited > c->wait_max)
		c->wait_max = waited;
}

void
sleeplock_lock(struct sleeplock *l)
{
	struct proc *p = current();
	uint64 wait_begin = 0;

	KASSERT(this_hart()->lock_depth == 0);
	spin_lock(&l->lock);
	KASSERT(l->owner != p);
	if (l->owner == NULL) {
		l->owner = p;
	} else {
		wait_begin = r_cycle();
		while (l->owner != p)
			waitq_sleep_deaf(&l->waiters, &l->lock);
	}
	spin_unlock(&l->lock);
	count_taken(l, wait_begin);
}

bool
sleeplock_trylock(struct sleeplock *l)
{
	bool got;

	spin_lock(&l->lock);
	got = l->owner == NULL;
	if (got)
		l->owner = current();
	spin_unlock(&l->lock);
	if (got)
		count_taken(l, 0);
	return got;
}

void
sleeplock_unlock(struct sleeplock *l)
{
	KASSERT(sleeplock_held(l));
	if (l->since != 0)
		lockstat_held(&this_hart()->locks[l->class],
		    r_cycle() - l->since);
	spin_lock(&l->lock);
	l->owner = waitq_first(&l->waiters);
	waitq_wake_one(&l->waiters);
	spin_unlock(&l->lock);
}
