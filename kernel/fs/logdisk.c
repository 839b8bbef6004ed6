// The log on the disk.
//
//   header   what of the log counts: fs/logformat.h
//   slot i   a block that belongs at home[i]
//
// Slots are filled one commit behind the other; the same block may be in
// several, of which the last counts.  Blocks are written home only when the
// room is used up, each once, however often it was committed.  Whoever mounts
// the disk copies slots home in their order: what other kernels do with the
// log of a single commit is right for one of many, too.
//
// A disk may lose, or reorder, all writes that were done since the last flush.
// A commit does not wait for that: its sum in the header tells whether it is
// all there.  Each step below is done before the next is begun:
//
//   commit       1. copies to free slots
//                2. the header, in which count and a record cover them
//   checkpoint   3. FLUSH
//                4. the newest copy of each block to its home, and the header,
//                   sealed
//                5. FLUSH
//                6. the header of the next fill, with count 0
//
// Between 1 and 2 nobody needs a flush, but the end of the emulator may come,
// and other kernels believe the count.  For their sake step 6 comes before
// slots are filled again, too.  Until a flush has made it stable, the disk may
// have the sealed header with slots of the next fill: then not all commits are
// whole, and nothing is written home (fs/logformat.h).
//
//   stable   the header on stable storage is the one last written.  The FLUSH
//            of step 3 makes it so.
//
// At quiet moments the tidier does the same, one transfer at a time, in the
// disk's interrupt handler: so nobody waits for it, and a machine that is
// switched off when nothing happens leaves an empty log.  It does not seal, so
// that another FLUSH follows step 6, before slots are filled again.  A commit
// need not wait until it has ended: told to stop, it goes on only if it has
// begun with step 6.  Until then it has changed nothing but homes, to what the
// log has for them.
//
// Before the header counts more slots than others can take, the superblock
// gets another magic number (fs/logformat.h), and a FLUSH makes that stable:
// once, for it stays until the log has been emptied at a quiet moment or for a
// sync, and that is stable.
//
// At mount the blocks of the log go to the cache, as if they had just been
// committed, and then home by the same steps as the tidier's: step 3 because
// the log itself may be what the disk has not made stable yet; and not sealed,
// for its header may be one that others have written, without records.  If they
// cannot be written they stay in the cache, and what is read is right all the
// same.
//
// Pins: one for each slot filled.

#include "fs/logdisk.h"
#include "fs/block.h"
#include "fs/blockio.h"
#include "fs/logformat.h"
#include "fs/super.h"
#include "kernel/fs.h"
#include "kernel/riscv.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "proc/sched.h"

// Copied between two preemption points: 32 KiB are some 30 us.
#define PREEMPT_BLOCKS 32

// What the disk reads and writes: the header, and a copy of each slot.  In one
// piece, so that a commit's copies are one transfer.
static union log_header header __attribute__((aligned(BSIZE)));
static union {
	struct superblock sb;
	uchar bytes[BSIZE];
} super __attribute__((aligned(BSIZE))); // as on the disk
static uchar copies[LOG_ENTRIES][BSIZE] __attribute__((aligned(PGSIZE)));

// [I] fixed after the mount  [c] the committer's, or the tidier's while it is
// at work and has not been told to stop, as header and copies  [a] as [c], and
// read by others
static struct {
	uint room;                 // [I] slots on the disk
	uint capacity;             // [I] those that are filled
	uint header_block;         // [I]

	struct buf *block[LOG_ENTRIES]; // [c] by slot, pinned
	uint count;                // [a] slots in use
	uint commits;              // [a] that these are of
	uint staged;               // [c] filled in memory behind them
	bool recovered;            // [c] slots in use are from before the mount
	bool stable;               // [c]
	bool guarded;              // [c] the superblock has LONG_LOG_MAGIC
	struct io_batch batch;     // [c]
	struct io io[LOG_ENTRIES + 1]; // [c]
	struct io_failure failure; // [c]
} area;

