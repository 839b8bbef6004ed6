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

// The address of block idx, 0 if it has none.
static uint
lookup(struct inode *ip, uint idx, bool *bad)
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
	uint addr = lookup(ip, idx, &bad);

	if (addr == 0 && !bad)
		kprintf("fs: inode %u has no block %u\n", ip->inum, idx);
	return addr;
}

// Gives the inode an indirect block, all entries 0.
static int
indirect_make(struct inode *ip)
{
	uint addr = bitmap_alloc();
	struct buf *b;

	if (addr == 0)
		return -1;
	b = block_fresh(addr);
	if (b == NULL) {
		bitmap_free(addr);
		return -1;
	}
	log_block(b);
	block_release(b);
	ip->addrs[NDIRECT] = addr;
	ip->dirty = true;
	return 0;
}

// Makes addr block idx of the file.
static int
enter(struct inode *ip, uint idx, uint addr)
{
	struct buf *b;
	bool bad;

	if (idx < NDIRECT) {
		ip->addrs[idx] = addr;
		ip->dirty = true;
		return 0;
	}
	if (ip->addrs[NDIRECT] == 0 && indirect_make(ip) < 0)
		return -1;
	b = indirect_read(ip, &bad);
	if (b == NULL)
		return -1;
	((uint *)b->data)[idx - NDIRECT] = addr;
	log_block(b);
	block_release(b);
	return 0;
}

uint
blockmap_ensure(struct inode *ip, uint idx, bool *fresh)
{
	bool bad;
	uint addr = lookup(ip, idx, &bad);

	*fresh = false;
	if (addr != 0 || bad)
		return addr;
	addr = bitmap_alloc();
	if (addr == 0)
		return 0;
	if (enter(ip, idx, addr) < 0) {
		bitmap_free(addr);
		return 0;
	}
	*fresh = true;
	return addr;
}

// Progress of one shrinking operation.
struct shrink {
	struct inode *ip;
	uint bitmap; // bitmap block changed last
	uint nbitmaps;
};

// Frees *addr, which maps block idx, and clears it; false if that would change
// one bitmap block too many.  A bad address is dropped.
static bool
drop(struct shrink *s, uint idx, uint *addr)
{
	bool bad;
	uint no = checked(s->ip, idx, *addr, &bad);

	if (no != 0) {
		uint bitmap = BBLOCK(no, fs_geo.sb);

		if (bitmap != s->bitmap) {
			if (s->nbitmaps == SHRINK_BITMAPS)
				return false;
			s->bitmap = bitmap;
			s->nbitmaps++;
		}
		bitmap_free(no);
	}
	*addr = 0;
	return true;
}

// Drops the n entries of map, which stand for the blocks from base on, last
// one first; returns how many are left.
static uint
drop_down(struct shrink *s, uint *map, uint n, uint base)
{
	while (n > 0 && (map[n - 1] == 0 ||
	                    drop(s, base + n - 1, &map[n - 1])))
		n--;
	return n;
}

// The indirect block and what it maps.  Returns how many entries are left; if
// none, the block itself may still be there, for the next operation.
static uint
shrink_indirect(struct shrink *s)
{
	uint *root = &s->ip->addrs[NDIRECT];
	struct buf *b;
	uint left;
	bool bad;

	if (*root == 0)
		return 0;
	b = indirect_read(s->ip, &bad);
	if (b == NULL) {
		kprintf("fs: blocks of inode %u are lost\n", s->ip->inum);
		*root = 0;
		return 0;
	}
	left = drop_down(s, (uint *)b->data, NINDIRECT, NDIRECT);
	log_block(b);
	block_release(b);
	if (left == 0)
		drop(s, NDIRECT, root);
	return left;
}

static bool
has_blocks(const struct inode *ip)
{
	for (uint i = 0; i <= NDIRECT; i++)
		if (ip->addrs[i] != 0)
			return true;
	return false;
}

bool
blockmap_shrink(struct inode *ip)
{
	struct shrink s = {.ip = ip};
	uint left;

	if (ip->size == 0 && !has_blocks(ip))
		return true;
	inode_changes(ip);
	left = NDIRECT + shrink_indirect(&s);
	if (ip->addrs[NDIRECT] == 0)
		left = drop_down(&s, ip->addrs, NDIRECT, 0);
	if (ip->size > left * BSIZE)
		ip->size = left * BSIZE;
	ip->dirty = true;
	dinode_flush(ip);
	return left == 0;
}

void
inode_truncate(struct inode *ip)
{
	bool empty;

	do {
		log_reserve(MAXOPBLOCKS);
		empty = true;
		if (inode_lock_valid(ip) == 0) {
			empty = blockmap_shrink(ip);
			inode_unlock(ip);
		}
		log_finish(MAXOPBLOCKS);
		preempt_point();
	} while (!empty);
}
