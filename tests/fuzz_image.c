// Damages a good disk image, for the kernel to refuse or to survive
// (user/fsexercise.c uses it; tests/fuzz_image.sh does it all).
//
//   fuzz_image -s SEED GOOD OUT RECIPE   a few random edits; writes down which
//   fuzz_image -r RECIPE GOOD OUT        those of the recipe
//   fuzz_image -c BEFORE AFTER           did the kernel write where it may
//   not?
//
// A recipe is a text of edits, one per line, that are made in that order.  I
// is an inode's number, K counts from 0:
//
//   super FIELD VALUE       a word of the superblock
//   log K VALUE             a word of the log's header; 0 is the count
//   logcopy K BLOCK         the log's K-th block becomes a copy of BLOCK
//   inode I FIELD VALUE     type, major, minor, nlink, size, a0..a11, indirect
//   entry I K VALUE         the inode number in a directory's K-th entry
//   name I K INDEX VALUE    a byte of its name
//   indirect I K VALUE      the K-th address in an inode's indirect block
//   bit BLOCK VALUE         of the bitmap
//   byte OFFSET VALUE       of the image
//   size BLOCKS             the image is cut
//
// Edits of what the image does not have (any more) do nothing.

#include <stdbool.h>

#include "kernel/types.h"
#include "kernel/param.h"
#include "kernel/stat.h"
#include "mkfs/image.h"
#include "tests/fuzz.h"

static struct image img;
static size_t file_bytes; // what is written of the image

static void
poke(size_t at, uint width, uint value)
{
	for (uint i = 0; i < width && at + i < img.length; i++)
		img.bytes[at + i] = (uchar)(value >> 8 * i);
}

// --- places ---

static const struct field super_fields[] = {{"magic", 0, 4}, {"size", 4, 4},
    {"nblocks", 8, 4}, {"ninodes", 12, 4}, {"nlog", 16, 4},
    {"logstart", 20, 4}, {"inodestart", 24, 4}, {"bmapstart", 28, 4}};

static const struct field inode_fields[] = {{"type", 0, 2}, {"major", 2, 2},
    {"minor", 4, 2}, {"nlink", 6, 2}, {"size", 8, 4}, {"a0", 12, 4},
    {"a1", 16, 4}, {"a2", 20, 4}, {"a3", 24, 4}, {"a4", 28, 4}, {"a5", 32, 4},
    {"a6", 36, 4}, {"a7", 40, 4}, {"a8", 44, 4}, {"a9", 48, 4}, {"a10", 52, 4},
    {"a11", 56, 4}, {"indirect", 60, 4}};

#define FIRST_ADDRESS 5 // in inode_fields

#define NOWHERE (~(size_t)0)

// All numbers are those of the good image: img.sb is never read again.
static size_t
inode_at(uint inum)
{
	if (inum >= img.sb.ninodes)
		return NOWHERE;
	return (size_t)IBLOCK(inum, img.sb) * BSIZE +
	       inum % IPB * sizeof(struct dinode);
}

static size_t
in_block(uint bno, uint offset)
{
	return bno == 0 || bno >= img.sb.size ? NOWHERE
	                                      : (size_t)bno * BSIZE + offset;
}

static size_t
entry_at(uint inum, uint slot)
{
	uint per_block = BSIZE / sizeof(struct dirent);
	struct dinode d;

	if (inum >= img.sb.ninodes)
		return NOWHERE;
	image_inode_read(&img, inum, &d);
	return in_block(image_inode_block(&img, &d, slot / per_block),
	    slot % per_block * (uint)sizeof(struct dirent));
}

static size_t
indirect_at(uint inum, uint k)
{
	struct dinode d;

	if (inum >= img.sb.ninodes || k >= NINDIRECT)
		return NOWHERE;
	image_inode_read(&img, inum, &d);
	return in_block(d.addrs[NDIRECT], 4 * k);
}

static void
poke_place(size_t at, uint width, uint value)
{
	if (at != NOWHERE)
		poke(at, width, value);
}

// --- edits ---

static void
set_bit(uint bno, uint value)
{
	size_t at;

	if (bno >= img.sb.size)
		return;
	at = (size_t)BBLOCK(bno, img.sb) * BSIZE + bno % BPB / 8;
	img.bytes[at] = (uchar)(img.bytes[at] & ~(1u << bno % 8)) |
	                (uchar)((value & 1) << bno % 8);
}

static void
set_field(const char *name, uint inum, uint value)
{
	const struct field *f =
	    find_field(inode_fields, COUNT(inode_fields), name);
	size_t at = inode_at(inum);

	if (at != NOWHERE)
		poke(at + f->at, f->width, value);
}

static void
set_super(const char *name, uint value)
{
	const struct field *f =
	    find_field(super_fields, COUNT(super_fields), name);

	poke(BSIZE + f->at, f->width, value);
}

