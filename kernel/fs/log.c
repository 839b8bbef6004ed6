// The write-ahead log, with group commit.
//
// Operations (one file-system call each) change blocks in the cache only, and
// name them to the open transaction.  Transactions are numbered; all that end
// up in one are committed together:
//
//   open       takes operations and their blocks (there is always one)
//   closing    takes no new operations; waits for the running ones
//   committing on its way to the disk, while the next is open (at most one)
//   durable    in the log
//
// The process that ends an operation when no other runs and nobody commits
// becomes the committer; the rest of that group just sleeps.  So one commit
// serves all operations that ended while the previous one was at work.
//
// A commit copies the transaction's blocks to memory of its own, which takes
// no disk wait, and lets new operations in; their changes to the same blocks
// stay in the cache and belong to the next transaction.  What it then does to
// the disk, and in which order, is in fs/logdisk.c.  If the log has no room
// for the open transaction, it is emptied first, while operations go on.
//
// A transaction is durable when its header is written: it survives the end of
// this kernel and of the emulator.  A power cut of the disk may still take it,
// with all behind it, until the disk has flushed.  Flushes are dear, so there
// are some when the log is full, at sync, and when nothing was committed for
// QUIET to 2 * QUIET, which empties the log (logdisk_idle).
//
// A transfer that fails ends all this: the file system is read-only from then
// on, which one line says.  The disk stays as it is, since nothing is written
// any more, and that is a state to mount from.  Operations that have not become
// durable return -1; what they have changed stays in the cache.
//
// Room: used + reserved <= capacity, where used counts blocks of the open
// transaction and reserved what its running operations may still add (those
// they have added are counted twice; that only errs to the safe side).
//
// No wake-up gets lost: every condition below changes under wal.lock.  Nor
// does anybody wait for ever: operations are admitted in the order they came,
// a closing transaction has running operations, each of which ends, and then
// one of those that wait commits.  Hence the rule that nobody begins or ends
// an operation with a sleep lock held.  A transaction without running
// operations may stay open (all have ended lazily, or changed nothing);
// whoever needs its room, or its end, commits it.
//
// Each queue is woken as far as somebody in it can go on: of those that want
// to begin, the first; of those that wait for the open transaction when it can
// be committed, one, who commits or closes it; when it is durable, all of them.

#include "fs/log.h"
#include "fs/block.h"
#include "fs/logdisk.h"
#include "kernel/fs.h"
#include "kernel/riscv.h"
#include "lib/printf.h"
#include "mm/stats.h"
#include "proc/proc.h"
#include "proc/sched.h"
#include "proc/waitq.h"
#include "sync/spinlock.h"
#include "trap/trap.h"

// A slice: who has changed something and goes on working has its next change in
// the log by then, or has given others the time for theirs.
#define QUIET timer_slice()

#define MAX_BLOCKS (BSIZE / sizeof(uint) - 1) // that a header can list

struct txn {
	uint used;
	struct buf *block[MAX_BLOCKS]; // each pinned once
	struct waitq waiters;          // for it to become durable
};

static struct {
	uint capacity;        // [I] blocks of a transaction

	struct spinlock lock;
	struct waitq turn;    // [lock] to begin an operation, the next
	struct waitq line;    // [lock] those behind it, in order
	struct waitq idle;    // [lock] for a commit to end
	uint64 open;          // [lock] number of the open transaction
	uint64 durable;       // [lock] number of the last durable one
	bool closing;         // [lock]
	bool committing;      // [lock] or emptying the log
	bool failed;          // [lock] for ever
	uint settlers;        // [lock] in line to empty the log
	uint running;         // [lock] operations in the open transaction
	uint reserved;        // [lock] blocks that they may add
	uint64 next_ticket;   // [lock] for the next that wants to begin
	uint64 admitted;      // [lock] tickets below this one have begun
	struct timeout watch; // [lock] for quiet moments
	bool watched;         // [lock] it is running
	uint64 seen;          // [lock] durable when it was started
	struct txn txn[2];    // [lock] by number & 1; committing: [committer]
} wal;