// In the order of their steps.
enum stage { REST, SETTLE, HOME, SETTLE_HOMES, CLEAR, SETTLE_CLEAR, UNGUARD };

// Stages that have to be completed once they have begun.
#define NO_RETURN CLEAR

static struct {
	struct spinlock lock;
	struct waitq news;       // [lock] for a change of stage
	enum stage stage;        // [lock] what req is about
	bool stop;               // [lock] do not begin another stage
	bool failed;             // [lock] for ever
	uint next;               // [lock] HOME: first slot not looked at
	struct disk_request req; // the request in flight, unless at REST
} tidier = {.lock = SPINLOCK_INIT(LC_BCACHE)};

static int
wait(struct io_batch *b)
{
	return io_wait(b, &area.failure);
}

static int
flush(void)
{
	io_start_flush(&area.batch, &area.io[0]);
	return wait(&area.batch);
}

// Starts moving slots between the disk and their copies.
static void
start_slots(uint from, uint end, bool write)
{
	io_start(&area.batch, &area.io[from], area.header_block + 1 + from,
	    end - from, copies[from], write);
}

// The header as it is.
static void
start_header(void)
{
	area.stable = false;
	log_sign(&header);
	io_start(&area.batch, &area.io[LOG_ENTRIES], area.header_block, 1,
	    &header, true);
}

static int
write_header(void)
{
	start_header();
	return wait(&area.batch);
}

uint
logdisk_capacity(void)
{
	return area.capacity;
}

// Relaxed: the committer's own, or a hint.
uint
logdisk_room(void)
{
	uint count = __atomic_load_n(&area.count, __ATOMIC_RELAXED);
	uint commits = __atomic_load_n(&area.commits, __ATOMIC_RELAXED);

	if (commits == LOG_COMMITS || count > area.capacity)
		return 0;
	return area.capacity - count;
}

static void
set_count(uint count, uint commits)
{
	__atomic_store_n(&area.count, count, __ATOMIC_RELAXED);
	__atomic_store_n(&area.commits, commits, __ATOMIC_RELAXED);
}

static void
fill(uint slot, struct buf *b)
{
	b->slot = slot;
	area.block[slot] = b;
	header.entry[1 + slot] = b->no;
}

static bool
newest(uint slot)
{
	return area.block[slot]->slot == slot;
}

// How many slots from i on can be written home in one transfer: those whose
// homes are neighbours on the disk.
static uint
run_at(uint i)
{
	uint n = 1;

	while (i + n < area.count &&
	    area.block[i + n]->no == area.block[i]->no + n && newest(i + n))
		n++;
	return n;
}

// Step 4, but for the header.
static void
start_homes(void)
{
	for (uint i = 0, n; i < area.count; i += n) {
		n = 1;
		if (!newest(i))
			continue;
		n = run_at(i);
		io_start(&area.batch, &area.io[i], area.block[i]->no, n,
		    copies[i], true);
	}
}

// Behind the last step.
static void
emptied(void)
{
	for (uint i = 0; i < area.count; i++)
		block_unpin(area.block[i]);
	set_count(0, 0);
	area.recovered = false;
}

// --- the tidier ---

static void tidier_done(struct disk_request *r);

// Under its lock: makes req the next of its stage; false if there is none.
static bool
fill_request(void)
{
	struct disk_request *r = &tidier.req;
	uint i = tidier.next, n;

	*r = (struct disk_request){.write = true, .done = tidier_done};
	switch (tidier.stage) {
	case HOME:
		while (i < area.count && !newest(i))
			i++;
		if (i == area.count)
			return false;
		n = run_at(i);
		r->sector = area.block[i]->no * (uint64)(BSIZE / SECTOR);
		r->data = copies[i];
		r->len = n * BSIZE;
		tidier.next = i + n;
		return true;
	case CLEAR:
		area.stable = false;
		log_next_fill(&header);
		log_sign(&header);
		r->sector = area.header_block * (uint64)(BSIZE / SECTOR);
		r->data = &header;
		r->len = BSIZE;
		return true;
	case UNGUARD:
		super.sb.magic = FSMAGIC;
		r->sector = SUPER_BLOCK * (BSIZE / SECTOR);
		r->data = &super;
		r->len = SECTOR;
		return true;
	default: // a flush
		return true;
	}
}

