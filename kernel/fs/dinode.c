// Inodes on disk.
//
// A disk inode belongs to the holder of the lock of the inode of its number,
// except while it is free: then to the holder of the lock of the block it is
// in, which is how dinode_alloc claims one.
//
// What is read is checked here once (type, link count, size); block addresses
// are checked where they are used, so that one bad address does not hide the
// rest of a file.
//
// A change of an inode begins with what can fail: dinode_prepare reads its
// block and logs it, so that it stays cached until the operation has ended and
// dinode_flush needs no disk.

#include "fs/block.h"
#include "fs/inode.h"
#include "fs/log.h"
#include "fs/super.h"
#include "kernel/stat.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "proc/sched.h"

// Where the search for a free inode begins: below are few or none.  A hint,
// without a lock, as in fs/bitmap.c.
static uint hint = ROOTINO; // [a]

static struct dinode *
slot_in(struct buf *b, uint inum)
{
	return (struct dinode *)b->data + inum % IPB;
}

// NULL, or the field of d that cannot be right.
static const char *
bad_field(const struct dinode *d)
{
	if (d->type < T_DIR || d->type > T_DEVICE)
		return "type";
	if (d->nlink < 0)
		return "nlink";
	if (d->size > MAX_BYTES ||
	    (d->type == T_DIR && d->size % sizeof(struct dirent) != 0))
		return "size";
	return NULL;
}

static void
copy_in(struct inode *ip, const struct dinode *d)
{
	ip->type = d->type;
	ip->major = d->major;
	ip->minor = d->minor;
	ip->nlink = d->nlink;
	ip->size = d->size;
	memcpy(ip->addrs, d->addrs, sizeof(ip->addrs));
	ip->loaded = true;
	ip->dirty = false;
}

void
dinode_load(struct inode *ip)
{
	struct buf *b = block_read(IBLOCK(ip->inum, fs_geo.sb));
	const struct dinode *d;
	const char *bad;

	ip->type = 0;
	ip->size = 0;
	if (b == NULL)
		return;
	d = slot_in(b, ip->inum);
	bad = bad_field(d);
	if (bad == NULL)
		copy_in(ip, d);
	else
		kprintf("fs: inode %u has a bad %s (type %d, nlink %d, "
			"size %u)\n",
		    ip->inum, bad, d->type, d->nlink, d->size);
	block_release(b);
}

int
dinode_prepare(struct inode *ip)
{
	struct buf *b;

	if (ip->dirty)
		return 0;
	b = block_read(IBLOCK(ip->inum, fs_geo.sb));
	if (b == NULL)
		return -1;
	log_block(b);
	block_release(b);
	ip->dirty = true;
	return 0;
}

void
dinode_flush(struct inode *ip)
{
	struct buf *b;
	struct dinode *d;

	if (!ip->dirty)
		return;
	b = block_read(IBLOCK(ip->inum, fs_geo.sb));
	if (b == NULL)
		panic("fs: the block of inode %u is logged, but not cached",
		    ip->inum);
	d = slot_in(b, ip->inum);
	d->type = ip->type;
	d->major = ip->major;
	d->minor = ip->minor;
	d->nlink = ip->nlink;
	d->size = ip->size;
	memcpy(d->addrs, ip->addrs, sizeof(d->addrs));
	block_release(b);
	ip->dirty = false;
}

// A free inode's number among those from..end-1, all in block b; or end.
static uint
first_free(struct buf *b, uint from, uint end)
{
	while (from < end && slot_in(b, from)->type != 0)
		from++;
	return from;
}

// Claims a free inode among from..end-1, which share a block.  Its entry in
// memory is had first: when memory is short, nothing has changed.
static struct inode *
claim_within(uint from, uint end, const struct dinode *as)
{
	struct buf *b = block_read(IBLOCK(from, fs_geo.sb));
	struct inode *ip = NULL;
	uint inum;

	if (b == NULL)
		return NULL;
	inum = first_free(b, from, end);
	if (inum < end)
		ip = inode_get(inum);
	if (ip != NULL) {
		*slot_in(b, inum) = *as;
		log_block(b);
	}
	block_release(b);
	return ip;
}

static struct inode *
search(uint from, uint end, const struct dinode *as)
{
	while (from < end) {
		uint next = from - from % IPB + IPB;
		struct inode *ip;

		ip = claim_within(from, next < end ? next : end, as);
		if (ip != NULL)
			return ip;
		from = next;
		preempt_point();
	}
	return NULL;
}

struct inode *
dinode_alloc(const struct dinode *as)
{
	uint start = __atomic_load_n(&hint, __ATOMIC_RELAXED);
	struct inode *ip = NULL;

	if (start < fs_geo.ninodes)
		ip = search(start, fs_geo.ninodes, as);
	else
		start = fs_geo.ninodes;
	if (ip == NULL)
		ip = search(ROOTINO, start, as);
	if (ip == NULL)
		return NULL;
	__atomic_store_n(&hint, ip->inum + 1, __ATOMIC_RELAXED);
	sleeplock_lock(&ip->lock);
	copy_in(ip, as);
	return ip;
}

int
dinode_free(struct inode *ip)
{
	if (dinode_prepare(ip) < 0)
		return -1;
	inode_changes(ip);
	ip->type = 0;
	dinode_flush(ip);
	ip->loaded = false;
	if (ip->inum < __atomic_load_n(&hint, __ATOMIC_RELAXED))
		__atomic_store_n(&hint, ip->inum, __ATOMIC_RELAXED);
	return 0;
}
