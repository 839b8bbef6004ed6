// The write-ahead log, with group commit.
//
// Operations (one file-system call each) change blocks in the cache only, and
// name them to the open transaction.  Transactions are numbered; all that end
// up in one are committed together:
//
//   open       takes operations and their blocks (there is always one)
//   closing    takes no new operations; waits for the running ones
//   committing on its way to the disk, while the next is open (at most one)
//   durable    cannot be lost any more
//
// The process that ends an operation when no other runs and nobody commits
// becomes the committer; the rest of that group just sleeps.  So one commit
// serves all operations that ended while the previous one was at work.
//
// A commit copies the transaction's blocks to memory of its own, which takes
// no disk wait, and lets new operations in; their changes to the same blocks
// stay in the cache and belong to the next transaction.  Then, each step
// waiting for all transfers of the one before:
//
//   1. the copies to the log's blocks      a crash up to here loses the
//   2. the header that lists them          transaction; from here on keeps it
//   3. the copies to their home blocks     a crash makes log_mount repeat this
//   4. an empty header                     before the next commit's step 1
//
// Step 4 is what the next commit waits for, not this one: until then a replay
// would write home what is there already.  A write that is done survives a
// crash of this kernel and of the emulator; no flush is sent, so nothing is
// promised for a power cut of the host.
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

#include "fs/log.h"
#include "fs/block.h"
#include "fs/blockio.h"
#include "fs/super.h"
#include "kernel/param.h"
#include "kernel/riscv.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "mm/page.h"
#include "proc/proc.h"

#define HEADER_SLOTS (BSIZE / sizeof(uint) - 1)
#define PER_PAGE     (PGSIZE / BSIZE)
#define COPY_PAGES   ((HEADER_SLOTS + PER_PAGE - 1) / PER_PAGE)

// On disk.
struct log_header {
	uint count;               // blocks in the log; 0 = nothing committed
	uint home[HEADER_SLOTS];  // where they belong
};

_Static_assert(sizeof(struct log_header) == BSIZE, "the header is one block");

struct txn {
	uint used;
	struct buf *block[HEADER_SLOTS]; // each pinned once
};

static struct {
	uint capacity;        // [I] blocks of a transaction
	uint header_block;    // [I]

	struct spinlock lock;
	struct waitq room;    // [lock] to begin an operation
	struct waitq news;    // [lock] for a commit to take place
	uint64 open;          // [lock] number of the open transaction
	uint64 durable;       // [lock] number of the last durable one
	bool closing;         // [lock]
	bool committing;      // [lock]
	uint running;         // [lock] operations in the open transaction
	uint reserved;        // [lock] blocks that they may add
	uint64 next_ticket;   // [lock] for the next that wants to begin
	uint64 admitted;      // [lock] tickets below this one have begun
	struct txn txn[2];    // [lock] by number & 1; committing: [committer]

	// Of the committer, whoever that is.
	struct log_header *header;
	uchar *copy[COPY_PAGES]; // PER_PAGE blocks each
	struct io io[HEADER_SLOTS];
	struct io_batch batch;
	struct io clear_io;      // step 4 of the last commit
	struct io_batch clear_batch;
} wal;

static uchar *
copy_of(uint i)
{
	return wal.copy[i / PER_PAGE] + i % PER_PAGE * BSIZE;
}

static void
must(int result, const char *what)
{
	if (result < 0)
		panic("fs: the log cannot go on: %s failed", what);
}

// Moves the first n log blocks between the disk and the copies, page by page.
static void
move_log(uint n, bool write)
{
	for (uint i = 0; i < n; i += PER_PAGE) {
		uint len = n - i < PER_PAGE ? n - i : PER_PAGE;

		io_start(&wal.batch, &wal.io[i], wal.header_block + 1 + i, len,
		    copy_of(i), write);
	}
	must(io_wait(&wal.batch), write ? "writing it" : "reading it");
}