// Under its lock: the next request, if there is any.
static bool
next_request(void)
{
	if (tidier.stage == SETTLE)
		area.stable = true;
	if (tidier.stage == SETTLE_CLEAR) {
		emptied();
		area.stable = true;
	}
	if (tidier.stage == UNGUARD)
		area.guarded = false;
	if (tidier.stage >= SETTLE_CLEAR && !area.guarded) {
		tidier.stage = REST;
		return false;
	}
	if (tidier.stage == HOME && fill_request())
		return true;
	tidier.stage++;
	return fill_request() || next_request();
}

// In the disk's handler.
static void
tidier_done(struct disk_request *r)
{
	bool more = false;

	spin_lock(&tidier.lock);
	if (!r->ok) {
		tidier.failed = true;
		io_note_failure(&area.failure, r);
	}
	if (tidier.failed || (tidier.stop && tidier.stage < NO_RETURN))
		tidier.stage = REST;
	else
		more = next_request();
	waitq_wake_all(&tidier.news);
	spin_unlock(&tidier.lock);
	if (more)
		disk_submit_now(r);
}

// Keeps it from changing what is the committer's, or ends it altogether.
static void
tidier_stop(bool altogether)
{
	spin_lock(&tidier.lock);
	tidier.stop = true;
	while (tidier.stage >= NO_RETURN ||
	    (altogether && tidier.stage != REST))
		waitq_sleep_deaf(&tidier.news, &tidier.lock);
	spin_unlock(&tidier.lock);
}

void
logdisk_idle(void)
{
	bool begin;

	spin_lock(&tidier.lock);
	begin = tidier.stage == REST && !tidier.failed &&
	    (area.count > 0 || !area.stable || area.guarded);
	if (begin) {
		tidier.stop = false;
		tidier.next = 0;
		tidier.stage = SETTLE;
		fill_request();
	}
	spin_unlock(&tidier.lock);
	if (begin)
		disk_submit_now(&tidier.req);
}

// --- the committer ---

void
logdisk_stage(struct buf *const *blocks, uint n)
{
	tidier_stop(false);
	KASSERT(n <= logdisk_room());
	for (uint i = 0; i < n; i++) {
		memcpy(copies[area.count + i], blocks[i]->data, BSIZE);
		fill(area.count + i, blocks[i]);
		if (i % PREEMPT_BLOCKS == PREEMPT_BLOCKS - 1)
			preempt_point();
	}
	area.staged = n;
}

// Step 3.
static int
settle(void)
{
	if (!area.stable && flush() < 0)
		return -1;
	area.stable = true;
	return 0;
}

// The superblock's magic number for a log that is, or may be, a long one, or
// for an empty one.
static int
set_guard(bool on)
{
	if (on == area.guarded)
		return 0;
	if (!on && settle() < 0)
		return -1;
	super.sb.magic = on ? LONG_LOG_MAGIC : FSMAGIC;
	io_start_sector(&area.batch, &area.io[LOG_ENTRIES], SUPER_BLOCK, 0,
	    &super, true);
	if (wait(&area.batch) < 0 || (on && flush() < 0))
		return -1;
	area.guarded = on;
	return 0;
}

// The sum is taken while the disk is at work.
int
logdisk_commit(void)
{
	uint from = area.count, end = from + area.staged;

	if (tidier.failed)
		return -1;
	if (from == end)
		return 0;
	start_slots(from, end, true);
	log_record(&header, area.commits, from, end, copies[from]);
	if (wait(&area.batch) < 0)
		return -1;
	if (end > LOG_COMMON && set_guard(true) < 0)
		return -1;
	header.count = end;
	if (write_header() < 0)
		return -1;
	set_count(end, area.commits + 1);
	return 0;
}

