// Time-outs: each hart keeps its sleepers in order of time and wakes them from
// its timer interrupt.  A sleeper killed early takes itself off.  What else is
// to be done later is on a list of its own.
//
// Thousands may have slept until the same tick.  An interrupt wakes BATCH of
// them at most and asks for the next one at once, so that others that are due,
// the disk's or the console's, come in between.

#include "kernel/riscv.h"
#include "proc/hart.h"
#include "proc/sched.h"
#include "trap/trap.h"

static void
insert(struct timer_queue *q, struct proc *p)
{
	struct list *at = q->procs.prev;

	// From the end: most new time-outs are the latest.
	while (at != &q->procs &&
	    LIST_OBJ(at, struct proc, timer_link)->wake_time > p->wake_time)
		at = at->prev;
	list_add(at, &p->timer_link);
}

bool
sleep_until(uint64 t)
{
	struct proc *p = current();
	struct timer_queue *q = &this_hart()->timerq;
	struct waitq w;

	waitq_init(&w);
	spin_lock(&q->lock);
	p->wake_time = t;
	insert(q, p);
	timer_arm(t);
	// timerq_run takes p off the queue when it is time.
	while (!list_empty(&p->timer_link)) {
		if (!waitq_sleep(&w, &q->lock))
			break;
	}
	list_del(&p->timer_link);
	spin_unlock(&q->lock);
	return !proc_killed(p);
}

// A wake-up takes half a microsecond, and more where queues are contended.
#define BATCH 128

void
timeout_start(struct timeout *t, uint64 ticks)
{
	struct timer_queue *q = &this_hart()->timerq;
	uint64 at = r_time() + ticks;

	spin_lock(&q->lock);
	t->at = at;
	list_add_tail(&q->timeouts, &t->link);
	timer_arm(at);
	spin_unlock(&q->lock);
}

// The first one that is due, no longer on the list; NULL if there is none, and
// then *next is the time of the soonest, or as it was.
static struct timeout *
take_due(struct timer_queue *q, uint64 now, uint64 *next)
{
	uint64 soonest = *next;

	for (struct list *l = q->timeouts.next; l != &q->timeouts; l = l->next) {
		struct timeout *t = LIST_OBJ(l, struct timeout, link);

		if (t->at <= now) {
			list_del(l);
			return t;
		}
		if (t->at < soonest)
			soonest = t->at;
	}
	*next = soonest;
	return NULL;
}

uint64
timerq_run(uint64 now)
{
	struct timer_queue *q = &this_hart()->timerq;
	struct timeout *t;
	uint64 next = -1;
	uint woken = 0;

	spin_lock(&q->lock);
	while (!list_empty(&q->procs)) {
		struct proc *p =
		    LIST_OBJ(q->procs.next, struct proc, timer_link);

		if (p->wake_time > now || woken++ == BATCH) {
			next = p->wake_time;
			break;
		}
		list_del(&p->timer_link);
		wake_proc(p, false, WAKE_SPREAD);
	}
	while ((t = take_due(q, now, &next)) != NULL) {
		spin_unlock(&q->lock);
		t->fire(t);
		spin_lock(&q->lock);
	}
	spin_unlock(&q->lock);
	return next;
}
