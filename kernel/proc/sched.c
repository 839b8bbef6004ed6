// Run queues, switching, and idling.
//
// Each hart has a queue under its own lock.  A process that becomes runnable
// goes to the hart it ran on last, or, unless the waker is about to sleep, to an
// idle hart if there is one; an idle hart takes from others' queues.
//
// A hart that finds nothing sets its bit in idle_harts, looks once more, and
// then waits in wfi.  A hart that queues work looks at that mask afterwards.
// Both have a full fence between their write and their read, so either the
// idler sees the work or the waker sees the bit, takes it and sends an
// interrupt.  Interrupts are off from the last look to wfi, which returns at
// once if one is pending, so the wake-up is not lost.
//
// on_hart: set while a process's registers are on a hart, cleared (release) by
// whoever runs there next.  The hart that resumes it waits for that (acquire).
// A thief takes only processes whose registers are saved.

#include "proc/sched.h"
#include "boot/platform.h"
#include "kernel/riscv.h"
#include "mm/aspace.h"
#include "mm/kmap.h"
#include "mm/stats.h"
#include "proc/hart.h"
#include "proc/ipi.h"
#include "trap/trap.h"

uint64 idle_harts __attribute__((aligned(64)));

static uint64
bit(uint hart)
{
	return 1UL << hart;
}

static void
enqueue(struct hart *h, struct proc *p)
{
	struct run_queue *q = &h->runq;

	spin_lock(&q->lock);
	list_add_tail(&q->procs, &p->run_link);
	q->len++;
	spin_unlock(&q->lock);
}

// Interrupts hart h if it sleeps; its bit going away makes that happen once.
static void
rouse(uint h)
{
	uint64 was;

	if (!(__atomic_load_n(&idle_harts, __ATOMIC_RELAXED) & bit(h)))
		return;
	was = __atomic_fetch_and(&idle_harts, ~bit(h), __ATOMIC_RELAXED);
	if (!(was & bit(h)))
		return;
	sched_interrupt(h);
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

static struct hart *
choose_hart(struct proc *p, enum wake_kind how)
{
	uint64 idle = __atomic_load_n(&idle_harts, __ATOMIC_RELAXED);
	uint64 free = idle & p->affinity;

	if (!(p->affinity & bit(p->hart->id)))
		return &harts[__builtin_ctzl(free ? free : p->affinity)];
	if (how == WAKE_SYNC || free == 0 || (free & bit(p->hart->id)))
		return p->hart;
	return &harts[__builtin_ctzl(free)];
}

void
ready(struct proc *p, enum wake_kind how)
{
	struct hart *h = choose_hart(p, how);

	enqueue(h, p);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (h != this_hart())
		rouse(h->id);
}

bool
wake_proc(struct proc *p, bool deaf_too, enum wake_kind how)
{
	uint32 s = __atomic_load_n(&p->state, __ATOMIC_RELAXED);

	if (s != P_SLEEPING && !(deaf_too && s == P_DEAF))
		return false;
	// Relaxed: what the sleeper waits for is ordered by the lock that the
	// waker holds, its saved registers by on_hart.
	if (!__atomic_compare_exchange_n(&p->state, &s, P_RUNNABLE, false,
	        __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		return false;
	ready(p, how);
	return true;
}

// Whoever is first in the hart's own queue, or NULL.
static struct proc *
take_own(struct hart *h)
{
	struct run_queue *q = &h->runq;
	struct proc *p = NULL;

	if (__atomic_load_n(&q->len, __ATOMIC_RELAXED) == 0)
		return NULL;
	spin_lock(&q->lock);
	if (!list_empty(&q->procs)) {
		p = LIST_OBJ(q->procs.next, struct proc, run_link);
		list_del(&p->run_link);
		q->len--;
	}
	spin_unlock(&q->lock);
	return p;
}

static bool
may_take(struct hart *thief, struct proc *p)
{
	return (p->affinity & bit(thief->id)) &&
	    __atomic_load_n(&p->on_hart, __ATOMIC_ACQUIRE) == 0;
}

static struct proc *
steal_from(struct hart *thief, struct run_queue *q)
{
	struct proc *found = NULL;

	spin_lock(&q->lock);
	LIST_EACH (n, &q->procs) {
		struct proc *p = LIST_OBJ(n, struct proc, run_link);

		if (may_take(thief, p)) {
			found = p;
			list_del(&p->run_link);
			q->len--;
			break;
		}
	}
	spin_unlock(&q->lock);
	return found;
}

static struct proc *
steal(struct hart *h)
{
	for (uint i = 1; i < platform.nharts; i++) {
		struct run_queue *q =
		    &harts[(h->id + i) % platform.nharts].runq;
		struct proc *p;

		if (__atomic_load_n(&q->len, __ATOMIC_RELAXED) == 0)
			continue;
		p = steal_from(h, q);
		if (p != NULL) {
			h->counters[CTR_STEALS]++;
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
	while (__atomic_load_n(&next->on_hart, __ATOMIC_ACQUIRE) != 0)
		ipi_check_stop();
	next->on_hart = 1;
	next->hart = h;
	__atomic_store_n(&next->state, P_RUNNING, __ATOMIC_RELAXED);
	h->need_resched = false;
	h->switches++;
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
		__atomic_store_n(&prev->state, P_RUNNING, __ATOMIC_RELAXED);
		h->need_resched = false;
		return;
	}
	run(h, prev, next);
}

void
yield(void)
{
	struct proc *p = current();
	struct hart *h = this_hart();

	h->need_resched = false;
	if (h->runq.len == 0)
		return;
	__atomic_store_n(&p->state, P_RUNNABLE, __ATOMIC_RELAXED);
	enqueue(h, p);
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
	__asm__ volatile("csrr %0, sip" : "=r"(pending));
	if (pending != 0) {
		__asm__ volatile("csrr %0, sie" : "=r"(enabled));
		if (pending & enabled)
			interrupts_window();
	}
	if (this_hart()->need_resched)
		yield();
}

// Idle harts that may run something that waits in this queue.
static uint64
takers(struct run_queue *q)
{
	uint64 idle = __atomic_load_n(&idle_harts, __ATOMIC_RELAXED);
	uint64 mask = 0;

	if (idle == 0)
		return 0;
	spin_lock(&q->lock);
	LIST_EACH (n, &q->procs)
		mask |= idle & LIST_OBJ(n, struct proc, run_link)->affinity;
	spin_unlock(&q->lock);
	return mask;
}

// If the process that runs has had a whole tick, let others on.  And if an idle
// hart could take what waits here, wake it.
void
sched_tick(void)
{
	struct hart *h = this_hart();
	uint64 idle;

	if (h->runq.len > 0) {
		if (h->switches == h->tick_switches)
			h->need_resched = true;
		idle = takers(&h->runq);
		if (idle != 0)
			rouse(__builtin_ctzl(idle));
	}
	h->tick_switches = h->switches;
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
			continue;
		}
		interrupts_wait();
	}
}
