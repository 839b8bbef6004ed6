// No wake-up is lost: a sleeper puts itself on the queue and changes its state
// under the condition's lock, and a waker changes the condition under the same
// lock, so it either finds the sleeper on the queue or the sleeper finds the
// condition true.  kill() comes without that lock: it sets killed and then
// tries to wake; the sleeper sets its state and then reads killed.  Both sides
// have a full fence between their write and their read, so at least one sees
// the other.
//
// A killed sleeper was woken without being taken off the queue; it takes itself
// off when it has the lock again.

#include "proc/waitq.h"
#include "proc/hart.h"
#include "proc/proc.h"
#include "proc/sched.h"

void
waitq_init(struct waitq *q)
{
	list_init(&q->procs);
}

struct proc *
waitq_first(struct waitq *q)
{
	if (list_empty(&q->procs))
		return NULL;
	return LIST_OBJ(q->procs.next, struct proc, wait_link);
}

// The process has announced that it sleeps, but was killed before: it may stay
// unless somebody has made it runnable already, in which case it is on a run
// queue and has to go through schedule().
static bool
stay_awake(struct proc *p)
{
	uint32 expected = P_SLEEPING;

	return proc_killed(p) &&
	    __atomic_compare_exchange_n(&p->state, &expected, P_RUNNING, false,
	        __ATOMIC_RELAXED, __ATOMIC_RELAXED);
}

// Behind the node at.
static void
sleep_on(struct list *at, struct spinlock *l, enum proc_state how)
{
	struct proc *p = current();

	list_add(at, &p->wait_link);
	p->slice_ticks = 0;
	p->used_up = false;
	// Release: the waker reads what is the process's own (proc/sched.c).
	__atomic_store_n(&p->state, how, __ATOMIC_RELEASE);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (how == P_DEAF || !stay_awake(p)) {
		spin_unlock(l);
		schedule();
		spin_lock(l);
	}
	list_del(&p->wait_link);
}

bool
waitq_sleep(struct waitq *q, struct spinlock *l)
{
	sleep_on(q->procs.prev, l, P_SLEEPING);
	return !proc_killed(current());
}

void
waitq_sleep_deaf(struct waitq *q, struct spinlock *l)
{
	sleep_on(q->procs.prev, l, P_DEAF);
}

// From the front: who has slept before has a low ticket.
void
waitq_sleep_deaf_ordered(struct waitq *q, struct spinlock *l, uint64 ticket)
{
	struct list *at = &q->procs;

	while (at->next != &q->procs &&
	    LIST_OBJ(at->next, struct proc, wait_link)->wait_ticket < ticket)
		at = at->next;
	current()->wait_ticket = ticket;
	sleep_on(at, l, P_DEAF);
}

// Takes the first sleeper off and wakes it; one that was woken by kill() in
// the meantime has left in all but form.
static bool
wake_first(struct waitq *q, enum wake_kind how)
{
	struct proc *p = waitq_first(q);

	list_del(&p->wait_link);
	return wake_proc(p, true, how);
}

void
waitq_wake_one(struct waitq *q)
{
	while (!list_empty(&q->procs) && !wake_first(q, WAKE_SPREAD))
		;
}

void
waitq_wake_one_sync(struct waitq *q)
{
	while (!list_empty(&q->procs) && !wake_first(q, WAKE_SYNC))
		;
}

void
waitq_wake_all(struct waitq *q)
{
	while (!list_empty(&q->procs))
		wake_first(q, WAKE_SPREAD);
}

void
waitq_wake_all_sync(struct waitq *q)
{
	while (!list_empty(&q->procs))
		wake_first(q, WAKE_SYNC);
}
