// Run queues, switching, and idling.
//
// Each hart has a queue under its own lock.  A process that becomes runnable
// goes to the hart it ran on last, or, unless the waker is about to sleep, to an
// idle hart if there is one; an idle hart takes from others' queues.
//
// Who wakes from a sleep goes before those that have used up a slice since they
// slept, and takes the hart from one of them that runs: what waits for disks
// and people is served at once, whatever else computes.  Ticks tell who has
// used up a slice: two that found the process running.  If the fresh keep the
// others off a hart for a whole tick, one of those has the next turn, which
// nobody cuts short; so each class gets its share and nobody starves.
//
// A process that holds a sleep lock, or a share of the log, keeps its hart:
// those who wait for it would wait for everybody in front of it as well.  Such
// holders sleep for disks only, and run for less than a slice in all.
//
// A hart that finds nothing sets its bit in idle_harts, looks once more, and
// then waits in wfi.  A hart that queues work looks at that mask afterwards.
// Both have a full fence between their write and their read, so either the
// idler sees the work or the waker sees the bit, takes it and sends an
// interrupt.  Interrupts are off from the last look to wfi, which returns at
// once if one is pending, so the wake-up is not lost.
//
// A waker that finds an idle hart claims it by taking its bit away, before it
// queues anything there: of several wakers each gets another one.
//
// on_hart: set while a process's registers are on a hart, cleared (release) by
// whoever runs there next.  Only a process whose registers are saved (acquire)
// is taken off a queue, so nobody who has registers of its own to save ever
// waits for somebody else's: two harts that swap processes would wait for each
// other.  A hart that finds nothing else goes idle, which saves what it ran.

#include "proc/sched.h"
#include "boot/platform.h"
#include "kernel/riscv.h"
#include "mm/aspace.h"
#include "mm/kmap.h"
#include "mm/stats.h"
#include "proc/hart.h"
#include "proc/ipi.h"
#include "proc/stretch.h"
#include "trap/trap.h"

uint64 idle_harts __attribute__((aligned(64)));

static uint64
bit(uint hart)
{
	return 1UL << hart;
}

// In front of its class, if it has not had its slice.
static void
enqueue(struct hart *h, struct proc *p, bool in_front)
{
	struct run_queue *q = &h->runq;
	struct list *l = &q->procs[p->used_up ? RUN_USED_UP : RUN_FRESH];

	spin_lock(&q->lock);
	list_add(in_front ? l : l->prev, &p->run_link);
	q->len++;
	spin_unlock(&q->lock);
}

// Interrupts hart h if it sleeps; its bit going away makes that happen once.
// Whether it did.
static bool
rouse(uint h)
{
	uint64 was;

	if (!(__atomic_load_n(&idle_harts, __ATOMIC_RELAXED) & bit(h)))
		return false;
	was = __atomic_fetch_and(&idle_harts, ~bit(h), __ATOMIC_RELAXED);
	if (!(was & bit(h)))
		return false;
	sched_interrupt(h);
	return true;
}

void
sched_rouse(void)
{
	struct hart *me = this_hart();

	while (me->to_rouse != 0) {
		uint h = __builtin_ctzl(me->to_rouse);

		me->to_rouse &= ~bit(h);
		ipi_send(h, IPI_WAKE);
	}
}

// Wakers usually hold the lock of the condition, and the store that interrupts
// can take long (under emulation, a turn of the host's scheduler): it waits
// until the hart holds no spinlock.
void
sched_interrupt(uint h)
{
	this_hart()->to_rouse |= bit(h);
	if (this_hart()->lock_depth == 0)
		sched_rouse();
}

// Hart h has got a fresh process, which goes before one that has used up its
// slice; the first waker to notice says so.  Relaxed: the queue's lock has
// ordered what is read, but after a theft, which the next tick sets right.
static void
preempt(struct hart *h)
{
	if (!__atomic_load_n(&h->runq.yields, __ATOMIC_RELAXED) ||
	    !__atomic_exchange_n(&h->runq.yields, 0, __ATOMIC_RELAXED))
		return;
	if (h == this_hart())
		h->need_resched = true;
	else
		sched_interrupt(h->id);
}

// Takes an idle hart's bit away: the hart h itself if it idles, else any that
// the mask allows.  NULL if there is none.  Relaxed: who claims a hart
// interrupts it in any case, and the idler looks at its queue after that.
static struct hart *
claim_idle(struct hart *h, uint64 mask)
{
	uint64 idle = __atomic_load_n(&idle_harts, __ATOMIC_RELAXED) & mask;

	while (idle != 0) {
		uint i = idle & bit(h->id) ? h->id :
		                             (uint)__builtin_ctzl(idle);

		if (__atomic_fetch_and(&idle_harts, ~bit(i), __ATOMIC_RELAXED) &
		    bit(i))
			return &harts[i];
		idle &= ~bit(i);
	}
	return NULL;
}

