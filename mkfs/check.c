// Inodes, blocks, directories and links of an image: see check.h.
//
// Order matters: check_inodes finds the owner of each block, check_tree walks
// down from the root and counts entries, check_links compares.  An address
// outside the image is reported once, by check_inodes, and skipped by the
// rest.
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "kernel/types.h"
#include "kernel/param.h"
#include "kernel/stat.h"
#include "check.h"

#define SLOTS_PER_BLOCK (BSIZE / sizeof(struct dirent))

void
report(struct check *c, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	c->problems++;
}

static uint
blocks_of(const struct dinode *d)
{
	uint n = d->size / BSIZE + (d->size % BSIZE != 0);

	return n < MAXFILE ? n : MAXFILE;
}

// Inode inum has the address bno among its blocks.  Returns whether it may:
// what is in a block that is not its own says nothing.
static bool
claim_block(struct check *c, uint inum, uint bno)
{
	if (bno == 0)
		return true;
	if (bno < image_data_start(c->img) || bno >= c->img->sb.size) {
		report(c, "inode %u: address %u is not a data block", inum,
		       bno);
		return false;
	}
	if (c->owner[bno]) {
		report(c, "block %u: used twice, by inodes %u and %u", bno,
		       c->owner[bno], inum);
		return false;
	}
	c->owner[bno] = inum;
	return true;
}

// Blocks behind the end of a file may be there: a write that failed halfway
// leaves them.
static void
check_blocks(struct check *c, uint inum, const struct dinode *d)
{
	uint need = blocks_of(d), missing = 0, end = MAXFILE;

	if (!claim_block(c, inum, d->addrs[NDIRECT]))
		end = NDIRECT;
	for (uint k = 0; k < end; k++) {
		uint bno = image_inode_block(c->img, d, k);

		claim_block(c, inum, bno);
		if (bno == 0 && k < need)
			missing++;
	}
	if (missing)
		report(c, "inode %u: %u of its %u blocks are missing", inum,
		       missing, need);
}

static void
check_device(struct check *c, uint inum, const struct dinode *d)
{
	if (d->major < 0 || d->major >= NDEV || d->minor < 0)
		report(c, "inode %u: device %d:%d cannot be", inum, d->major,
		       d->minor);
	if (d->size)
		report(c, "inode %u: a device of %u bytes", inum, d->size);
}

void
check_inodes(struct check *c)
{
	struct dinode d;

	for (uint inum = 1; inum < c->img->sb.ninodes; inum++) {
		image_inode_read(c->img, inum, &d);
		if (d.type == 0)
			continue;
		if (d.type != T_DIR && d.type != T_FILE &&
		    d.type != T_DEVICE) {
			report(c, "inode %u: unknown type %d", inum, d.type);
			continue;
		}
		if (d.size > MAXFILE * BSIZE)
			report(c, "inode %u: size %u is over %zu bytes", inum,
			       d.size, MAXFILE * BSIZE);
		if (d.type == T_DIR && d.size % sizeof(struct dirent))
			report(
			    c,
			    "inode %u: size %u is not whole directory entries",
			    inum, d.size);
		if (d.type == T_DEVICE)
			check_device(c, inum, &d);
		check_blocks(c, inum, &d);
	}
}

static bool
block_in_use(const struct check *c, uint bno)
{
	return bno < image_data_start(c->img) || c->owner[bno] != 0;
}

// Neighbours with the same fault share a line.
void
check_bitmap(struct check *c)
{
	const struct image *img = c->img;
	uint bno = 0, end;

	while (bno < img->sb.size) {
		bool used = block_in_use(c, bno);

		end = bno + 1;
		if (image_block_marked(img, bno) == used) {
			bno = end;
			continue;
		}
		while (end < img->sb.size && block_in_use(c, end) == used &&
		       image_block_marked(img, end) != used)
			end++;
		report(c, "bitmap: blocks %u..%u are %s", bno, end - 1,
		       used ? "in use but marked free"
			    : "free but marked in use");
		bno = end;
	}
}

// A directory reached for the first time will be walked too.
static void
reach(struct check *c, uint dir, uint inum, const char *name)
{
	struct dinode d;

	c->links[inum]++;
	image_inode_read(c->img, inum, &d);
	if (d.type == 0) {
		report(c, "directory %u: '%s' names inode %u, which is free",
		       dir, name, inum);
	} else if (c->parent[inum] == 0) {
		c->parent[inum] = dir;
		if (d.type == T_DIR)
			c->pending[c->npending++] = inum;
	} else if (d.type == T_DIR) {
		report(c,
		       "directory %u: '%s' names directory %u, which is in %u "
		       "already",
		       dir, name, inum, c->parent[inum]);
	}
}

