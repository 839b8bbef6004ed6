// fsck's repair (mkfs/repair.c) against every single damage of a small image,
// and against many at once.
//
// After each the image is clean, a second repair changes nothing, and whatever
// the damage was not about has its name and its contents still.
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "kernel/types.h"
#include "kernel/stat.h"
#include "mkfs/check.h"
#include "mkfs/repair.h"

#define BLOCKS 500
#define INODES 64
#define NLOG   30

static FILE *out; // stdout is what the repairs say: nobody's
static uint passed, failed;

static void
verdict(bool ok, const char *what, uint where, uint which, uint value)
{
	if (ok) {
		passed++;
		return;
	}
	failed++;
	if (failed <= 20)
		fprintf(out, "FAILED: %s %u.%u = %u\n", what, where, which,
			value);
}

// --- the image ---

// Directories before what is in them; the first is the root.
static struct object {
	const char *path, *name;
	uint up, inum; // up: index
	short type;
	uint size;
} objects[] = {
    {"", "", 0, 0, T_DIR, 0},
    {"/a", "a", 0, 0, T_FILE, 1025},
    {"/big", "big", 0, 0, T_FILE, 40 * BSIZE + 7},
    {"/d", "d", 0, 0, T_DIR, 0},
    {"/d/x", "x", 3, 0, T_FILE, 100},
    {"/d/e", "e", 3, 0, T_DIR, 0},
    {"/d/e/y", "y", 5, 0, T_FILE, 3000},
    {"/d/e/z", "z", 5, 0, T_FILE, 5},
    {"/dev", "dev", 0, 0, T_DEVICE, 0},
    {"/f", "f", 0, 0, T_DIR, 0},
    {"/f/g", "g", 9, 0, T_FILE, 20 * BSIZE},
};

#define NOBJECTS (sizeof(objects) / sizeof(objects[0]))

static struct image good, img;

static void
must(bool ok)
{
	if (!ok)
		abort();
}

static void
add_links(uint inum, int n)
{
	struct dinode d;

	image_inode_read(&good, inum, &d);
	d.nlink = (short)(d.nlink + n);
	image_inode_write(&good, inum, &d);
}

static void
add_contents(const struct object *o)
{
	for (uint i = 0; i < o->size; i++) {
		uchar byte = (uchar)(o->inum * 57 + i * 31 + i / 256);

		must(image_append(&good, o->inum, &byte, 1) == 0);
	}
}

static void
make_good(void)
{
	must(image_format(&good, BLOCKS, INODES, NLOG) == 0);
	for (uint i = 0; i < NOBJECTS; i++) {
		struct object *o = &objects[i];
		const struct dinode d = {.type = o->type, .nlink = 1,
		    .major = o->type == T_DEVICE ? 5 : 0};
		uint up;

		o->inum = image_inode_new(&good, &d);
		up = objects[o->up].inum;
		if (i > 0)
			must(image_enter(&good, up, o->name, o->inum) == 0);
		if (o->type == T_DIR) {
			must(image_enter(&good, o->inum, ".", o->inum) == 0);
			must(image_enter(&good, o->inum, "..", up) == 0);
		}
		if (o->type == T_DIR && i > 0)
			add_links(up, 1);
		add_contents(o);
	}
	// A second name of a file.
	must(image_enter(&good, objects[3].inum, "l", objects[1].inum) == 0);
	add_links(objects[1].inum, 1);
	img = good;
	img.bytes = malloc(good.length);
	must(img.bytes != NULL);
}

static uint
problems(void)
{
	struct check c = {.img = &img};

	c.owner = calloc(img.sb.size, sizeof(uint));
	c.parent = calloc(img.sb.ninodes, sizeof(uint));
	c.links = calloc(img.sb.ninodes, sizeof(uint));
	c.pending = calloc(img.sb.ninodes, sizeof(uint));
	check_inodes(&c);
	check_bitmap(&c);
	check_tree(&c);
	check_links(&c);
	free(c.owner);
	free(c.parent);
	free(c.links);
	free(c.pending);
	return c.problems;
}

static uint
child(uint dir, const char *name)
{
	struct dinode d;

	image_inode_read(&img, dir, &d);
	for (uint at = 0; at < d.size; at += sizeof(struct dirent)) {
		const uchar *e =
		    image_block(&img, image_inode_block(&img, &d, at / BSIZE)) +
		    at % BSIZE;

		if (image_get16(e) != 0 &&
		    strncmp((const char *)e + 2, name, DIRSIZ) == 0)
			return image_get16(e);
	}
	return 0;
}

