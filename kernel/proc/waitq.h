// Wait queues.  A queue belongs to a condition, and the spinlock that protects
// the condition protects the queue: test the condition, sleep and wake with
// that lock held, and no wake-up can be lost.
#ifndef PROC_WAITQ_H
#define PROC_WAITQ_H

#include <stdbool.h>
#include "kernel/types.h"
#include "lib/list.h"
#include "sync/spinlock.h"

struct proc;

struct waitq {
	struct list procs; // sleepers, in order of arrival
};

void waitq_init(struct waitq *q);

// Sleeps on q until woken; gives l up meanwhile and holds it again on return.
// l is the only spinlock held.  The caller tests its condition again: a return
// promises nothing.  Returns false, at once or later, if the process has been
// killed and should give up what it is doing.
bool waitq_sleep(struct waitq *q, struct spinlock *l);

// The same, but kill() does not end it: for short waits, such as the disk's,
// that something is certain to end.
void waitq_sleep_deaf(struct waitq *q, struct spinlock *l);

// The same in front of all whose ticket is higher; all of the queue sleep by
// this call.
void waitq_sleep_deaf_ordered(struct waitq *q, struct spinlock *l,
    uint64 ticket);

// The process that has waited longest, or NULL.  The queue's lock is held.
struct proc *waitq_first(struct waitq *q);

// Make the longest waiting process, or all of them, runnable.  The caller
// holds the queue's lock; handlers may call these.  All at once is for queues
// that cannot be long: where any number of processes may wait, each that is
// woken wakes the next (fs/pipe.c).
void waitq_wake_one(struct waitq *q);
void waitq_wake_all(struct waitq *q);

// As these, by a process that is about to sleep itself: the woken
// stay on this hart's queue instead of being offered to idle harts at once.
void waitq_wake_one_sync(struct waitq *q);
void waitq_wake_all_sync(struct waitq *q);

#endif