// A name to print: bytes that a terminal might obey are replaced.
struct name {
	char text[DIRSIZ + 1];
};

static struct name
printable(const char *raw)
{
	struct name name = {0};

	for (int i = 0; i < DIRSIZ && raw[i]; i++)
		name.text[i] = raw[i] < 32 || raw[i] > 126 ? '?' : raw[i];
	return name;
}

static bool
name_is_bad(const char *name)
{
	return !*name || strchr(name, '/') || !strcmp(name, ".") ||
	       !strcmp(name, "..");
}

static void
check_entry(struct check *c, uint dir, uint slot, uint inum, const char *raw)
{
	static const char *const dots[] = {".", ".."};
	uint target = slot == 0 ? dir : c->parent[dir];
	struct name shown = printable(raw);
	const char *name = shown.text;

	if (slot < 2) {
		if (inum != target || strcmp(raw, dots[slot]) != 0)
			report(c,
			       "directory %u: slot %u is '%s' to inode %u, "
			       "not '%s' to inode %u",
			       dir, slot, name, inum, dots[slot], target);
		if (slot == 1)
			c->links[target]++;
		return;
	}
	if (inum == 0)
		return;
	if (name_is_bad(raw))
		report(c, "directory %u: slot %u has the bad name '%s'", dir,
		       slot, name);
	if (inum >= c->img->sb.ninodes)
		report(c, "directory %u: '%s' names inode %u of %u", dir, name,
		       inum, c->img->sb.ninodes);
	else
		reach(c, dir, inum, name);
}

static int
compare_names(const void *a, const void *b)
{
	return strcmp(((const struct name *)a)->text,
		      ((const struct name *)b)->text);
}

static void
check_names_single(struct check *c, uint dir, struct name *names, uint n)
{
	qsort(names, n, sizeof(*names), compare_names);
	for (uint i = 1; i < n; i++)
		if (compare_names(&names[i - 1], &names[i]) == 0)
			report(c, "directory %u: two entries '%s'", dir,
			       printable(names[i].text).text);
}

static void
check_directory(struct check *c, uint dir)
{
	static struct name names[MAXFILE * SLOTS_PER_BLOCK];
	uint nnames = 0, nslots;
	struct dinode d;

	image_inode_read(c->img, dir, &d);
	nslots = blocks_of(&d) * SLOTS_PER_BLOCK;
	if (nslots > d.size / sizeof(struct dirent))
		nslots = d.size / sizeof(struct dirent);
	if (nslots < 2)
		report(c, "directory %u: %u bytes, no room for . and ..", dir,
		       d.size);
	for (uint i = 0; i < nslots; i++) {
		uint bno = image_inode_block(c->img, &d, i / SLOTS_PER_BLOCK);
		const uchar *at;
		struct name *name = &names[nnames];
		uint inum;

		if (bno == 0 || bno >= c->img->sb.size)
			continue;
		at = image_block(c->img, bno) +
		     i % SLOTS_PER_BLOCK * sizeof(struct dirent);
		inum = image_get16(at);
		memset(name, 0, sizeof(*name));
		memcpy(name->text, at + offsetof(struct dirent, name), DIRSIZ);
		check_entry(c, dir, i, inum, name->text);
		if (inum != 0)
			nnames++;
	}
	check_names_single(c, dir, names, nnames);
}

void
check_tree(struct check *c)
{
	struct dinode root;

	image_inode_read(c->img, ROOTINO, &root);
	if (root.type != T_DIR) {
		report(c, "inode %u: the root is not a directory", ROOTINO);
		return;
	}
	c->parent[ROOTINO] = ROOTINO;
	c->pending[c->npending++] = ROOTINO;
	for (uint i = 0; i < c->npending; i++)
		check_directory(c, c->pending[i]);
}

void
check_links(struct check *c)
{
	struct dinode d;

	for (uint inum = 1; inum < c->img->sb.ninodes; inum++) {
		image_inode_read(c->img, inum, &d);
		if (d.type == 0)
			continue;
		if (c->parent[inum] == 0 && d.nlink == 0 && c->recovering) {
			printf("inode %u: unlinked while open, freed\n", inum);
			c->recovered++;
		} else if (c->parent[inum] == 0) {
			report(c, "inode %u: unreachable%s", inum,
			       d.nlink ? "" : " (unlinked while open)");
		} else if (d.nlink < 0 || (uint)d.nlink != c->links[inum]) {
			report(c,
			       "inode %u: link count is %d, but %u entries "
			       "name it",
			       inum, d.nlink, c->links[inum]);
		}
	}
}