static bool
contents_kept(const struct object *o)
{
	struct dinode d, was;

	image_inode_read(&img, o->inum, &d);
	image_inode_read(&good, o->inum, &was);
	if (d.type != was.type || d.major != was.major ||
	    (d.type != T_DIR && d.size != was.size))
		return false;
	for (uint k = 0; d.type == T_FILE && k * BSIZE < d.size; k++) {
		uint n = d.size - k * BSIZE < BSIZE ? d.size - k * BSIZE
						    : BSIZE;

		if (memcmp(image_block(&img, image_inode_block(&img, &d, k)),
			   image_block(&good, image_inode_block(&good, &was, k)),
			   n) != 0)
			return false;
	}
	return true;
}

static bool
is_below(const struct object *o, uint inum)
{
	for (;; o = &objects[o->up]) {
		if (o->inum == inum)
			return true;
		if (o == objects)
			return false;
	}
}

// All that is not below one of two inodes (0: none is) is where it was.
static bool
others_but_two_kept(uint hurt, uint other)
{
	for (uint i = 0; i < NOBJECTS; i++) {
		const struct object *o = &objects[i];

		if ((hurt != 0 && is_below(o, hurt)) ||
		    (other != 0 && is_below(o, other)))
			continue;
		if (!contents_kept(o))
			return false;
		if (i > 0 && child(objects[o->up].inum, o->name) != o->inum)
			return false;
	}
	return true;
}

static bool
others_kept(uint hurt)
{
	return others_but_two_kept(hurt, 0);
}

static bool
repairs(void)
{
	static uchar *once;

	if (once == NULL)
		once = malloc(good.length);
	if (repair_image(&img) != 0 || problems() != 0)
		return false;
	memcpy(once, img.bytes, good.length);
	return repair_image(&img) == 0 &&
	       memcmp(once, img.bytes, good.length) == 0;
}

static void
fresh(void)
{
	memcpy(img.bytes, good.bytes, good.length);
}

// --- one damage ---

static void
each_bit(void)
{
	for (uint bno = 0; bno < BLOCKS; bno++) {
		fresh();
		image_block_mark(&img, bno, !image_block_marked(&img, bno));
		verdict(problems() != 0 && repairs() && others_kept(0) &&
			    memcmp(img.bytes, good.bytes, good.length) == 0,
			"bit", bno, 0, 0);
	}
}

// Numbers of inodes and blocks, sizes, and what is none of these.
static const uint values[] = {0, 1, 2, 3, 4, 9, 32, 36, 37, 38, 60, 75, 77, 400,
    BLOCKS - 1, BLOCKS, 32767, 32768, 65535, 0x7fffffff, 0xffffffff};

#define NVALUES (sizeof(values) / sizeof(values[0]))

// Only a link count of 0 of an inode that entries name says nothing.
static void
each_link_count(uint inum)
{
	for (uint i = 0; i < NVALUES; i++) {
		struct dinode d;

		fresh();
		image_inode_read(&img, inum, &d);
		d.nlink = (short)values[i];
		image_inode_write(&img, inum, &d);
		verdict(repairs() && others_kept(0) &&
			    memcmp(img.bytes, good.bytes, good.length) == 0,
			"links", inum, 0, values[i]);
	}
}

static void
set_address(uint inum, uint w, uint value)
{
	struct dinode d;

	fresh();
	image_inode_read(&img, inum, &d);
	d.addrs[w] = value;
	image_inode_write(&img, inum, &d);
	verdict(repairs() && others_kept(inum), "address", inum, w, value);
}

// Among the values is every block that something is in.
static void
each_address(uint inum)
{
	for (uint w = 0; w <= NDIRECT; w += w == 1 ? 9 : 1) {
		for (uint i = 0; i < NVALUES; i++)
			set_address(inum, w, values[i]);
		for (uint v = image_data_start(&good); v <= good.next_block; v++)
			set_address(inum, w, v);
	}
}

static void
each_field(uint inum)
{
	for (uint i = 0; i < NVALUES; i++) {
		struct dinode d;

		for (uint field = 0; field < 4; field++) {
			fresh();
			image_inode_read(&img, inum, &d);
			if (field == 0)
				d.type = (short)values[i];
			else if (field == 1)
				d.major = (short)values[i];
			else if (field == 2)
				d.minor = (short)values[i];
			else
				d.size = values[i];
			image_inode_write(&img, inum, &d);
			verdict(repairs() && others_kept(inum), "field", inum,
				field, values[i]);
		}
	}
}

// The table of addresses of a file that has one.
static void
each_indirect(uint inum)
{
	struct dinode d;

	image_inode_read(&good, inum, &d);
	for (uint w = 0; w < NINDIRECT; w += w < 32 ? 1 : 37)
		for (uint i = 0; i < NVALUES; i++) {
			fresh();
			image_put32(image_block(&img, d.addrs[NDIRECT]) + 4 * w,
				    values[i]);
			verdict(repairs() && others_kept(inum), "indirect",
				inum, w, values[i]);
		}
}