static struct txn *
txn_of(uint64 id)
{
	return &wal.txn[id & 1];
}

// Under wal.lock.
static void
wake_everybody(void)
{
	waitq_wake_all(&wal.turn);
	waitq_wake_all(&wal.line);
	waitq_wake_all(&wal.idle);
	waitq_wake_all(&wal.txn[0].waiters);
	waitq_wake_all(&wal.txn[1].waiters);
}

// Under wal.lock, which is given up meanwhile.
static void
fail(void)
{
	wal.failed = true;
	wake_everybody();
	spin_unlock(&wal.lock);
	logdisk_complain();
	spin_lock(&wal.lock);
}

// Under wal.lock: somebody who waits for the open transaction can commit it,
// or else whoever waits for its room.
static void
wake_committer(void)
{
	struct waitq *q = &txn_of(wal.open)->waiters;

	waitq_wake_one(list_empty(&q->procs) ? &wal.turn : q);
}

// Under wal.lock: the disk side is this process's.
static void
begin_committing(void)
{
	wal.committing = true;
	current()->holds++; // others wait for its end (proc/sched.c)
}

// Under wal.lock: the disk side is free for the next.
static void
end_committing(void)
{
	wal.committing = false;
	current()->holds--;
	waitq_wake_all(&wal.idle);
	wake_committer();
}

// Under wal.lock.
static void
watch(void)
{
	wal.watched = true;
	wal.seen = wal.durable;
	timeout_start(&wal.watch, QUIET);
}

// In the timer's handler: nothing was committed for a while, or it looks again.
static void
watch_ends(struct timeout *t)
{
	(void)t;
	spin_lock(&wal.lock);
	wal.watched = false;
	if (wal.committing || wal.durable != wal.seen)
		watch();
	else if (!wal.failed)
		logdisk_idle();
	spin_unlock(&wal.lock);
}

// Under wal.lock: the transaction that has been closed is durable.
static void
end_commit(struct txn *t)
{
	count_event(CTR_COMMITS);
	count_events(CTR_LOG_BLOCKS, t->used);
	t->used = 0;
	wal.durable++;
	waitq_wake_all(&t->waiters);
	if (!wal.watched)
		watch();
}

// Under wal.lock, which is given up meanwhile: no operation runs, nobody
// commits, and the log has room for the open transaction.
static void
commit(void)
{
	struct txn *t = txn_of(wal.open);
	int r;

	begin_committing();
	wal.closing = true; // nobody may change the blocks being copied
	spin_unlock(&wal.lock);
	logdisk_stage(t->block, t->used);
	spin_lock(&wal.lock);
	wal.open++;
	wal.closing = false;
	waitq_wake_one(&wal.turn);
	spin_unlock(&wal.lock);

	r = logdisk_commit();

	spin_lock(&wal.lock);
	if (r < 0)
		fail();
	else
		end_commit(t);
	end_committing();
}

// Under wal.lock, which is given up meanwhile: nobody commits.
static void
checkpoint(bool rest)
{
	int r;

	begin_committing();
	spin_unlock(&wal.lock);
	r = logdisk_checkpoint(rest);
	spin_lock(&wal.lock);
	count_event(CTR_EMPTIED);
	if (r < 0)
		fail();
	end_committing();
}

// Under wal.lock: brings the open transaction one step closer to being durable
// if that is possible now.  True if the lock was given up for that.
static bool
advance(void)
{
	if (wal.committing || wal.failed || wal.settlers > 0)
		return false;
	if (txn_of(wal.open)->used > logdisk_room()) {
		checkpoint(false);
		return true;
	}
	if (wal.running > 0)
		return false;
	commit();
	return true;
}

static bool
fits(uint n)
{
	return !wal.closing &&
	    txn_of(wal.open)->used + wal.reserved + n <= wal.capacity;
}

