// exit and wait meet under the parent's family lock, which also protects its
// lists of living and dead children.  There is no lock that two unrelated
// families share.
//
// A child finds its parent through p->parent, which may change at any moment,
// for orphans move to init: it locks the family it read and looks again
// (lock_parent).  The lock is there even if the parent is gone, for slots are
// type-stable; and a parent cannot be gone while p->parent names it, for it
// hands its children over, under its lock, before it dies.
//
// Orphans move under both families' locks, the old one's first; init's has a
// rank of its own behind all others and init never exits.

#include "proc/exit.h"
#include "fs/files.h"
#include "mm/aspace.h"
#include "mm/stats.h"
#include "mm/ucopy.h"
#include "proc/fork.h"
#include "proc/hart.h"
#include "proc/ipi.h"
#include "proc/pid.h"
#include "proc/procslot.h"
#include "proc/sched.h"

static struct proc *
lock_parent(struct proc *p)
{
	for (;;) {
		struct proc *parent =
		    __atomic_load_n(&p->parent, __ATOMIC_RELAXED);

		spin_lock(&parent->family);
		if (p->parent == parent)
			return parent;
		spin_unlock(&parent->family);
	}
}

// Children that are handed over between two preemption points.
#define ADOPT 64

// Moves up to ADOPT processes from one list to the other, which is init's.
static void
adopt(struct list *from, struct list *to)
{
	for (uint i = 0; i < ADOPT && !list_empty(from); i++) {
		struct list *n = from->next;

		__atomic_store_n(&LIST_OBJ(n, struct proc, sibling)->parent,
		    init_proc, __ATOMIC_RELAXED);
		list_del(n);
		list_add_tail(to, n);
	}
}

// Hands some children over; false if there were none.  Those that are left may
// die meanwhile and come in with the dead; p makes no new ones.
static bool
hand_over_some(struct proc *p)
{
	bool any;

	spin_lock(&p->family);
	any = !list_empty(&p->children) || !list_empty(&p->dead);
	if (any) {
		spin_lock(&init_proc->family);
		adopt(&p->children, &init_proc->children);
		if (!list_empty(&p->dead)) {
			adopt(&p->dead, &init_proc->dead);
			waitq_wake_all(&init_proc->child_died);
		}
		spin_unlock(&init_proc->family);
	}
	spin_unlock(&p->family);
	return any;
}

static void
hand_over_children(struct proc *p)
{
	while (hand_over_some(p))
		preempt_point();
}

void
proc_exit(int status)
{
	struct proc *p = current();
	struct proc *parent;

	if (p == init_proc)
		panic("init has exited with status %d", status);
	files_put(p->files);
	p->files = NULL;
	aspace_clear(p->as);
	hand_over_children(p);
	count_event(CTR_EXITS);

	parent = lock_parent(p);
	p->exit_status = status;
	list_del(&p->sibling);
	list_add_tail(&parent->dead, &p->sibling);
	__atomic_store_n(&p->state, P_ZOMBIE, __ATOMIC_RELAXED);
	waitq_wake_all_sync(&parent->child_died);
	spin_unlock(&parent->family);
	schedule();
	panic("a dead process runs");
}

// The child is on nobody's list any more.  It may still be on its way out of
// its hart, on its kernel stack and page table.
static void
reap(struct proc *child)
{
	while (__atomic_load_n(&child->on_hart, __ATOMIC_ACQUIRE) != 0)
		ipi_check_stop();
	pid_remove(child);
	aspace_free(child->as);
	child->as = NULL;
	__atomic_store_n(&child->state, P_FREE, __ATOMIC_RELAXED);
	procslot_give(child);
}

// Waits until there is a dead child and returns the first, still on the list,
// with the family locked; NULL, unlocked, if there is none to come.
static struct proc *
lock_dead_child(struct proc *p)
{
	spin_lock(&p->family);
	while (list_empty(&p->dead)) {
		if (list_empty(&p->children) ||
		    !waitq_sleep(&p->child_died, &p->family)) {
			spin_unlock(&p->family);
			return NULL;
		}
	}
	return LIST_OBJ(p->dead.next, struct proc, sibling);
}

int
proc_wait(uint64 ustatus)
{
	struct proc *p = current();
	struct proc *child = lock_dead_child(p);
	int status, pid;

	if (child == NULL)
		return -1;
	// Only this process takes from its list, so the first stays the first
	// while the lock is dropped for the copy.
	spin_unlock(&p->family);
	status = child->exit_status;
	pid = child->pid;
	if (ustatus != 0 &&
	    copy_to_user(ustatus, &status, sizeof(status)) < 0)
		return -1;
	spin_lock(&p->family);
	list_del(&child->sibling);
	spin_unlock(&p->family);
	reap(child);
	return pid;
}
