// What belongs to one hart.
//
// Everything a hart touches on its own fork and fault path stands together in
// one page, in an order that puts what other harts may write (run queue, page
// list, free process slots: each under its own lock) on cache lines of its
// own.  The fields tagged [o] need no lock: the kernel runs with interrupts
// off and is not preempted, so only this hart's own code, one piece at a time,
// uses them.
#ifndef PROC_HART_H
#define PROC_HART_H

#include <stdbool.h>
#include "kernel/types.h"
#include "kernel/param.h"
#include "lib/list.h"
#include "lib/printf.h"
#include "mm/page_list.h"
#include "proc/counters.h"
#include "proc/proc.h"
#include "sync/lockstat.h"
#include "sync/spinlock.h"

// Runnable processes, by whether they have used up a slice since they slept.
enum run_class { RUN_FRESH, RUN_USED_UP, RUN_CLASSES };

struct run_queue {
	struct spinlock lock;
	uint len;                       // [lock], read without it as a hint
	uint32 yields;                  // [a] by its hart: what runs there
	                                // lets the fresh go first
	struct list procs[RUN_CLASSES]; // [lock]
} __attribute__((aligned(64)));

struct timer_queue {
	struct spinlock lock;
	struct list procs;    // [lock] soonest first
	struct list timeouts; // [lock] in any order
} __attribute__((aligned(64)));

struct slot_list {
	struct spinlock lock;
	struct list slots; // [lock]
	uint n;            // [lock]
	uint stacks;       // [lock] slots among them that have one
} __attribute__((aligned(64)));

struct hart {
	uint id;            // [I]
	uint lock_depth;    // [o] spinlocks held
	uint64 to_rouse;    // [o] harts to interrupt when no spinlock is held
	bool need_resched;  // [o] the running process should give way
	struct proc *prev;  // [o] who was switched away from
	uint64 timer_at;    // [o] time CSR at which the timer is armed, or -1
	bool used_up_due;   // [o] those that used up a slice have waited enough
	bool used_up_ran;   // [o] one of them got the hart since the last tick
	struct aspace *as;  // [o] address space in satp, NULL = the kernel's
	uint asid_next;     // [o] next ASID to hand out
	uint64 asid_epoch;  // [o] times the ASIDs have wrapped round
	uint64 fences;      // [o] that cleaned the TLB of satp's address space
	uint64 kstack_seen; // [o] kstack generation last flushed for
	int pid_next;       // [o] own range of pids
	int pid_end;        // [o]
	uint64 cycle_boot;  // [I] cycle and time CSRs when it came up
	uint64 time_boot;   // [I]
	uint8 held_rank[8]; // [o] debug: ranks of the spinlocks held
	long tables;        // [o] page tables taken less given back here
	long kernel_pages;  // [o] frames of kinds but PK_USER, likewise
	long page_net;      // [o] frames of all kinds, likewise
	long page_bound;    // [o] written; see mm/page.c
	uint64 heap_room;   // [o] pages that heap may grow by without a look
	uint64 heap_round;  // [o] while this is page_round(), see mm/brk.c
	uint64 counters[CTR_COUNT]; // [o], read by all
	struct lock_counters locks[LC_COUNT]; // [o], read by all

	struct run_queue runq;
	struct timer_queue timerq;
	struct page_list pages;
	struct slot_list slots;
	uint32 ipi_work; // [a] bits of proc/ipi.h
	uint64 parked;   // [a] the last round of parking that it was seen in

	struct proc idle __attribute__((aligned(64)));
} __attribute__((aligned(4096)));

extern struct hart *harts; // [I] after boot, platform.nharts of them

// Debug builds check that nothing can interrupt the use of per-hart data.
static inline void
assert_interrupts_off(void)
{
#ifdef DEBUG
	uint64 s;
	__asm__ volatile("csrr %0, sstatus" : "=r"(s));
	if (s & 2)
		panic("interrupts are on where per-hart data is used");
#endif
}

static inline struct hart *
this_hart(void)
{
	assert_interrupts_off();
	return current()->hart;
}

#endif