static void
log_copy(uint k, uint from)
{
	if (k + 1 < img.sb.nlog && from < img.sb.size)
		memmove(image_block(&img, img.sb.logstart + 1 + k),
		    image_block(&img, from), BSIZE);
}

static void
cut(uint blocks)
{
	if ((size_t)blocks * BSIZE < file_bytes)
		file_bytes = (size_t)blocks * BSIZE;
}

static void
obey(const char *line)
{
	char f[16];
	uint a, b, c, v;

	if (sscanf(line, "super %15s %i", f, (int *)&v) == 2)
		set_super(f, v);
	else if (sscanf(line, "log %i %i", (int *)&a, (int *)&v) == 2)
		poke_place(
		    a < BSIZE / 4 ? in_block(img.sb.logstart, 4 * a) : NOWHERE,
		    4, v);
	else if (sscanf(line, "logcopy %i %i", (int *)&a, (int *)&v) == 2)
		log_copy(a, v);
	else if (sscanf(line, "inode %i %15s %i", (int *)&a, f, (int *)&v) ==
	         3)
		set_field(f, a, v);
	else if (sscanf(line, "entry %i %i %i", (int *)&a, (int *)&b,
	             (int *)&v) == 3)
		poke_place(entry_at(a, b), 2, v);
	else if (sscanf(line, "name %i %i %i %i", (int *)&a, (int *)&b,
	             (int *)&c, (int *)&v) == 4)
		poke_place(
		    c < DIRSIZ ? entry_at(a, b) + 2 + c : NOWHERE, 1, v);
	else if (sscanf(line, "indirect %i %i %i", (int *)&a, (int *)&b,
	             (int *)&v) == 3)
		poke_place(indirect_at(a, b), 4, v);
	else if (sscanf(line, "bit %i %i", (int *)&a, (int *)&v) == 2)
		set_bit(a, v);
	else if (sscanf(line, "byte %i %i", (int *)&a, (int *)&v) == 2)
		poke(a, 1, v);
	else if (sscanf(line, "size %i", (int *)&v) == 1)
		cut(v);
	else if (line[0] != '#' && line[0] != 0)
		die("not an edit", line);
}

// --- random edits ---

static uint
any_word(void)
{
	static const uint edges[] = {0, 1, 2, 3, 15, 16, 17, 255, 256, 1023,
	    1024, 1025, 4096, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fffffff,
	    0x80000000, 0xfffffffe, 0xffffffff, MAXFILE, MAXFILE * BSIZE,
	    MAXFILE * BSIZE + 1, NDIRECT * BSIZE, NDIRECT * BSIZE + 1};

	switch (pick(4)) {
	case 0:
		return pick(1u << 31) << 1;
	case 1:
		return (1u << pick(32)) + pick(3) - 1;
	default:
		return edges[pick(COUNT(edges))];
	}
}

// An inode in use; those of the programs that the guest needs to begin with
// (files in the root) are spared most of the time.
static uint
any_inode(void)
{
	struct dinode d;
	uint inum = ROOTINO;

	for (uint tries = 0; tries < 100; tries++) {
		inum = 1 + pick(img.sb.ninodes - 1);
		image_inode_read(&img, inum, &d);
		if (d.type == 0 || (d.type == T_FILE && inum < 8))
			continue;
		if (inum != ROOTINO || pick(4) == 0)
			break;
	}
	return inum;
}

static uint
any_directory(void)
{
	struct dinode d;
	uint inum = ROOTINO;

	for (uint tries = 0; tries < 100; tries++) {
		inum = any_inode();
		image_inode_read(&img, inum, &d);
		if (d.type == T_DIR)
			return inum;
	}
	return ROOTINO;
}

// A block that another inode has too, or one that no file may have.
static uint
any_block(void)
{
	const struct superblock *sb = &img.sb;
	const uint edges[] = {0, 1, 2, sb->logstart, sb->inodestart,
	    sb->bmapstart, image_data_start(&img) - 1, image_data_start(&img),
	    sb->size - 1, sb->size, sb->size + 1, 0xffffffff, 0x80000000};
	struct dinode d;

	switch (pick(4)) {
	case 0:
		return edges[pick(COUNT(edges))];
	case 1:
		return pick(sb->size + 8);
	case 2:
		return any_word();
	default:
		image_inode_read(&img, any_inode(), &d);
		return d.addrs[pick(pick(2) ? NDIRECT + 1 : 2)];
	}
}

static uint
any_number_of_inode(void)
{
	switch (pick(6)) {
	case 0:
		return ROOTINO;
	case 1:
		return any_word() & 0xffff;
	case 2:
		return img.sb.ninodes - 1 + pick(3);
	case 3:
		return any_directory();
	default:
		return any_inode();
	}
}

static uint
field_value(uint field)
{
	if (field >= FIRST_ADDRESS)
		return any_block();
	return pick(2) ? pick(5) : any_word();
}

