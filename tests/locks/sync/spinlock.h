// Host stand-in for kernel/sync/spinlock.h: taking one lets others go first.
#ifndef SYNC_SPINLOCK_H
#define SYNC_SPINLOCK_H

#include <stdbool.h>
#include "kernel/types.h"
#include "sync/lockclass.h"

struct spinlock {
	bool held;
};

void spin_init(struct spinlock *l, enum lock_class class);
void spin_lock(struct spinlock *l);
void spin_unlock(struct spinlock *l);

#endif