int
log_reserve(uint n)
{
	uint64 ticket;
	bool failed;

	KASSERT(n <= wal.capacity);
	spin_lock(&wal.lock);
	ticket = wal.next_ticket++;
	while (!wal.failed && ticket != wal.admitted)
		waitq_sleep_deaf(&wal.line, &wal.lock);
	while (!wal.failed && !fits(n))
		if (!advance())
			waitq_sleep_deaf(&wal.turn, &wal.lock);
	failed = wal.failed;
	if (!failed) {
		wal.admitted++;
		wal.running++;
		current()->holds++; // others wait for its end (proc/sched.c)
		wal.reserved += n;
		waitq_wake_one(&wal.line);
	}
	spin_unlock(&wal.lock);
	return failed ? -1 : 0;
}

// Under wal.lock, behind the end of an operation of transaction number id.
static int
await_durable(uint64 id)
{
	while (wal.durable < id && !wal.failed) {
		if (advance())
			continue;
		if (!wal.committing)
			wal.closing = true;
		waitq_sleep_deaf(&txn_of(id)->waiters, &wal.lock);
	}
	return wal.durable >= id ? 0 : -1;
}

// Under wal.lock: the operation is over as far as its transaction goes, whose
// number is returned.
static uint64
leave(uint n)
{
	KASSERT(wal.running > 0 && wal.reserved >= n);
	wal.running--;
	current()->holds--;
	wal.reserved -= n;
	if (!wal.closing)
		waitq_wake_one(&wal.turn);
	return wal.open;
}

// Under wal.lock.  An open transaction that holds nothing has nothing to wait
// for.
static int
await(uint64 id)
{
	if (wal.open == id && txn_of(id)->used == 0)
		return 0;
	return await_durable(id);
}

int
log_finish(uint n)
{
	int r;

	spin_lock(&wal.lock);
	r = await(leave(n));
	spin_unlock(&wal.lock);
	return r;
}

uint64
log_finish_lazily(uint n)
{
	uint64 id;

	spin_lock(&wal.lock);
	id = leave(n);
	if (wal.closing && wal.running == 0)
		wake_committer();
	spin_unlock(&wal.lock);
	return id;
}

int
log_await(uint64 ticket)
{
	int r;

	spin_lock(&wal.lock);
	r = await(ticket);
	spin_unlock(&wal.lock);
	return r;
}

void
log_block(struct buf *b)
{
	struct txn *t;

	DASSERT(sleeplock_held(&b->lock));
	spin_lock(&wal.lock);
	KASSERT(wal.running > 0);
	t = txn_of(wal.open);
	if (b->txn != wal.open) {
		if (t->used == wal.capacity)
			panic("fs: operations log more than they reserved");
		block_pin(b);
		b->txn = wal.open;
		t->block[t->used++] = b;
	}
	spin_unlock(&wal.lock);
}

// Others do not commit before the settlers have had their turn, which would
// not come otherwise on a busy system.
int
log_settle(void)
{
	bool failed;

	spin_lock(&wal.lock);
	await(wal.open);
	wal.settlers++;
	while (wal.committing && !wal.failed)
		waitq_sleep_deaf(&wal.idle, &wal.lock);
	wal.settlers--;
	if (!wal.failed)
		checkpoint(true);
	failed = wal.failed;
	spin_unlock(&wal.lock);
	return failed ? -1 : 0;
}

uint
log_capacity(void)
{
	return wal.capacity;
}

void
log_mount(void)
{
	spin_init(&wal.lock, LC_LOG);
	waitq_init(&wal.turn);
	waitq_init(&wal.line);
	waitq_init(&wal.idle);
	waitq_init(&wal.txn[0].waiters);
	waitq_init(&wal.txn[1].waiters);
	wal.watch.fire = watch_ends;
	wal.open = 1;
	wal.durable = 0;
	wal.failed = logdisk_mount() < 0;
	wal.capacity = logdisk_capacity();
	if (wal.failed)
		logdisk_complain();
}
