// Inodes, blocks and links made consistent: see repair.h.
//
// First all claims are counted, then each address finds its block owned, or
// not, by those before it; what somebody else may own is copied and never
// changed.  New blocks are ones that nobody claimed.
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "kernel/types.h"
#include "kernel/param.h"
#include "kernel/stat.h"
#include "repair.h"

void
repaired(const char *fmt, ...)
{
	va_list ap;

	fputs("repaired: ", stdout);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
}

static bool
is_data(const struct repair *r, uint bno)
{
	return bno >= image_data_start(r->img) && bno < r->img->sb.size;
}

uint
repair_block_new(struct repair *r, uint inum)
{
	uint bno = image_data_start(r->img);

	while (bno < r->img->sb.size && (r->claims[bno] || r->owner[bno]))
		bno++;
	if (bno == r->img->sb.size)
		return 0;
	r->owner[bno] = inum;
	memset(image_block(r->img, bno), 0, BSIZE);
	return bno;
}

// --- types ---

static bool
looks_like_directory(const struct repair *r, uint inum,
		     const struct dinode *d)
{
	const uchar *at;

	if (!is_data(r, d->addrs[0]) || d->size < 2 * sizeof(struct dirent))
		return false;
	at = image_block(r->img, d->addrs[0]);
	return image_get16(at) == inum && memcmp(at + 2, ".", 2) == 0 &&
	       memcmp(at + sizeof(struct dirent) + 2, "..", 3) == 0;
}

static void
mend_root_type(struct repair *r, struct dinode *d)
{
	if (d->type == T_DIR)
		return;
	if (!looks_like_directory(r, ROOTINO, d))
		memset(d, 0, sizeof(*d));
	d->type = T_DIR;
	repaired("inode %u: the root is a directory again, %s", ROOTINO,
		 d->size ? "with its entries" : "an empty one");
	image_inode_write(r->img, ROOTINO, d);
}

static bool
device_can_be(const struct dinode *d)
{
	return d->major >= 0 && d->major < NDEV && d->minor >= 0;
}

static void
mend_type(struct repair *r, uint inum, struct dinode *d)
{
	if (d->type == T_DEVICE && !device_can_be(d)) {
		repaired("inode %u: device %d:%d freed", inum, d->major,
			 d->minor);
		memset(d, 0, sizeof(*d));
	} else if (d->type != 0 && (d->type < T_DIR || d->type > T_DEVICE)) {
		bool dir = looks_like_directory(r, inum, d);

		repaired("inode %u: type %d is a %s", inum, d->type,
			 dir ? "directory" : "file");
		d->type = dir ? T_DIR : T_FILE;
	} else {
		return;
	}
	image_inode_write(r->img, inum, d);
}

// --- addresses ---

static void
count_claim(struct repair *r, uint bno)
{
	if (is_data(r, bno))
		r->claims[bno]++;
}

static void
count_claims(struct repair *r, const struct dinode *d)
{
	uint table = d->addrs[NDIRECT];

	for (uint i = 0; i <= NDIRECT; i++)
		count_claim(r, d->addrs[i]);
	if (!is_data(r, table))
		return;
	for (uint i = 0; i < NINDIRECT; i++)
		count_claim(r,
			    image_get32(image_block(r->img, table) + 4 * i));
}

// What was done to an inode's addresses.
struct tally {
	uint dropped, copied, zeroed;
};

static uint
copy_block(struct repair *r, uint inum, uint bno, struct tally *t)
{
	uint copy = repair_block_new(r, inum);

	if (copy == 0) {
		t->dropped++;
		return 0;
	}
	memcpy(image_block(r->img, copy), image_block(r->img, bno), BSIZE);
	t->copied++;
	return copy;
}

// The address that takes the place of bno.
static uint
settle_address(struct repair *r, uint inum, uint bno, struct tally *t)
{
	if (bno == 0)
		return 0;
	if (!is_data(r, bno)) {
		t->dropped++;
		return 0;
	}
	if (r->owner[bno])
		return copy_block(r, inum, bno, t);
	r->owner[bno] = inum;
	return bno;
}

static void
settle_table(struct repair *r, uint inum, uint *table, struct tally *t)
{
	uchar *at;

	if (is_data(r, *table) && r->claims[*table] > 1)
		*table = copy_block(r, inum, *table, t);
	else
		*table = settle_address(r, inum, *table, t);
	if (*table == 0)
		return;
	at = image_block(r->img, *table);
	for (uint i = 0; i < NINDIRECT; i++)
		image_put32(at + 4 * i,
			    settle_address(r, inum, image_get32(at + 4 * i),
					   t));
}

// --- sizes ---

static void
set_block(struct repair *r, struct dinode *d, uint k, uint bno)
{
	if (k < NDIRECT)
		d->addrs[k] = bno;
	else
		image_put32(image_block(r->img, d->addrs[NDIRECT]) +
				4 * (k - NDIRECT),
			    bno);
}

