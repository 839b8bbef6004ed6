// From a file's block numbers to the disk's: NDIRECT in the inode, the rest
// through one indirect block.
//
// Addresses come from the disk and are checked at every use.  An address of 0
// means "none"; blocks may be mapped behind the end of the file (a write that
// failed half-way), where nobody reads them.

#include "fs/bitmap.h"
#include "fs/block.h"
#include "fs/inode.h"
#include "fs/log.h"
#include "fs/super.h"
#include "kernel/param.h"
#include "lib/printf.h"
#include "proc/sched.h"

// Bitmap blocks that one shrinking operation may change: all that it has
// reserved, less the inode's block and the indirect block.
#define SHRINK_BITMAPS (MAXOPBLOCKS - 2)

// addr if it is good or 0; a bad one is reported and becomes 0 with *bad set.
static uint
checked(const struct inode *ip, uint idx, uint addr, bool *bad)
{
	*bad = addr != 0 && !is_data_block(addr);
	if (!*bad)
		return addr;
	kprintf("fs: inode %u has a bad address %u (block %u)\n", ip->inum,
	    addr, idx);
	return 0;
}

// The indirect block, locked; NULL if there is none or it is bad, in which
// case *bad is set.
static struct buf *
indirect_read(struct inode *ip, bool *bad)
{
	uint addr = checked(ip, NDIRECT, ip->addrs[NDIRECT], bad);
	struct buf *b = NULL;

	if (addr != 0) {
		b = block_read(addr);
		*bad = b == NULL;
	}
	return b;
}

uint
blockmap_look(struct inode *ip, uint idx, bool *bad)
{
	struct buf *b;
	uint addr;

	if (idx < NDIRECT)
		return checked(ip, idx, ip->addrs[idx], bad);
	b = indirect_read(ip, bad);
	if (b == NULL)
		return 0;
	addr = ((uint *)b->data)[idx - NDIRECT];
	block_release(b);
	return checked(ip, idx, addr, bad);
}

uint
blockmap_find(struct inode *ip, uint idx)
{
	bool bad;
	uint addr = blockmap_look(ip, idx, &bad);

	if (addr == 0 && !bad)
		kprintf("fs: inode %u has no block %u\n", ip->inum, idx);
	return addr;
}

// Gives the inode an indirect block, with that one entry.
static int
indirect_make(struct inode *ip, uint idx, uint addr)
{
	uint no = bitmap_alloc();
	struct buf *b;

	if (no == 0)
		return -1;
	b = block_fresh(no);
	if (b == NULL) {
		bitmap_take_back(no);
		return -1;
	}
	((uint *)b->data)[idx - NDIRECT] = addr;
	log_block(b);
	block_release(b);
	ip->addrs[NDIRECT] = no;
	return 0;
}

int
blockmap_enter(struct inode *ip, uint idx, uint addr)
{
	struct buf *b;
	bool bad;

	DASSERT(ip->dirty);
	if (idx < NDIRECT) {
		ip->addrs[idx] = addr;
		return 0;
	}
	if (ip->addrs[NDIRECT] == 0)
		return indirect_make(ip, idx, addr);
	b = indirect_read(ip, &bad);
	if (b == NULL)
		return -1;
	((uint *)b->data)[idx - NDIRECT] = addr;
	log_block(b);
	block_release(b);
	return 0;
}

// Progress of one shrinking operation: UNFINISHED or STUCK once it has to stop.
struct shrink {
	struct inode *ip;
	uint bitmap; // bitmap block changed last
	uint nbitmaps;
	enum shrunk state;
};

static bool
stop(struct shrink *s, enum shrunk why)
{
	s->state = why;
	return false;
}

// Frees *addr, which maps block idx, and clears it; false, and nothing has
// changed, if that would change one bitmap block too many, or cannot be done.
// A bad address is dropped.
static bool
drop(struct shrink *s, uint idx, uint *addr)
{
	bool bad;
	uint no = checked(s->ip, idx, *addr, &bad);

	if (no != 0) {
		uint bitmap = BBLOCK(no, fs_geo.sb);

		if (bitmap != s->bitmap && s->nbitmaps == SHRINK_BITMAPS)
			return stop(s, UNFINISHED);
		if (bitmap_free(no) < 0)
			return stop(s, STUCK);
		s->nbitmaps += bitmap != s->bitmap;
		s->bitmap = bitmap;
	}
	*addr = 0;
	return true;
}

// Drops the n entries of map, which stand for the blocks from base on, last
// one first.
static void
drop_down(struct shrink *s, uint *map, uint n, uint base)
{
	while (n > 0 && (map[n - 1] == 0 ||
	                    drop(s, base + n - 1, &map[n - 1])))
		n--;
}

// The indirect block and what it maps.
static void
shrink_indirect(struct shrink *s)
{
	uint *root = &s->ip->addrs[NDIRECT];
	struct buf *b;
	bool bad;

	if (checked(s->ip, NDIRECT, *root, &bad) == 0) {
		*root = 0;
		return;
	}
	b = block_read(*root);
	if (b == NULL) {
		stop(s, STUCK);
		return;
	}
	log_block(b);
	drop_down(s, (uint *)b->data, NINDIRECT, NDIRECT);
	block_release(b);
	if (s->state == SHRUNK)
		drop(s, NDIRECT, root);
}

static bool
is_empty(const struct inode *ip)
{
	for (uint i = 0; i <= NDIRECT; i++)
		if (ip->addrs[i] != 0)
			return false;
	return ip->size == 0;
}

enum shrunk
blockmap_shrink(struct inode *ip)
{
	struct shrink s = {.ip = ip, .state = SHRUNK};

	if (is_empty(ip))
		return SHRUNK;
	if (dinode_prepare(ip) < 0)
		return STUCK;
	inode_changes(ip);
	ip->size = 0;
	shrink_indirect(&s);
	if (s.state == SHRUNK)
		drop_down(&s, ip->addrs, NDIRECT, 0);
	dinode_flush(ip);
	return s.state;
}

// One operation's share; *cut once the file is empty.  What cannot be freed
// stays behind its end, where it is used again when the file grows.
static enum shrunk
truncate_step(struct inode *ip, bool *cut)
{
	enum shrunk state = STUCK;
	bool empty = false;

	if (log_reserve(MAXOPBLOCKS) < 0)
		return STUCK;
	if (inode_lock_valid(ip) == 0) {
		state = blockmap_shrink(ip);
		empty = ip->size == 0;
		inode_unlock(ip);
	}
	if (log_finish(MAXOPBLOCKS) < 0)
		return STUCK;
	*cut |= empty;
	return state;
}

int
inode_truncate(struct inode *ip)
{
	bool cut = false;

	if (inode_lock_valid(ip) < 0)
		return -1;
	cut = is_empty(ip);
	inode_unlock(ip);
	if (cut)
		return 0;
	while (truncate_step(ip, &cut) == UNFINISHED)
		preempt_point();
	return cut ? 0 : -1;
}