static void
random_log(char lines[2][64])
{
	uint k = pick(4);

	sprintf(lines[0], "log 0 %u", pick(2) ? 1 + k : any_word());
	if (pick(2))
		sprintf(lines[1], "log %u %u", 1 + k, any_block());
	else
		sprintf(lines[1], "logcopy %u %u", k, any_block());
}

// Names in directories, and where the bytes are.
static void
random_small(char *line)
{
	switch (pick(4)) {
	case 0:
		sprintf(line, "bit %u %u", any_block(), pick(2));
		break;
	case 1:
		sprintf(line, "byte %u %u",
		    pick(image_data_start(&img) * BSIZE), pick(256));
		break;
	case 2:
		sprintf(line, "name %u %u %u %u", any_directory(), pick(6),
		    pick(3), pick(4) ? '.' : pick(256));
		break;
	default:
		sprintf(line, "super %s %u",
		    super_fields[pick(COUNT(super_fields))].name, any_word());
	}
}

// One edit, sometimes a second that makes it worse.
static void
random_edits(char lines[2][64])
{
	uint field = pick(COUNT(inode_fields)), inum = any_inode();

	lines[1][0] = 0;
	switch (pick(16)) {
	case 0:
		random_log(lines);
		break;
	case 1:
	case 2:
	case 3:
		random_small(lines[0]);
		break;
	case 4:
	case 5:
		sprintf(lines[0], "indirect %u %u %u", inum,
		    pick(pick(2) ? 4 : 256), any_block());
		break;
	case 6:
	case 7:
	case 8:
	case 9:
		sprintf(lines[0], "entry %u %u %u", any_directory(), pick(8),
		    any_number_of_inode());
		break;
	default:
		if (pick(100) == 0)
			sprintf(lines[0], "size %u", pick(img.sb.size));
		else
			sprintf(lines[0], "inode %u %s %u", inum,
			    inode_fields[field].name, field_value(field));
	}
}

static void
damage(const char *recipe)
{
	uint n = 1 + pick(6);
	FILE *f = fopen(recipe, "w");

	if (f == NULL)
		die("cannot write", recipe);
	while (n-- > 0) {
		char lines[2][64];

		random_edits(lines);
		for (int i = 0; i < 2 && lines[i][0]; i++) {
			obey(lines[i]);
			fprintf(f, "%s\n", lines[i]);
		}
	}
	if (fclose(f) != 0)
		die("cannot write", recipe);
}

// --- files ---

static void
load(const char *path)
{
	if (image_load(&img, path) != 0 || img.length < 3 * BSIZE ||
	    img.sb.magic != FSMAGIC || img.length / BSIZE < img.sb.size)
		die("no good image", path);
	file_bytes = img.length;
}

static void
save(const char *path)
{
	FILE *f = fopen(path, "wb");

	if (f == NULL || fwrite(img.bytes, 1, file_bytes, f) != file_bytes ||
	    fclose(f) != 0)
		die("cannot write", path);
}

static bool
same_blocks(const struct image *a, const struct image *b, uint from, uint to)
{
	bool same = true;

	for (uint bno = from; bno < to; bno++) {
		if (memcmp(image_block(a, bno), image_block(b, bno), BSIZE)) {
			printf("block %u was written\n", bno);
			same = false;
		}
	}
	return same;
}

// The boot block, the superblock and all behind the file system's end are
// nobody's to write; nothing is, if the superblock is none.
static int
compare(const char *before, const char *after)
{
	struct image a, b;
	uint blocks, end;
	bool same;

	if (image_load(&a, before) != 0 || image_load(&b, after) != 0)
		die("cannot read", before);
	if (a.length != b.length)
		die("another length", after);
	blocks = (uint)(a.length / BSIZE);
	end = blocks < 2 || a.sb.magic != FSMAGIC ? 0 : a.sb.size;
	same = same_blocks(&a, &b, 0, blocks < 2 ? blocks : 2);
	if (end < blocks)
		same &= same_blocks(&a, &b, end < 2 ? 2 : end, blocks);
	return same ? 0 : 1;
}

int
main(int argc, char **argv)
{
	if (argc == 4 && strcmp(argv[1], "-c") == 0)
		return compare(argv[2], argv[3]);
	if (argc == 6 && strcmp(argv[1], "-s") == 0) {
		random_state = strtoul(argv[2], NULL, 10) << 20;
		load(argv[3]);
		damage(argv[5]);
	} else if (argc == 5 && strcmp(argv[1], "-r") == 0) {
		load(argv[3]);
		apply(argv[2], obey);
	} else {
		die("usage", "fuzz_image -s SEED GOOD OUT RECIPE | "
		             "-r RECIPE GOOD OUT | -c BEFORE AFTER");
	}
	save(argv[4]);
	return 0;
}