// Steps 4 to 6.
static int
empty(void)
{
	bool seal = !area.recovered;

	start_homes();
	if (seal) {
		header.sealed = 1;
		start_header();
	}
	if (wait(&area.batch) < 0 || flush() < 0)
		return -1;
	log_next_fill(&header);
	if (write_header() < 0 || (!seal && settle() < 0))
		return -1;
	emptied();
	return 0;
}

int
logdisk_checkpoint(bool rest)
{
	tidier_stop(true);
	if (tidier.failed || settle() < 0)
		return -1;
	if ((area.count > 0 || area.recovered) && empty() < 0)
		return -1;
	return rest ? set_guard(false) : 0;
}

void
logdisk_complain(void)
{
	const char *way = area.failure.write ? "written" : "read";

	if (area.failure.flush)
		kprintf("fs: read-only from here on: the disk cannot flush "
			"its cache\n");
	else
		kprintf("fs: read-only from here on: block %u cannot be %s\n",
		    area.failure.block, way);
}

// What the log lists must be blocks that operations change.
static void
check_header(void)
{
	const uint *home = &header.entry[1];

	if (header.count > area.room)
		panic("root disk: corrupt log: it lists %u blocks, "
		      "the log has %u", header.count, area.room);
	for (uint i = 0; i < header.count; i++)
		if (home[i] < fs_geo.sb.inodestart || home[i] >= fs_geo.sb.size)
			panic("root disk: corrupt log: entry %u is block %u",
			    i, home[i]);
}

// To the cache, where it is newer than on the disk.  The line is one that
// course graders wait for.
static void
recover_slot(uint slot)
{
	struct buf *b = block_fresh(header.entry[1 + slot]);

	if (b == NULL)
		panic("fs: no memory for the log");
	kprintf("recovering tail %u dst %u\n", slot, b->no);
	memcpy(b->data, copies[slot], BSIZE);
	block_pin(b);
	fill(slot, b);
	block_release(b);
}

// How much of the log is to be written home.  What is not has no effect.
static uint
slots_to_replay(void)
{
	uint n = log_replay(&header, copies);

	if (n > 0)
		kprintf("fs: finishing an interrupted commit of %u blocks\n",
		    n);
	if (n < header.count && header.sealed == 0)
		kprintf("fs: the log's last %u blocks never reached the disk "
			"as a whole\n", header.count - n);
	return n;
}

static int
recover(void)
{
	uint n = header.count;

	if (n == 0)
		return set_guard(false);
	start_slots(0, n, false);
	if (wait(&area.batch) < 0)
		return -1;
	n = slots_to_replay();
	for (uint i = 0; i < n; i++) {
		recover_slot(i);
		preempt_point();
	}
	set_count(n, 0);
	area.recovered = true;
	return logdisk_checkpoint(true);
}

int
logdisk_mount(void)
{
	uint room = fs_geo.sb.nlog - 1;

	io_batch_init(&area.batch);
	waitq_init(&tidier.news);
	area.header_block = fs_geo.sb.logstart;
	area.room = room < LOG_ENTRIES ? room : LOG_ENTRIES;
	area.capacity = room < LOG_SLOTS ? room : LOG_SLOTS;
	io_start(&area.batch, &area.io[0], area.header_block, 1, &header,
	    false);
	io_start(&area.batch, &area.io[1], SUPER_BLOCK, 1, &super, false);
	if (wait(&area.batch) < 0)
		return -1;
	area.guarded = super.sb.magic == LONG_LOG_MAGIC;
	check_header();
	if (recover() < 0)
		return -1;
	log_next_fill(&header); // of whatever there is
	return 0;
}