// Blocks that the size needs, up to the last one that is there.
static uint
blocks_to_keep(const struct repair *r, const struct dinode *d)
{
	uint n = d->size / BSIZE + (d->size % BSIZE != 0);

	if (n > MAXFILE)
		n = MAXFILE;
	while (n > 0 && image_inode_block(r->img, d, n - 1) == 0)
		n--;
	return n;
}

// Below n, the last that is there, an address table is there if needed.
static void
fill_holes(struct repair *r, uint inum, struct dinode *d, uint n,
	   struct tally *t)
{
	for (uint k = 0; k < n; k++) {
		uint bno;

		if (image_inode_block(r->img, d, k) != 0)
			continue;
		bno = repair_block_new(r, inum);
		if (bno == 0) {
			d->size = k * BSIZE;
			return;
		}
		set_block(r, d, k, bno);
		t->zeroed++;
	}
}

static void
settle_size(struct repair *r, uint inum, struct dinode *d, struct tally *t)
{
	const uint dots = 2 * sizeof(struct dirent);
	uint n;

	if (d->type == T_DEVICE) {
		d->size = 0;
		return;
	}
	n = blocks_to_keep(r, d);
	if (d->size > n * BSIZE)
		d->size = n * BSIZE;
	fill_holes(r, inum, d, n, t);
	if (d->type != T_DIR)
		return;
	d->size -= d->size % sizeof(struct dirent);
	if (d->size >= dots)
		return;
	if (d->addrs[0] == 0)
		d->addrs[0] = repair_block_new(r, inum);
	// Without a block it stays too short, and the last check says so.
	d->size = d->addrs[0] ? dots : 0;
}

static void
settle_inode(struct repair *r, uint inum, struct dinode *d)
{
	struct tally t = {0};
	uint size = d->size;

	for (uint i = 0; i < NDIRECT; i++)
		d->addrs[i] = settle_address(r, inum, d->addrs[i], &t);
	settle_table(r, inum, &d->addrs[NDIRECT], &t);
	settle_size(r, inum, d, &t);
	image_inode_write(r->img, inum, d);
	if (t.dropped + t.copied + t.zeroed)
		repaired("inode %u: %u addresses dropped, %u blocks copied, "
			 "%u zeroed",
			 inum, t.dropped, t.copied, t.zeroed);
	if (d->size != size)
		repaired("inode %u: size %u is %u", inum, size, d->size);
}

static void
repair_inodes(struct repair *r)
{
	struct dinode d;

	image_inode_read(r->img, ROOTINO, &d);
	mend_root_type(r, &d);
	for (uint inum = 1; inum < r->img->sb.ninodes; inum++) {
		image_inode_read(r->img, inum, &d);
		mend_type(r, inum, &d);
		if (d.type != 0)
			count_claims(r, &d);
	}
	for (uint inum = 1; inum < r->img->sb.ninodes; inum++) {
		image_inode_read(r->img, inum, &d);
		if (d.type != 0)
			settle_inode(r, inum, &d);
	}
}

// --- links and bitmap ---

static void
repair_links(struct repair *r)
{
	struct dinode d;

	for (uint inum = 1; inum < r->img->sb.ninodes; inum++) {
		image_inode_read(r->img, inum, &d);
		if (d.type == 0 || (uint)d.nlink == r->links[inum])
			continue;
		repaired("inode %u: link count %d is %u", inum, d.nlink,
			 r->links[inum]);
		d.nlink = (short)r->links[inum];
		image_inode_write(r->img, inum, &d);
	}
}

static void
repair_bitmap(struct repair *r)
{
	uint taken = 0, freed = 0;

	for (uint bno = 0; bno < r->img->sb.size; bno++) {
		bool used = bno < image_data_start(r->img) || r->owner[bno];

		if (image_block_marked(r->img, bno) == used)
			continue;
		image_block_mark(r->img, bno, used);
		if (used)
			taken++;
		else
			freed++;
	}
	if (taken + freed)
		repaired("bitmap: %u blocks marked in use, %u free", taken,
			 freed);
}

static uint *
table(uint n)
{
	uint *t = calloc(n, sizeof(*t));

	if (!t) {
		fputs("fsck: out of memory\n", stderr);
		exit(1);
	}
	return t;
}

int
repair_image(struct image *img)
{
	const struct superblock *sb = &img->sb;
	struct repair r = {.img = img};
	int result;

	r.claims = table(sb->size);
	r.owner = table(sb->size);
	r.parent = table(sb->ninodes);
	r.links = table(sb->ninodes);
	r.pending = table(sb->ninodes);
	repair_inodes(&r);
	result = repair_tree(&r);
	repair_links(&r);
	repair_bitmap(&r);
	free(r.claims);
	free(r.owner);
	free(r.parent);
	free(r.links);
	free(r.pending);
	return result;
}
