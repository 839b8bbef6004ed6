// The locks that lockbench compares.
//
// Whoever holds one reads the guarded counter, lets the hold time pass, and
// writes the counter back raised by one: two holders at a time would lose
// counts.
//
// Memory order, per lock; in each the release of one holder pairs with the
// acquire of the next, so the guarded counter needs no atomics:
//
//   ticket  taking a number (amoadd) may be relaxed: it decides the place in
//           the line and publishes nothing.  `serving` is stored with release
//           and awaited with acquire.
//   MCS     the swap of `tail` is a release for those behind, who get the
//           node's address from it and must find the node initialised; and an
//           acquire for the one that finds the queue empty, which pairs with
//           the release of the compare-and-swap that emptied it.  Linking
//           (prev->next) is a release, for the node is reached through it
//           too, and read with acquire.  Hand-over: `waiting` is stored with
//           release and awaited with acquire.
//
// Waiting harts pause, and look for a panic elsewhere.  A waiter is in the
// kernel with interrupts off and no lock held, and a holder does not give its
// hart away before it releases, so a queue never waits for a process that is
// not running, only for harts the host has not scheduled.

#include "sync/bench_locks.h"
#include "boot/platform.h"
#include "kernel/riscv.h"
#include "lib/printf.h"
#include "mm/stats.h"
#include "proc/ipi.h"
#include "proc/proc.h"
#include "proc/sched.h"
#include "sync/cycles.h"
#include "sync/sleeplock.h"
#include "sync/spinlock.h"

struct ticket_lock {
	uint32 next;    // [a] the next number to hand out
	uint32 serving; // [a] whose turn it is
} __attribute__((aligned(64)));

struct mcs_lock {
	struct mcs_node *tail; // [a] the last in the queue, NULL = free
} __attribute__((aligned(64)));

// On lines of their own, apart from the locks: a lock's cost is measured, not
// that of the data behind it.
struct guarded {
	uint64 count; // [l] under the lock of that kind
} __attribute__((aligned(64)));

static struct spinlock spin __attribute__((aligned(64)));
static struct ticket_lock ticket;
static struct mcs_lock mcs;
static struct sleeplock sleep __attribute__((aligned(64)));
static struct guarded guarded[BENCH_LOCKS];

static const char *const names[BENCH_LOCKS] = {
    [BENCH_SPIN] = "spin",
    [BENCH_TICKET] = "ticket",
    [BENCH_MCS] = "mcs",
    [BENCH_SLEEP] = "sleep",
};

const char *
bench_lock_name(enum bench_lock kind)
{
	return names[kind];
}

void
bench_locks_init(void)
{
	spin_init(&spin, LC_BENCH);
	sleeplock_init(&sleep, LC_BENCH);
}

uint64
bench_lock_guarded(enum bench_lock kind)
{
	// Relaxed: exact only while nobody runs.
	return __atomic_load_n(&guarded[kind].count, __ATOMIC_RELAXED);
}

static void
ticket_take(struct ticket_lock *l)
{
	uint32 mine = __atomic_fetch_add(&l->next, 1, __ATOMIC_RELAXED);
	uint32 ahead;

	// The further back in the line, the less often it looks.
	while ((ahead = mine -
	                __atomic_load_n(&l->serving, __ATOMIC_ACQUIRE)) != 0) {
		while (ahead-- > 0)
			ipi_check_stop();
	}
}

static void
ticket_release(struct ticket_lock *l)
{
	// Only the holder writes it.
	__atomic_store_n(&l->serving, l->serving + 1, __ATOMIC_RELEASE);
}

static void
mcs_take(struct mcs_lock *l, struct mcs_node *me)
{
	struct mcs_node *before;

	me->next = NULL;
	me->waiting = 1;
	before = __atomic_exchange_n(&l->tail, me, __ATOMIC_ACQ_REL);
	if (before == NULL)
		return;
	__atomic_store_n(&before->next, me, __ATOMIC_RELEASE);
	while (__atomic_load_n(&me->waiting, __ATOMIC_ACQUIRE) != 0)
		ipi_check_stop();
}

static void
mcs_release(struct mcs_lock *l, struct mcs_node *me)
{
	struct mcs_node *behind = __atomic_load_n(&me->next, __ATOMIC_ACQUIRE);
	struct mcs_node *expected = me;

	if (behind == NULL) {
		if (__atomic_compare_exchange_n(&l->tail, &expected, NULL,
		        false, __ATOMIC_RELEASE, __ATOMIC_RELAXED))
			return;
		// Somebody has swapped itself in and is about to link.
		while ((behind = __atomic_load_n(
		            &me->next, __ATOMIC_ACQUIRE)) == NULL)
			ipi_check_stop();
	}
	__atomic_store_n(&behind->waiting, 0, __ATOMIC_RELEASE);
}

static void
take(struct bench_lock_job *job)
{
	switch (job->kind) {
	case BENCH_SPIN:
		// Not first come, first served: a hart may wait for long, and
		// has interrupts to take meanwhile.
		while (!spin_lock_for(&spin, job->patience))
			preempt_point();
		break;
	case BENCH_TICKET:
		ticket_take(&ticket);
		break;
	case BENCH_MCS:
		mcs_take(&mcs, &job->node);
		break;
	case BENCH_SLEEP:
		sleeplock_lock(&sleep);
		break;
	case BENCH_LOCKS:
		panic("lockbench: no such lock");
	}
}

static void
release(struct bench_lock_job *job)
{
	switch (job->kind) {
	case BENCH_SPIN:
		spin_unlock(&spin);
		break;
	case BENCH_TICKET:
		ticket_release(&ticket);
		break;
	case BENCH_MCS:
		mcs_release(&mcs, &job->node);
		break;
	case BENCH_SLEEP:
		sleeplock_unlock(&sleep);
		break;
	case BENCH_LOCKS:
		panic("lockbench: no such lock");
	}
}

// Cycles of the cycle CSR in so many nanoseconds: finer than the time CSR.
static uint64
cycles_in(uint64 ns)
{
	uint64 scale = 1UL << 24;
	uint64 scale_ns = cycles_to_ns(scale);

	return scale_ns > 0 ? ns * scale / scale_ns : 0;
}

// A hart that migrates between two looks at the cycle CSR may see it jump; the
// callers stay on theirs.
static void
pass(uint64 cycles)
{
	uint64 begin = cycles_now();

	while (cycles_now() - begin < cycles)
		ipi_check_stop();
}

static void
hold(struct guarded *g, uint64 cycles)
{
	uint64 seen = g->count;

	pass(cycles);
	__atomic_store_n(&g->count, seen + 1, __ATOMIC_RELAXED);
}

int
bench_lock_run(struct bench_lock_job *job)
{
	struct guarded *g = &guarded[job->kind];
	uint64 hold_cycles = cycles_in(job->hold_ns);
	uint64 gap_cycles = cycles_in(job->gap_ns);
	uint64 begin = r_time();
	uint64 length = job->millis * platform.timebase / 1000;

	job->patience = cycles_in(100000);
	job->acquisitions = 0;
	do {
		if (proc_killed(current()))
			return -1;
		take(job);
		hold(g, hold_cycles);
		release(job);
		job->acquisitions++;
		pass(gap_cycles);
		preempt_point();
		job->ticks = r_time() - begin;
	} while (job->ticks < length);
	return 0;
}
