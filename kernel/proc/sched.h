// The scheduler.
//
// The kernel runs with interrupts off.  They are taken on return to user mode,
// in wfi's window when idle, and where long-running code says so
// (preempt_point).  Kernel code is therefore never preempted between those
// points: per-hart data needs no protection from handlers or from migration,
// and spinlocks need no interrupt masking.
#ifndef PROC_SCHED_H
#define PROC_SCHED_H

#include <stdbool.h>
#include "kernel/types.h"
#include "lib/list.h"

struct proc;

// How urgently somebody else should run what has become runnable.
enum wake_kind {
	WAKE_SPREAD, // on an idle hart, if there is one that it may run on
	WAKE_SYNC,   // the waker is about to sleep: where the process last ran
};

// Puts a process whose state has just become RUNNABLE on a run queue, and
// interrupts the hart that should run it if that hart sleeps.
void ready(struct proc *p, enum wake_kind how);

// If p sleeps (deaf_too: even if it does not listen to kill), makes it runnable.
// Returns whether it did.
bool wake_proc(struct proc *p, bool deaf_too, enum wake_kind how);

// Gives the hart to another process.  The caller has set its own state, and
// holds no spinlock.  Returns when the process runs again, maybe elsewhere.
void schedule(void);

// Goes to the tail of the run queue.
void yield(void);

// Lets pending interrupts in, and other processes if the slice is over.  For
// loops that could keep the hart for more than a millisecond; no spinlock.
void preempt_point(void);

// Moves the calling process to a hart of its affinity mask.
void sched_migrate(void);

// The idle loop; the hart's boot code ends here.
void idle_loop(void) __attribute__((noreturn));

// The timer interrupt's share: ends slices, offers waiting work to idle harts.
void sched_tick(void);

// Sleeps until the time CSR reaches t.  False if killed meanwhile.
bool sleep_until(uint64 t);

// Something to be done later.  fire() runs in the timer's handler: interrupts
// off, no locks held, no sleeping; it may start the time-out again.
struct timeout {
	struct list link; // [timerq lock]
	uint64 at;        // [timerq lock] time CSR
	void (*fire)(struct timeout *t); // [I]
};

// Has it fire on this hart when so many ticks of the time CSR are over, or some
// time later.  It is not running yet.
void timeout_start(struct timeout *t, uint64 ticks);

// Wakes sleepers and fires time-outs whose time has come; returns the next time,
// or -1 for none.
uint64 timerq_run(uint64 now);

// Interrupts hart h, as soon as this hart holds no spinlock: what runs there
// traps, or wfi ends.
void sched_interrupt(uint h);

// Interrupts the harts of this_hart()->to_rouse.  No spinlock held.
void sched_rouse(void);

// Harts in wfi, one bit each; read as a hint.
extern uint64 idle_harts;

#endif