// Writes the copies where the header says.  Neighbours on the disk whose
// copies are neighbours too go in one transfer.
static void
install(void)
{
	const uint *home = wal.header->home;
	uint n = wal.header->count;

	for (uint i = 0, len; i < n; i += len) {
		len = 1;
		while (i + len < n && (i + len) % PER_PAGE != 0 &&
		    home[i + len] == home[i] + len)
			len++;
		io_start(&wal.batch, &wal.io[i], home[i], len, copy_of(i),
		    true);
	}
	must(io_wait(&wal.batch), "writing blocks home");
}

static void
clear_start(void)
{
	wal.header->count = 0;
	io_start(&wal.clear_batch, &wal.clear_io, wal.header_block, 1,
	    wal.header, true);
}

static void
clear_wait(void)
{
	must(io_wait(&wal.clear_batch), "clearing it");
}

// Steps 1 to 4 for the transaction whose copies have been made.  Calls durable
// between 2 and 3.
static void
write_out(const struct txn *t, void (*durable)(void))
{
	struct log_header *h = wal.header;

	clear_wait();
	h->count = t->used;
	for (uint i = 0; i < t->used; i++)
		h->home[i] = t->block[i]->no;
	move_log(t->used, true);
	io_start(&wal.batch, &wal.io[0], wal.header_block, 1, h, true);
	must(io_wait(&wal.batch), "writing its header");
	durable();
	install();
	clear_start();
}

static void
now_durable(void)
{
	spin_lock(&wal.lock);
	wal.durable++;
	waitq_wake_all(&wal.news);
	spin_unlock(&wal.lock);
}

// Under wal.lock: the next commit may take place, by somebody who waits for
// his changes to be durable or by somebody who waits for room.
static void
end_committing(void)
{
	wal.committing = false;
	waitq_wake_all(&wal.news);
	waitq_wake_all(&wal.room);
}

// Under wal.lock, which is given up meanwhile: no operation runs and nobody
// commits.
static void
commit(void)
{
	struct txn *t = &wal.txn[wal.open & 1];

	wal.committing = true;
	wal.closing = true; // nobody may change the blocks being copied
	spin_unlock(&wal.lock);
	for (uint i = 0; i < t->used; i++)
		memcpy(copy_of(i), t->block[i]->data, BSIZE);
	spin_lock(&wal.lock);
	wal.open++;
	wal.closing = false;
	waitq_wake_all(&wal.room);
	spin_unlock(&wal.lock);

	write_out(t, now_durable);
	for (uint i = 0; i < t->used; i++)
		block_unpin(t->block[i]);

	spin_lock(&wal.lock);
	t->used = 0;
	end_committing();
}

static bool
may_begin(uint64 ticket, uint n)
{
	return ticket == wal.admitted && !wal.closing &&
	    wal.txn[wal.open & 1].used + wal.reserved + n <= wal.capacity;
}

void
log_reserve(uint n)
{
	uint64 ticket;

	KASSERT(n <= wal.capacity);
	spin_lock(&wal.lock);
	ticket = wal.next_ticket++;
	while (!may_begin(ticket, n)) {
		if (ticket == wal.admitted && wal.running == 0 &&
		    !wal.committing)
			commit();
		else
			waitq_sleep_deaf(&wal.room, &wal.lock);
	}
	wal.admitted++;
	wal.running++;
	current()->holds++; // others wait for its end (proc/sched.c)
	wal.reserved += n;
	waitq_wake_all(&wal.room); // there may be room for the next, too
	spin_unlock(&wal.lock);
}

// Under wal.lock, behind the end of an operation of transaction number id.
static void
await_durable(uint64 id)
{
	while (wal.durable < id) {
		if (!wal.committing && wal.running == 0) {
			commit();
			continue;
		}
		if (!wal.committing)
			wal.closing = true;
		waitq_sleep_deaf(&wal.news, &wal.lock);
	}
}

