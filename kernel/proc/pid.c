// Harts take ranges of numbers, so that numbering takes no common lock, and
// the index is a hash table whose buckets are a number's low bits: a hart's
// range falls into neighbouring buckets that other harts do not use meanwhile.

#include "proc/pid.h"
#include "proc/fork.h"
#include "proc/hart.h"
#include "proc/procslot.h"
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
static void
kill_proc(struct proc *p)
{
	__atomic_store_n(&p->killed, 1, __ATOMIC_RELAXED);
	// Pairs with the fences of those who sleep (proc/waitq.c) and who run
	// (proc/sched.c).
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (!wake_proc(p, false, WAKE_SPREAD))
		interrupt(p);
}

// Kills the process of that number, if there is one, it is not init, and (job
// not 0) it belongs to the job and has not been killed yet.
static bool
kill_number(int pid, int job)
{
	struct bucket *b = bucket_of(pid);
	struct proc *p;
	bool found;

	spin_lock(&b->lock);
	p = find(b, pid);
	found = p != NULL && p != init_proc &&
	    (job == 0 || (p->job == job && !proc_killed(p)));
	if (found)
		kill_proc(p);
	spin_unlock(&b->lock);
	return found;
}

// Looks at all processes once and kills those of the job.  How many it were.
static uint
kill_job_once(int job)
{
	uint n = 0;

	// Pairs with that in share_fate (proc/fork.c).
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	for (uint i = 0; i < procslot_count(); i++) {
		const struct proc *p = procslot_at(i);

		// A slot may change hands at any moment: kill_number() looks
		// again under the lock that keeps a number its process's.
		if (p->state != P_FREE && p->job == job && !proc_killed(p) &&
		    kill_number(p->pid, job))
			n++;
		if (i % 64 == 63)
			preempt_point();
	}
	return n;
}

// Members may fork meanwhile; the child of one that is marked is born marked,
// so those that a look misses are children of members marked after it began,
// or of theirs.  A look that finds nobody has missed nobody.
static int
kill_job(int job)
{
	int r = -1;

	while (kill_job_once(job) > 0)
		r = 0;
	return r;
}

int
pid_kill(int pid)
{
	if (pid >= 0)
		return kill_number(pid, 0) ? 0 : -1;
	// There is no number -pid for the lowest.
	if (!current()->console || pid == -pid)
		return -1;
	return kill_job(-pid);
}
