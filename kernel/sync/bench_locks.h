// The locks that lockbench compares: the kernel's own two, and two that queue
// their waiters, which nothing else in the kernel uses (sync/spinlock.c says
// why).
#ifndef SYNC_BENCH_LOCKS_H
#define SYNC_BENCH_LOCKS_H

#include <stdbool.h>
#include "kernel/types.h"

enum bench_lock {
	BENCH_SPIN,   // the kernel's spinlock
	BENCH_TICKET, // first come, first served, all waiters on one word
	BENCH_MCS,    // a queue of waiters, each on a word of its own
	BENCH_SLEEP,  // the kernel's sleep lock
	BENCH_LOCKS
};

const char *bench_lock_name(enum bench_lock kind);

// A waiter's place in the MCS queue.  In the direct map, never on a kernel
// stack: other harts write to it, and a stack's translation may be stale there
// (mm/kstack.c).
struct mcs_node {
	struct mcs_node *next; // [a] who waits behind
	uint32 waiting;        // [a] 1 until the one in front is done
} __attribute__((aligned(64)));

struct bench_lock_job {
	struct mcs_node node;   // [o] while no run is on, else as above
	enum bench_lock kind;   // [o]
	uint64 hold_ns, gap_ns; // [o] to spend with and without the lock
	uint64 millis;          // [o] to go on for
	uint64 patience;        // [o] cycles to wait with interrupts off
	uint64 acquisitions;    // [o] result
	uint64 ticks;           // [o] result: time CSR from first to last
};

void bench_locks_init(void); // boot

// Takes and releases the lock for as long as the job says, and fills in its
// results.  Other processes get the hart meanwhile, if it is their turn.  0,
// or -1 if killed.  No locks held.
int bench_lock_run(struct bench_lock_job *job);

// How often a lock has been held, by a counter that only mutual exclusion
// keeps right: it must equal the sum of all jobs' acquisitions.
uint64 bench_lock_guarded(enum bench_lock kind);

#endif
