// Reading and writing what inodes contain, block by block.
//
// A block that holds contents belongs to the holder of its inode's lock; the
// buffer's own lock adds only that a neighbour's read-ahead may be loading it.
// Reads copy straight to user memory, with the inode locked: a page fault
// there takes memory, but no file-system lock.  Writes take kernel memory
// only, so that no operation waits for a page.

#include "fs/bitmap.h"
#include "fs/block.h"
#include "fs/inode.h"
#include "fs/log.h"
#include "lib/string.h"
#include "mm/ucopy.h"
#include "proc/sched.h"

#define PREEMPT_BLOCKS 8 // copied between two preemption points

// The part of block idx that a transfer of left bytes at off is about.
struct piece {
	uint idx;
	uint at;  // within the block
	uint len;
};

static struct piece
first_piece(uint64 off, uint left)
{
	struct piece p = {off / BSIZE, off % BSIZE, BSIZE - off % BSIZE};

	if (p.len > left)
		p.len = left;
	return p;
}

typedef int (*deliver_fn)(uint64 to, const void *from, uint64 n);

static int
to_kernel(uint64 to, const void *from, uint64 n)
{
	memcpy((void *)to, from, n);
	return 0;
}

static int
read_piece(struct inode *ip, struct piece p, uint64 to, deliver_fn deliver)
{
	uint no = blockmap_find(ip, p.idx);
	struct buf *b = no != 0 ? block_read(no) : NULL;
	int r;

	if (b == NULL)
		return -1;
	r = deliver(to, b->data + p.at, p.len);
	block_release(b);
	return r;
}

static int
read_all(struct inode *ip, uint64 to, uint64 off, uint n, deliver_fn deliver)
{
	uint done = 0;

	if (off >= ip->size)
		return 0;
	if (n > ip->size - off)
		n = ip->size - off;
	while (done < n) {
		struct piece p = first_piece(off + done, n - done);

		if (read_piece(ip, p, to + done, deliver) < 0)
			return -1;
		done += p.len;
		if (p.idx % PREEMPT_BLOCKS == PREEMPT_BLOCKS - 1)
			preempt_point();
	}
	return (int)done;
}

int
inode_read(struct inode *ip, void *dst, uint64 off, uint n)
{
	return read_all(ip, (uint64)dst, off, n, to_kernel);
}

int
inode_read_user(struct inode *ip, uint64 udst, uint64 off, uint n)
{
	return read_all(ip, udst, off, n, copy_to_user);
}

static void
put_piece(struct buf *b, struct piece p, const uchar *from)
{
	memcpy(b->data + p.at, from, p.len);
	log_block(b);
	block_release(b);
}

// In block no, which the file has.
static int
overwrite(struct piece p, const uchar *from, uint no)
{
	struct buf *b = p.len == BSIZE ? block_fresh(no) : block_read(no);

	if (b == NULL)
		return -1;
	put_piece(b, p, from);
	return 0;
}

// In a block that the file gets.
static int
extend(struct inode *ip, struct piece p, const uchar *from)
{
	uint no = bitmap_alloc();
	struct buf *b;

	if (no == 0)
		return -1;
	b = block_fresh(no);
	if (b == NULL)
		goto fail;
	put_piece(b, p, from);
	if (blockmap_enter(ip, p.idx, no) == 0)
		return 0;
fail:
	bitmap_take_back(no);
	return -1;
}

// What ends at byte end of the file.  0, or -1 with nothing changed.
static int
write_piece(struct inode *ip, struct piece p, uint64 end, const uchar *from)
{
	bool bad;
	uint no = blockmap_look(ip, p.idx, &bad);
	int r;

	if (bad)
		return -1;
	if ((no == 0 || end > ip->size) && dinode_prepare(ip) < 0)
		return -1;
	r = no != 0 ? overwrite(p, from, no) : extend(ip, p, from);
	if (r == 0 && end > ip->size)
		ip->size = (uint)end;
	return r;
}

int
inode_write(struct inode *ip, const void *src, uint64 off, uint n)
{
	const uchar *from = src;
	uint done = 0;

	if (off > ip->size || off + n > MAX_BYTES)
		return -1;
	inode_changes(ip);
	while (done < n) {
		struct piece p = first_piece(off + done, n - done);

		if (write_piece(ip, p, off + done + p.len, from + done) < 0)
			break;
		done += p.len;
	}
	dinode_flush(ip);
	return done > 0 || n == 0 ? (int)done : -1;
}

// The inode, the indirect block and its bitmap block; and for each block that
// the bytes may touch, itself and its bitmap block.
uint
inode_write_cost(uint n)
{
	uint blocks = (n + BSIZE - 1) / BSIZE + 1;

	return 3 + 2 * blocks;
}
