// Pipes: one page each, the ring behind its bookkeeping.
//
//   0 <= fill <= RING_SIZE; the bytes in the pipe are the fill ones from head
//
// User memory must not be touched under a spinlock, and is copied without a
// detour all the same: a process marks its end busy, which makes the part of
// the ring it works on its own, and copies with the lock released.  A reader
// owns the bytes from head on (writers cannot reuse them before fill drops), a
// writer the free space behind them (readers do not see it before fill rises);
// head + fill, where that begins, does not change when a reader takes bytes.
// So the two ends work at the same time, and each serves one process at a
// time.
//
// A writer keeps its end busy until all its bytes are in, sleeps included.
//
// Any number of processes may wait for their turn at an end, and waking all of
// them would take long.  So the first is woken, and wakes the next when it
// leaves, however it does:
//
//   processes wait for a turn at an end that one could have
//              => one that was woken is on its way to the lock
//
// The busy writer waits for room in a queue of its own.
//
// An end is closed when no open file refers to it, so nobody is at work there.

#include "fs/pipe.h"
#include "kernel/riscv.h"
#include "mm/page.h"
#include "mm/ucopy.h"
#include "proc/sched.h"
#include "proc/waitq.h"
#include "sync/spinlock.h"

struct pipe_end {
	bool open;          // [lock]
	bool busy;          // [lock] a process is copying
	struct waitq procs; // [lock] who waits for a turn, or for bytes
};

struct ring_state {
	struct spinlock lock;
	uint head;                 // [lock]
	uint fill;                 // [lock]
	struct pipe_end rd;
	struct pipe_end wr;
	struct waitq room;         // [lock] the busy writer, if it waits
};

#define RING_SIZE (PGSIZE - sizeof(struct ring_state))

struct pipe {
	struct ring_state s;
	uchar ring[RING_SIZE]; // parts of it belong to the busy ends
};

_Static_assert(sizeof(struct pipe) == PGSIZE, "a pipe is one page");

struct pipe *
pipe_new(void)
{
	struct pipe *p = kpage_alloc();

	if (p == NULL)
		return NULL;
	spin_init(&p->s.lock, LC_PIPE);
	p->s.head = 0;
	p->s.fill = 0;
	p->s.rd.open = p->s.wr.open = true;
	p->s.rd.busy = p->s.wr.busy = false;
	waitq_init(&p->s.rd.procs);
	waitq_init(&p->s.wr.procs);
	waitq_init(&p->s.room);
	return p;
}

// Under the lock: the next one's turn, if it could have it.
static void
wake_reader(struct ring_state *s)
{
	if (!s->rd.busy && (s->fill > 0 || !s->wr.open))
		waitq_wake_one_sync(&s->rd.procs);
}

static void
wake_writer(struct ring_state *s)
{
	if (!s->wr.busy)
		waitq_wake_one_sync(&s->wr.procs);
}

void
pipe_close(struct pipe *p, bool writing_end)
{
	struct ring_state *s = &p->s;
	bool last;

	spin_lock(&s->lock);
	if (writing_end)
		s->wr.open = false;
	else
		s->rd.open = false;
	last = !s->rd.open && !s->wr.open;
	wake_reader(s);
	waitq_wake_one_sync(&s->room);
	spin_unlock(&s->lock);
	if (last)
		kpage_free(p);
}

// The position in the ring n bytes behind at.
static uint
advance(uint at, uint n)
{
	at += n;
	return at < RING_SIZE ? at : at - RING_SIZE;
}

// How much of n bytes from at on lies before the end of the ring.
static uint
straight(uint at, uint n)
{
	return n < RING_SIZE - at ? n : RING_SIZE - at;
}

static int
ring_to_user(struct pipe *p, uint at, uint64 uaddr, uint n)
{
	uint first = straight(at, n);

	if (copy_to_user(uaddr, p->ring + at, first) < 0)
		return -1;
	if (first == n)
		return 0;
	return copy_to_user(uaddr + first, p->ring, n - first);
}

