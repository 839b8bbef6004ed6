// Makes images that our mkfs does not make: laid out by other rules, and with
// a transaction in the log that was never finished.
//
//   imagetool relayout IN OUT BLOCKS INODES LOGBLOCKS
//
// copies the file system of IN to OUT with another geometry: a block more than
// needed behind the inodes and behind the bitmap, the root directory's size
// rounded up to a block with free entries, something in the boot block, and
// leftovers in the log.
//
//   imagetool dirty BEFORE AFTER OUT [TEAR]
//
// makes OUT from two images of one geometry: BEFORE, with a committed log
// whose replay makes AFTER of it.  With TEAR, the crash came while the blocks
// were being written home: every other one of them is junk.
//
//   imagetool same A B
//
// fails if any block behind the log differs.
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "kernel/types.h"
#include "kernel/fs.h"
#include "mkfs/image.h"

#define LOG_START 2

__attribute__((noreturn, format(printf, 1, 2))) static void
die(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	exit(1);
}

static void
load(struct image *img, const char *path)
{
	int error = image_load(img, path);

	if (error)
		die("%s: %s", path, strerror(error));
	if (img->sb.magic != FSMAGIC)
		die("%s: no file system", path);
}

static void
save(struct image *img, const char *path)
{
	int error;

	img->next_block = img->sb.size; // all of them count
	error = image_save(img, path);

	if (error)
		die("%s: %s", path, strerror(error));
}

static void
put32(void *to, uint value)
{
	for (int i = 0; i < 4; i++)
		((uchar *)to)[i] = value >> 8 * i;
}

static uint
number(const char *text)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	if (end == text || *end || n == 0 || n > 1 << 20)
		die("%s: not a number that will do", text);
	return n;
}

static void
write_super(struct image *img)
{
	const struct superblock *sb = &img->sb;
	const uint fields[] = {sb->magic, sb->size, sb->nblocks, sb->ninodes,
	    sb->nlog, sb->logstart, sb->inodestart, sb->bmapstart};

	for (int i = 0; i < 8; i++)
		put32(image_block(img, 1) + 4 * i, fields[i]);
}

static void
mark(struct image *img, uint bno)
{
	image_block(img, img->sb.bmapstart + bno / BPB)[bno % BPB / 8] |=
	    1 << bno % 8;
}

static void
start_image(struct image *img, uint blocks, uint inodes, uint nlog)
{
	uint ninode = inodes / IPB + 1, nbitmap = blocks / BPB + 1;
	uint data = LOG_START + nlog + ninode + nbitmap;

	if (data >= blocks)
		die("%u blocks are too few", blocks);
	memset(img, 0, sizeof(*img));
	img->length = (size_t)blocks * BSIZE;
	img->bytes = calloc(blocks, BSIZE);
	if (!img->bytes)
		die("out of memory");
	img->sb = (struct superblock){.magic = FSMAGIC,
	    .size = blocks,
	    .nblocks = blocks - data,
	    .ninodes = inodes,
	    .nlog = nlog,
	    .logstart = LOG_START,
	    .inodestart = LOG_START + nlog,
	    .bmapstart = LOG_START + nlog + ninode};
	write_super(img);
	for (uint b = 0; b < data; b++)
		mark(img, b);
}

// What earlier use has left: a boot loader, and a log that is empty but not
// blank.
static void
leave_traces(struct image *img)
{
	memset(image_block(img, 0), 0xb7, BSIZE);
	for (uint i = 0; i < img->sb.nlog; i++)
		memset(image_block(img, LOG_START + i), 0xee, BSIZE);
	put32(image_block(img, LOG_START), 0);
}

// The blocks of all files, further back or forward by the same distance.
static uint
moved(const struct image *from, const struct image *to, uint bno)
{
	return bno ? bno - image_data_start(from) + image_data_start(to) : 0;
}