void
ready(struct proc *p, enum wake_kind how)
{
	bool home = (p->affinity & bit(p->hart->id)) != 0;
	struct hart *h = NULL;
	bool fresh;

	if (how == WAKE_SPREAD || !home)
		h = claim_idle(p->hart, p->affinity);
	if (h != NULL) {
		enqueue(h, p, false);
		sched_interrupt(h->id);
		return;
	}
	h = home ? p->hart : &harts[__builtin_ctzl(p->affinity)];
	fresh = !p->used_up;
	enqueue(h, p, false);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (h != this_hart() && rouse(h->id))
		return;
	if (fresh)
		preempt(h);
}

bool
wake_proc(struct proc *p, bool deaf_too, enum wake_kind how)
{
	uint32 s = __atomic_load_n(&p->state, __ATOMIC_RELAXED);

	if (s != P_SLEEPING && !(deaf_too && s == P_DEAF))
		return false;
	// Acquire: pairs with the release in sleep_on.  kill() comes without a
	// lock in common, and reads next what the sleeper wrote of itself
	// (where it may run, and ran last).  Saved registers are on_hart's.
	if (!__atomic_compare_exchange_n(&p->state, &s, P_RUNNABLE, false,
	        __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
		return false;
	ready(p, how);
	return true;
}

// Whether hart h may run p now: a process that it is about to leave is its own
// to resume, any other must have been left.
static bool
may_take(struct hart *h, struct proc *p)
{
	return (p->affinity & bit(h->id)) && (p == current() ||
	    __atomic_load_n(&p->on_hart, __ATOMIC_ACQUIRE) == 0);
}

// Processes of a class that one look at a queue passes at most: at a cache miss
// each, of 100 ns, a tenth of a millisecond.  Behind so many that a hart may not
// run (they are bound to others) it finds its own a little later, for those in
// front go on.
#define LOOK_AT 1024

// Unlinks the first process of l that hart h may run; NULL if there is none.
static struct proc *
unlink_first(struct hart *h, struct list *l)
{
	uint seen = 0;

	LIST_EACH (n, l) {
		struct proc *p = LIST_OBJ(n, struct proc, run_link);

		if (may_take(h, p)) {
			list_del(&p->run_link);
			return p;
		}
		if (++seen == LOOK_AT)
			break;
	}
	return NULL;
}

// Takes a process off q that hart h may run, of class first if there is one.
// The queue's lock is held.
static struct proc *
take(struct hart *h, struct run_queue *q, enum run_class first)
{
	struct proc *p = unlink_first(h, &q->procs[first]);

	if (p == NULL)
		p = unlink_first(h, &q->procs[!first]);
	if (p != NULL)
		q->len--;
	return p;
}

static bool
queue_empty(const struct run_queue *q)
{
	return __atomic_load_n(&q->len, __ATOMIC_RELAXED) == 0;
}

// What hart h runs next of its own.  What `yields` says is right for whoever
// queues a process behind this, under the same lock.
static struct proc *
take_own(struct hart *h)
{
	struct run_queue *q = &h->runq;
	bool due = h->used_up_due;
	struct proc *p;

	if (queue_empty(q))
		return NULL;
	spin_lock(&q->lock);
	p = take(h, q, due ? RUN_USED_UP : RUN_FRESH);
	if (p != NULL)
		__atomic_store_n(&q->yields, p->used_up && !due,
		    __ATOMIC_RELAXED);
	spin_unlock(&q->lock);
	if (p != NULL) {
		h->used_up_ran |= p->used_up;
		h->used_up_due = false;
	}
	return p;
}

static struct proc *
steal_from(struct hart *h, struct run_queue *q)
{
	struct proc *p;

	if (queue_empty(q))
		return NULL;
	spin_lock(&q->lock);
	p = take(h, q, RUN_FRESH);
	spin_unlock(&q->lock);
	return p;
}

static struct proc *
steal(struct hart *h)
{
	for (uint i = 1; i < platform.nharts; i++) {
		struct hart *from = &harts[(h->id + i) % platform.nharts];
		struct proc *p = steal_from(h, &from->runq);

		if (p != NULL) {
			h->counters[CTR_STEALS]++;
			__atomic_store_n(&h->runq.yields, p->used_up,
			    __ATOMIC_RELAXED);
			return p;
		}
	}
	return NULL;
}

// Runs in the new process, on its stack: the old one may be resumed elsewhere
// or, if it has exited, reaped from here on.
void
sched_finish(struct proc *prev)
{
	__atomic_store_n(&prev->on_hart, 0, __ATOMIC_RELEASE);
}

static void
run(struct hart *h, struct proc *prev, struct proc *next)
{
	next->on_hart = 1;
	__atomic_store_n(&next->hart, h, __ATOMIC_RELAXED);
	// Release: who sees it run sees where (proc/pid.c).  The fence: kill()
	// writes killed, then reads the state; next reads killed on its way to
	// user mode, so either finds the other.
	__atomic_store_n(&next->state, P_RUNNING, __ATOMIC_RELEASE);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	h->need_resched = false;
	h->counters[CTR_SWITCHES]++;
	kstack_sync();
	aspace_activate(next->as);
	if (prev == &h->idle)
		timer_arm(r_time() + timer_slice() / 2);
	sched_finish(switch_to(prev, next));
}

void
schedule(void)
{
	struct hart *h = this_hart();
	struct proc *prev = current();
	struct proc *next;

	KASSERT(h->lock_depth == 0);
	next = take_own(h);
	if (next == NULL)
		next = steal(h);
	if (next == NULL)
		next = &h->idle;
	if (next == prev) {
		// As in run().
		__atomic_store_n(&prev->state, P_RUNNING, __ATOMIC_RELEASE);
		__atomic_thread_fence(__ATOMIC_SEQ_CST);
		h->need_resched = false;
		return;
	}
	run(h, prev, next);
}

// A slice is at most two ticks long; timer.c says how long those are.
#define SLICE_TICKS 2

// The process gives way: behind its class if it has had its slice, else, in
// front of it.
void
yield(void)
{
	struct proc *p = current();
	struct hart *h = this_hart();
	bool over = p->slice_ticks >= SLICE_TICKS;

	h->need_resched = false;
	if (queue_empty(&h->runq))
		return;
	if (over)
		p->slice_ticks = 0;
	__atomic_store_n(&p->state, P_RUNNABLE, __ATOMIC_RELAXED);
	enqueue(h, p, !over);
	schedule();
}

void
sched_migrate(void)
{
	struct proc *p = current();

	if (p->affinity & bit(hart_id()))
		return;
	__atomic_store_n(&p->state, P_RUNNABLE, __ATOMIC_RELAXED);
	ready(p, WAKE_SPREAD);
	schedule();
}

void
preempt_point(void)
{
	uint64 pending, enabled;

	DASSERT(this_hart()->lock_depth == 0);
	stretch_end((uint64)__builtin_return_address(0));
	stretch_begin();
	__asm__ volatile("csrr %0, sip" : "=r"(pending));
	if (pending != 0) {
		__asm__ volatile("csrr %0, sie" : "=r"(enabled));
		if (pending & enabled)
			interrupts_window();
	}
	if (this_hart()->need_resched && current()->holds == 0)
		yield();
}

// Idle harts that may run something that waits in this list.
static uint64
takers_of(const struct list *l, uint64 idle)
{
	uint64 mask = 0;
	uint seen = 0;

	LIST_EACH (n, l) {
		mask |= idle & LIST_OBJ(n, struct proc, run_link)->affinity;
		if (mask == idle || ++seen == LOOK_AT)
			break;
	}
	return mask;
}

static uint64
takers(struct run_queue *q)
{
	uint64 idle = __atomic_load_n(&idle_harts, __ATOMIC_RELAXED);
	uint64 mask = 0;

	if (idle == 0)
		return 0;
	spin_lock(&q->lock);
	for (uint c = 0; c < RUN_CLASSES; c++)
		mask |= takers_of(&q->procs[c], idle);
	spin_unlock(&q->lock);
	return mask;
}

// Whether the process that runs should let others of its hart on.
static bool
turn_is_over(struct hart *h, const struct proc *p)
{
	bool fresh_wait = !list_empty(&h->runq.procs[RUN_FRESH]);
	bool used_up_wait = !list_empty(&h->runq.procs[RUN_USED_UP]);

	if (!p->used_up && used_up_wait && !h->used_up_ran)
		h->used_up_due = true;
	return p->slice_ticks >= SLICE_TICKS || h->used_up_due ||
	    (fresh_wait &&
	        __atomic_load_n(&h->runq.yields, __ATOMIC_RELAXED));
}

// Called in the process that runs.  If an idle hart could take what waits here,
// wakes it.
void
sched_tick(void)
{
	struct hart *h = this_hart();
	struct proc *p = current();
	uint64 idle;

	if (++p->slice_ticks >= SLICE_TICKS) {
		p->used_up = true;
		__atomic_store_n(&h->runq.yields, 1, __ATOMIC_RELAXED);
	}
	if (!queue_empty(&h->runq)) {
		h->need_resched |= turn_is_over(h, p);
		idle = takers(&h->runq);
		if (idle != 0)
			rouse(__builtin_ctzl(idle));
	}
	h->used_up_ran = p->used_up;
}

void
idle_loop(void)
{
	struct hart *h = this_hart();
	struct proc *next;

	for (;;) {
		__atomic_fetch_or(&idle_harts, bit(h->id), __ATOMIC_RELAXED);
		__atomic_thread_fence(__ATOMIC_SEQ_CST);
		next = take_own(h);
		if (next == NULL)
			next = steal(h);
		if (next != NULL) {
			__atomic_fetch_and(&idle_harts, ~bit(h->id),
			    __ATOMIC_RELAXED);
			run(h, &h->idle, next);
		} else if (__atomic_load_n(&h->runq.len, __ATOMIC_RELAXED) > 0) {
			// Its registers are being saved, on a hart that waits
			// for nobody.
			ipi_check_stop();
			interrupts_window();
		} else {
			interrupts_wait();
		}
	}
}