static int
ring_from_user(struct pipe *p, uint at, uint64 uaddr, uint n)
{
	uint first = straight(at, n);

	if (copy_from_user(p->ring + at, uaddr, first) < 0)
		return -1;
	if (first == n)
		return 0;
	return copy_from_user(p->ring, uaddr + first, n - first);
}

// Under the lock: waits until it is the caller's turn to read and there are
// bytes.  Their number, 0 if there will be none, -1 if killed.
static int
await_bytes(struct ring_state *s)
{
	while (s->rd.busy || s->fill == 0) {
		if (!s->rd.busy && !s->wr.open)
			return 0;
		if (!waitq_sleep(&s->rd.procs, &s->lock))
			return -1;
	}
	return (int)s->fill;
}

int
pipe_read(struct pipe *p, uint64 uaddr, int n)
{
	struct ring_state *s = &p->s;
	int got, r;

	if (n == 0)
		return 0;
	spin_lock(&s->lock);
	got = await_bytes(s);
	if (got <= 0)
		goto out;
	if (got > n)
		got = n;
	s->rd.busy = true;
	spin_unlock(&s->lock);
	r = ring_to_user(p, s->head, uaddr, (uint)got);
	spin_lock(&s->lock);
	s->rd.busy = false;
	if (r == 0) {
		s->head = advance(s->head, (uint)got);
		s->fill -= (uint)got;
		waitq_wake_one_sync(&s->room);
	} else {
		got = -1;
	}
out:
	wake_reader(s);
	spin_unlock(&s->lock);
	return got;
}

// Under the lock: makes the writing end the caller's; -1 if killed.
static int
writer_enter(struct ring_state *s)
{
	while (s->wr.busy)
		if (!waitq_sleep(&s->wr.procs, &s->lock)) {
			wake_writer(s);
			return -1;
		}
	s->wr.busy = true;
	return 0;
}

static void
writer_leave(struct ring_state *s)
{
	s->wr.busy = false;
	wake_writer(s);
}

// Under the lock, by the busy writer: waits for room.  Its size, or -1 if
// nobody will read any more, or killed.
static int
await_room(struct ring_state *s)
{
	while (s->rd.open && s->fill == RING_SIZE)
		if (!waitq_sleep(&s->room, &s->lock))
			return -1;
	return s->rd.open ? (int)(RING_SIZE - s->fill) : -1;
}

// Under the lock, by the busy writer: moves as much of left bytes as there is
// room for.  The number moved, -1 if none can be (see await_room), 0 at bad
// memory.
static int
put_some(struct pipe *p, uint64 uaddr, int left)
{
	struct ring_state *s = &p->s;
	int n = await_room(s), r;
	uint tail;

	if (n < 0)
		return -1;
	if (n > left)
		n = left;
	tail = advance(s->head, s->fill);
	spin_unlock(&s->lock);
	r = ring_from_user(p, tail, uaddr, (uint)n);
	spin_lock(&s->lock);
	if (r < 0)
		return 0;
	s->fill += (uint)n;
	wake_reader(s);
	return n;
}

int
pipe_write(struct pipe *p, uint64 uaddr, int n)
{
	struct ring_state *s = &p->s;
	int done = 0, put = 1;

	spin_lock(&s->lock);
	if (writer_enter(s) < 0) {
		spin_unlock(&s->lock);
		return -1;
	}
	while (done < n && put > 0) {
		put = put_some(p, uaddr + (uint)done, n - done);
		if (put > 0)
			done += put;
		// A reader on another hart may keep the pipe from filling up.
		spin_unlock(&s->lock);
		preempt_point();
		spin_lock(&s->lock);
	}
	writer_leave(s);
	spin_unlock(&s->lock);
	if (put < 0 || (put == 0 && done == 0))
		return -1;
	return done;
}
