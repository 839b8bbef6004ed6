// Harts take ranges of numbers, so that numbering takes no common lock, and
// the index is a hash table whose buckets are a number's low bits: a hart's
// range falls into neighbouring buckets that other harts do not use meanwhile.

#include "proc/pid.h"
#include "proc/hart.h"
#include "proc/sched.h"

#define RANGE   64 // numbers a hart takes at a time
#define BUCKETS 1024
#define PID_MAX 0x7fffff00 // where numbering starts over

struct bucket {
	struct spinlock lock;
	struct list procs; // [lock]
};

static struct bucket index[BUCKETS] __attribute__((aligned(64)));
static uint64 next_range = 1; // [a]

void
pid_init(void)
{
	for (uint i = 0; i < BUCKETS; i++) {
		spin_init(&index[i].lock, LC_PIDHASH);
		list_init(&index[i].procs);
	}
}

static struct bucket *
bucket_of(int pid)
{
	return &index[(uint)pid % BUCKETS];
}

static int
next_pid(struct hart *h)
{
	uint64 range;

	if (h->pid_next == h->pid_end) {
		range = __atomic_fetch_add(&next_range, RANGE,
		    __ATOMIC_RELAXED);
		h->pid_next = 1 + (range - 1) % PID_MAX;
		h->pid_end = h->pid_next + RANGE;
	}
	return h->pid_next++;
}

static struct proc *
find(struct bucket *b, int pid)
{
	LIST_EACH (n, &b->procs) {
		struct proc *p = LIST_OBJ(n, struct proc, pid_link);

		if (p->pid == pid)
			return p;
	}
	return NULL;
}

void
pid_assign(struct proc *p)
{
	bool taken = true;

	while (taken) {
		int pid = next_pid(this_hart());
		struct bucket *b = bucket_of(pid);

		spin_lock(&b->lock);
		taken = find(b, pid) != NULL; // after a wrap-round
		if (!taken) {
			p->pid = pid;
			list_add(&b->procs, &p->pid_link);
		}
		spin_unlock(&b->lock);
	}
}

void
pid_remove(struct proc *p)
{
	struct bucket *b = bucket_of(p->pid);

	spin_lock(&b->lock);
	list_del(&p->pid_link);
	spin_unlock(&b->lock);
}

// A process that runs on another hart sees that it is killed when it traps:
// that should not take until its slice ends.  It may have moved on meanwhile,
// but not without a trap.
static void
interrupt(struct proc *p)
{
	struct hart *h;

	// Acquire, with the release in run(): it runs there, or has since.
	if (__atomic_load_n(&p->state, __ATOMIC_ACQUIRE) != P_RUNNING)
		return;
	h = __atomic_load_n(&p->hart, __ATOMIC_RELAXED);
	if (h != this_hart())
		sched_interrupt(h->id);
}

// The bucket's lock keeps the process from being reaped meanwhile.
int
pid_kill(int pid)
{
	struct bucket *b = bucket_of(pid);
	struct proc *p;

	spin_lock(&b->lock);
	p = find(b, pid);
	if (p != NULL) {
		__atomic_store_n(&p->killed, 1, __ATOMIC_RELAXED);
		// Pairs with the fence in proc/waitq.c.
		__atomic_thread_fence(__ATOMIC_SEQ_CST);
		if (!wake_proc(p, false, WAKE_SPREAD))
			interrupt(p);
	}
	spin_unlock(&b->lock);
	return p != NULL ? 0 : -1;
}
