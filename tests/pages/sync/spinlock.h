// Host stand-in for kernel/sync/spinlock.h: the same memory order, so that
// ThreadSanitizer sees what the kernel's lock promises and no more.
#ifndef SYNC_SPINLOCK_H
#define SYNC_SPINLOCK_H

#include <sched.h>
#include <stdbool.h>
#include "kernel/types.h"
#include "sync/lockclass.h"

struct spinlock {
	uint32 held;
	uint16 class;
};

#define SPINLOCK_INIT(c) {.class = (c)}

static inline void
spin_init(struct spinlock *l, enum lock_class class)
{
	*l = (struct spinlock){.class = class};
}

static inline void
spin_lock(struct spinlock *l)
{
	while (__atomic_exchange_n(&l->held, 1, __ATOMIC_ACQUIRE) != 0)
		sched_yield();
}

static inline void
spin_unlock(struct spinlock *l)
{
	__atomic_store_n(&l->held, 0, __ATOMIC_RELEASE);
}

#endif