// Under wal.lock: the operation is over as far as its transaction goes.
static void
leave(uint n)
{
	KASSERT(wal.running > 0 && wal.reserved >= n);
	wal.running--;
	current()->holds--;
	wal.reserved -= n;
	if (!wal.closing)
		waitq_wake_all(&wal.room);
	else if (wal.running == 0)
		waitq_wake_all(&wal.news); // somebody to commit
}

void
log_finish(uint n)
{
	uint64 id;

	spin_lock(&wal.lock);
	id = wal.open;
	leave(n);
	if (wal.txn[id & 1].used > 0)
		await_durable(id);
	spin_unlock(&wal.lock);
}

uint64
log_finish_lazily(uint n)
{
	uint64 id;

	spin_lock(&wal.lock);
	id = wal.open;
	leave(n);
	spin_unlock(&wal.lock);
	return id;
}

// A transaction that is open still, and holds nothing, has nothing to wait for.
void
log_await(uint64 id)
{
	spin_lock(&wal.lock);
	if (wal.open != id || wal.txn[id & 1].used > 0)
		await_durable(id);
	spin_unlock(&wal.lock);
}

void
log_block(struct buf *b)
{
	struct txn *t;

	DASSERT(sleeplock_held(&b->lock));
	spin_lock(&wal.lock);
	KASSERT(wal.running > 0);
	t = &wal.txn[wal.open & 1];
	if (b->txn != wal.open) {
		if (t->used == wal.capacity)
			panic("fs: operations log more than they reserved");
		block_pin(b);
		b->txn = wal.open;
		t->block[t->used++] = b;
	}
	spin_unlock(&wal.lock);
}

void
log_settle(void)
{
	spin_lock(&wal.lock);
	if (wal.txn[wal.open & 1].used > 0)
		await_durable(wal.open);
	while (wal.committing)
		waitq_sleep_deaf(&wal.news, &wal.lock);
	wal.committing = true; // the batches are ours now
	spin_unlock(&wal.lock);

	clear_wait();
	io_start(&wal.batch, &wal.io[0], 0, 0, NULL, true); // a flush
	if (io_wait(&wal.batch) < 0)
		kprintf("fs: the disk cannot flush its cache\n");

	spin_lock(&wal.lock);
	end_committing();
	spin_unlock(&wal.lock);
}

uint
log_capacity(void)
{
	return wal.capacity;
}

// What the log lists must be blocks that operations change.
static void
check_header(const struct log_header *h)
{
	if (h->count > wal.capacity)
		panic("root disk: corrupt log: it lists %u blocks, "
		      "the log has %u", h->count, wal.capacity);
	for (uint i = 0; i < h->count; i++)
		if (h->home[i] < fs_geo.sb.inodestart ||
		    h->home[i] >= fs_geo.sb.size)
			panic("root disk: corrupt log: entry %u is block %u",
			    i, h->home[i]);
}

static void
replay(void)
{
	must(io_once(wal.header_block, 1, wal.header, false), "reading it");
	check_header(wal.header);
	if (wal.header->count == 0)
		return;
	kprintf("fs: finishing an interrupted commit of %u blocks\n",
	    wal.header->count);
	move_log(wal.header->count, false);
	install();
	clear_start();
	clear_wait();
}

static void *
must_alloc(void)
{
	void *page = kpage_alloc();

	if (page == NULL)
		panic("fs: no memory for the log");
	return page;
}

void
log_mount(void)
{
	uint room = fs_geo.sb.nlog - 1;

	spin_init(&wal.lock, LC_LOG);
	waitq_init(&wal.room);
	waitq_init(&wal.news);
	io_batch_init(&wal.batch);
	io_batch_init(&wal.clear_batch);
	wal.header_block = fs_geo.sb.logstart;
	wal.capacity = room < HEADER_SLOTS ? room : HEADER_SLOTS;
	wal.open = 1;
	wal.durable = 0;
	wal.header = must_alloc();
	for (uint i = 0; i * PER_PAGE < wal.capacity; i++)
		wal.copy[i] = must_alloc();
	replay();
}
