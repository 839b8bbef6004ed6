// Sleep locks: mutual exclusion that may be held across disk waits, page
// faults and user copies.  Taken by processes only, never by handlers, never
// with a spinlock held.
#ifndef SYNC_SLEEPLOCK_H
#define SYNC_SLEEPLOCK_H

#include <stdbool.h>
#include "proc/waitq.h"
#include "sync/spinlock.h"

struct proc;

struct sleeplock {
	struct spinlock lock;   // protects the fields below
	uint16 class;           // [I] class that statistics go to
	bool hand_over;         // [lock] the next owner is the first waiter
	struct proc *owner;     // [lock] NULL = free; read without it as a hint
	uint64 next_ticket;     // [lock] of whoever sleeps next
	struct waitq waiters;   // [lock] in order of their tickets
	uint64 since;           // [owner] cycle CSR when taken
};

void sleeplock_init(struct sleeplock *l, enum lock_class class);
void sleeplock_lock(struct sleeplock *l);
bool sleeplock_trylock(struct sleeplock *l);
void sleeplock_unlock(struct sleeplock *l);

// True if the current process holds l; for assertions.
bool sleeplock_held(struct sleeplock *l);

#endif