static bool
content_of(uint inum)
{
	for (uint i = 0; i < NOBJECTS; i++)
		if (objects[i].inum == inum)
			return contents_kept(&objects[i]);
	return true;
}

// The directory that inode inum is, if it is in directory dir: 0 otherwise.
static uint
directory_in(uint dir, uint inum)
{
	for (uint i = 1; i < NOBJECTS; i++)
		if (objects[i].inum == inum && objects[i].type == T_DIR &&
		    objects[objects[i].up].inum == dir)
			return inum;
	return 0;
}

// Of two entries of one directory that name the same directory either may be
// the right one.  Otherwise, the inode that an entry named keeps what is in it, under whatever name.
static void
each_entry(uint dir)
{
	static const char strange[] = {0, '/', '.', 'a', (char)0xff};
	struct dinode d;

	image_inode_read(&good, dir, &d);
	for (uint at = 0; at < d.size; at += sizeof(struct dirent)) {
		size_t off = (size_t)d.addrs[0] * BSIZE + at;
		uint inum = image_get16(good.bytes + off);
		uint hurt = at < 2 * sizeof(struct dirent) ? 0 : inum;

		for (uint v = 0; v < INODES + 2; v++) {
			fresh();
			image_put16(img.bytes + off, v);
			verdict(repairs() && content_of(inum) &&
				    others_but_two_kept(hurt,
							directory_in(dir, v)),
				"entry", dir, at / 16, v);
		}
		for (uint v = 0; v < sizeof(strange); v++) {
			fresh();
			img.bytes[off + 2] = (uchar)strange[v];
			verdict(repairs() && others_kept(hurt) &&
				    content_of(inum),
				"name", dir, at / 16, v);
		}
	}
}

// --- many ---

static uint64 state;

static uint
random_below(uint n)
{
	state = state * 6364136223846793005UL + 1442695040888963407UL;
	return (uint)(state >> 33) % n;
}

static void
damage_once(void)
{
	uint first = img.sb.inodestart, data = image_data_start(&img);
	uint word = random_below(3) ? values[random_below(NVALUES)]
				    : random_below(BLOCKS);
	uint bno = random_below(3) ? first : data + random_below(100);
	uint at = random_below(BSIZE / 4);

	if (random_below(8) == 0) // a block of noise
		for (uint i = 0; i < BSIZE; i++)
			image_block(&img, data + at % 100)[i] =
			    (uchar)random_below(256);
	else if (random_below(8) == 0) // all free, or all in use
		memset(image_block(&img, img.sb.bmapstart),
		       random_below(2) ? 255 : 0, BLOCKS / 8);
	else if (random_below(3) == 0)
		image_put16(image_block(&img, bno) + 4 * at,
			    random_below(INODES));
	else
		image_put32(image_block(&img, bno) + 4 * at, word);
}

static void
many_damages(uint seeds)
{
	for (uint seed = 1; seed <= seeds; seed++) {
		uint n;

		state = seed;
		fresh();
		n = 1 + random_below(random_below(2) ? 5 : 60);
		while (n-- > 0)
			damage_once();
		verdict(repairs(), "seed", seed, 0, 0);
	}
}

// A disk with neither inodes nor blocks to spare: what was not reached goes to
// the root.
static void
full_disk(void)
{
	struct dinode d;
	uint inum;

	fresh();
	for (inum = NOBJECTS + 1; inum < INODES; inum++) {
		d = (struct dinode){.type = T_FILE, .nlink = 1, .size = BSIZE};
		d.addrs[0] = img.next_block + inum;
		image_inode_write(&img, inum, &d);
	}
	for (uint bno = image_data_start(&img); bno < BLOCKS; bno++)
		image_block_mark(&img, bno, true);
	verdict(repair_image(&img) == 0 && problems() == 0 && others_kept(0) &&
		    child(ROOTINO, "inode-40") == 40,
		"full", 0, 0, 0);
}

int
main(void)
{
	uint seeds = getenv("SEEDS") ? (uint)atoi(getenv("SEEDS")) : 3000;

	out = fdopen(dup(1), "w");
	if (out == NULL || freopen("/dev/null", "w", stdout) == NULL)
		return 1;
	make_good();
	fresh();
	verdict(problems() == 0 && repairs() &&
		    memcmp(img.bytes, good.bytes, good.length) == 0,
		"clean image", 0, 0, 0);
	each_bit();
	for (uint i = 0; i < NOBJECTS; i++) {
		each_link_count(objects[i].inum);
		each_address(objects[i].inum);
		each_field(objects[i].inum);
		if (objects[i].type == T_DIR)
			each_entry(objects[i].inum);
	}
	each_indirect(objects[2].inum);
	each_indirect(objects[10].inum);
	many_damages(seeds);
	full_disk();
	fprintf(out, "%u passed, %u failed\n", passed, failed);
	return failed != 0;
}
