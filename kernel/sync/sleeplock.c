// A free lock goes to whoever comes: handing it to a waiter that has yet to be
// scheduled would leave it idle for as long as that takes, and everybody behind
// it.  Newcomers watch the lock for a moment before they sleep.
//
// Nobody starves.  Waiters sleep in the order of their tickets, also those that
// were woken and found the lock taken again; each release wakes the first.  A
// waiter that has come too late for PATIENCE times asks for the lock to be
// handed over to the first sleeper, which keeps newcomers out, and goes to
// sleep: the next release then is for it, or for one with a lower ticket, of
// which there are finitely many and no new ones.
//
// The owner field changes only under the inner spinlock; whoever becomes owner
// sees what the previous owner wrote, because both took that spinlock in
// between.

#include "sync/sleeplock.h"
#include "lib/printf.h"
#include "proc/hart.h"
#include "proc/ipi.h"
#include "proc/sched.h"
#include "sync/cycles.h"
#include "sync/lockstat.h"

#define PATIENCE 4

// Pauses before a newcomer sleeps: about what a sleep and a wake-up cost.
#define SPINS 200

void
sleeplock_init(struct sleeplock *l, enum lock_class class)
{
	spin_init(&l->lock, LC_SLEEPLOCK);
	l->class = class;
	l->owner = NULL;
	l->hand_over = false;
	l->next_ticket = 0;
	l->since = 0;
	waitq_init(&l->waiters);
}

bool
sleeplock_held(struct sleeplock *l)
{
	// Only its owner can make this comparison come out true.
	return __atomic_load_n(&l->owner, __ATOMIC_RELAXED) == current();
}

// The lock is this process's from here on.
static void
is_taken(struct sleeplock *l, uint64 wait_begin)
{
	struct lock_counters *c = &this_hart()->locks[l->class];
	uint64 waited;

	current()->holds++;
	c->acquisitions++;
	l->since = lockstat_hold_on ? cycles_now() : 0;
	if (wait_begin == 0)
		return;
	waited = cycles_now() - wait_begin;
	c->contended++;
	c->spins++;
	c->wait_cycles += waited;
	if (waited > c->wait_max)
		c->wait_max = waited;
}

// Gives the owner a chance to finish.
static void
watch(struct sleeplock *l)
{
	for (uint i = 0; i < SPINS; i++) {
		if (__atomic_load_n(&l->owner, __ATOMIC_RELAXED) == NULL)
			return;
		ipi_check_stop();
	}
}

// The inner lock is held; so is the lock itself on return.
static void
sleep_for(struct sleeplock *l)
{
	struct proc *p = current();
	uint64 ticket = l->next_ticket;
	uint rounds = 0;

	while (l->owner != p) {
		if (l->owner == NULL && !l->hand_over) {
			l->owner = p;
			break;
		}
		if (rounds == 0)
			l->next_ticket++;
		if (rounds++ >= PATIENCE)
			l->hand_over = true;
		waitq_sleep_deaf_ordered(&l->waiters, &l->lock, ticket);
	}
}

void
sleeplock_lock(struct sleeplock *l)
{
	uint64 wait_begin = 0;

	KASSERT(this_hart()->lock_depth == 0);
	KASSERT(!sleeplock_held(l));
	if (__atomic_load_n(&l->owner, __ATOMIC_RELAXED) != NULL) {
		wait_begin = cycles_now();
		watch(l);
	}
	spin_lock(&l->lock);
	sleep_for(l);
	spin_unlock(&l->lock);
	is_taken(l, wait_begin);
}

bool
sleeplock_trylock(struct sleeplock *l)
{
	bool got;

	spin_lock(&l->lock);
	got = l->owner == NULL && !l->hand_over;
	if (got)
		l->owner = current();
	spin_unlock(&l->lock);
	if (got)
		is_taken(l, 0);
	return got;
}

void
sleeplock_unlock(struct sleeplock *l)
{
	KASSERT(sleeplock_held(l));
	current()->holds--;
	if (l->since != 0)
		lockstat_held(&this_hart()->locks[l->class],
		    cycles_now() - l->since);
	spin_lock(&l->lock);
	l->owner = NULL;
	if (l->hand_over) {
		l->owner = waitq_first(&l->waiters);
		l->hand_over = false;
	}
	waitq_wake_one(&l->waiters);
	spin_unlock(&l->lock);
}
