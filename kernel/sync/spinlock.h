// Spinlocks.  The kernel runs with interrupts off (proc/sched.h), so holding
// one never races with a handler on the same hart, and taking one costs no
// CSR access.  A holder must not sleep, touch user memory or cross a
// preemption point.
#ifndef SYNC_SPINLOCK_H
#define SYNC_SPINLOCK_H

#include <stdbool.h>
#include "kernel/types.h"
#include "sync/lockclass.h"

struct spinlock {
	uint32 holder;  // [a] 0 = free, else 1 + the hart that has it
	uint32 class;   // [I] enum lock_class
	uint64 since;   // [l] cycle CSR when taken, 0 if hold times are off
};

#define SPINLOCK_INIT(c) {.class = (c)}

void spin_init(struct spinlock *l, enum lock_class class);
void spin_lock(struct spinlock *l);
void spin_unlock(struct spinlock *l);

// spin_lock() of a lock that has the class of the one taken last: the class has
// an order of its own.
void spin_lock_beside(struct spinlock *l);

// spin_lock(), but gives up, with false, after so many cycles of the cycle CSR.
bool spin_lock_for(struct spinlock *l, uint64 cycles);

// True if this hart holds l; for assertions.
bool spin_held(const struct spinlock *l);

#endif