static void
copy_blocks(const struct image *from, struct image *to)
{
	for (uint b = image_data_start(from); b < from->sb.size; b++) {
		uint target = moved(from, to, b);

		if (!image_block_marked(from, b))
			continue;
		if (target >= to->sb.size)
			die("the contents do not fit");
		memcpy(image_block(to, target), image_block(from, b), BSIZE);
		mark(to, target);
	}
}

static void
copy_inode(const struct image *from, struct image *to, uint inum)
{
	struct dinode d;
	uchar *indirect;

	image_inode_read(from, inum, &d);
	if (d.type == 0)
		return;
	if (inum >= to->sb.ninodes)
		die("the inodes do not fit");
	for (uint i = 0; i <= NDIRECT; i++)
		d.addrs[i] = moved(from, to, d.addrs[i]);
	if (d.addrs[NDIRECT]) {
		indirect = image_block(to, d.addrs[NDIRECT]);
		for (uint i = 0; i < NINDIRECT; i++)
			put32(indirect + 4 * i,
			    moved(from, to, image_get32(indirect + 4 * i)));
	}
	if (inum == ROOTINO)
		d.size = (d.size + BSIZE - 1) / BSIZE * BSIZE;
	image_inode_write(to, inum, &d);
}

static void
relayout(char **argv)
{
	struct image from, to;

	load(&from, argv[0]);
	start_image(&to, number(argv[2]), number(argv[3]), number(argv[4]));
	leave_traces(&to);
	copy_blocks(&from, &to);
	for (uint i = ROOTINO; i < from.sb.ninodes; i++)
		copy_inode(&from, &to, i);
	save(&to, argv[1]);
}

static int
differ(const struct image *a, const struct image *b, uint bno)
{
	return memcmp(image_block(a, bno), image_block(b, bno), BSIZE) != 0;
}

static void
load_pair(struct image *a, struct image *b, char **argv)
{
	load(a, argv[0]);
	load(b, argv[1]);
	if (memcmp(&a->sb, &b->sb, sizeof(a->sb)) != 0)
		die("%s and %s have not the same geometry", argv[0], argv[1]);
}

static void
dirty(char **argv, int tear)
{
	struct image before, after;
	uchar *header;
	uint n = 0;

	load_pair(&before, &after, argv);
	header = image_block(&before, before.sb.logstart);
	for (uint b = before.sb.inodestart; b < before.sb.size; b++) {
		if (!differ(&before, &after, b))
			continue;
		if (++n >= before.sb.nlog || n > LOG_MAX_ENTRIES)
			die("the log is too small");
		put32(header + 4 * n, b);
		memcpy(image_block(&before, before.sb.logstart + n),
		    image_block(&after, b), BSIZE);
		if (tear && n % 2 == 1)
			memset(image_block(&before, b), 0xdb, BSIZE);
	}
	if (n == 0)
		die("%s and %s are the same", argv[0], argv[1]);
	put32(header, n);
	save(&before, argv[2]);
	printf("%u blocks in the log\n", n);
}

static void
same(char **argv)
{
	struct image a, b;
	uint n = 0;

	load_pair(&a, &b, argv);
	for (uint i = a.sb.inodestart; i < a.sb.size; i++)
		n += differ(&a, &b, i);
	if (n)
		die("%u blocks differ", n);
}

int
main(int argc, char **argv)
{
	if (argc == 7 && strcmp(argv[1], "relayout") == 0)
		relayout(argv + 2);
	else if ((argc == 5 || argc == 6) && strcmp(argv[1], "dirty") == 0)
		dirty(argv + 2, argc == 6);
	else if (argc == 4 && strcmp(argv[1], "same") == 0)
		same(argv + 2);
	else
		die("usage: imagetool relayout IN OUT BLOCKS INODES "
		    "LOGBLOCKS\n"
		    "       imagetool dirty BEFORE AFTER OUT [TEAR]\n"
		    "       imagetool same A B");
	return 0;
}
