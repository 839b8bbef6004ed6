// Checks a file-system image and names every inconsistency in one line.
//
//   fsck [-r] IMG     exit status 0: clean; 1: not, or it cannot be read
//
// The file is never written: -r recovers in memory as the next mount would,
// and checks the outcome.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "kernel/types.h"
#include "kernel/param.h"
#include "check.h"

// The regions behind each other, each with the room that it needs.
static bool
check_layout(struct check *c)
{
	const struct superblock *sb = &c->img->sb;
	uint data = image_data_start(c->img);
	const struct {
		const char *name;
		uint start, need, limit;
	} regions[] = {
	    {"log", sb->logstart, sb->nlog, sb->inodestart},
	    {"inodes", sb->inodestart, (sb->ninodes + IPB - 1) / IPB,
	     sb->bmapstart},
	    {"bitmap", sb->bmapstart, (sb->size + BPB - 1) / BPB, data},
	};
	uint before = c->problems;

	if (sb->logstart < 2)
		report(c,
		       "superblock: log starts at block %u, on the superblock",
		       sb->logstart);
	for (int i = 0; i < 3; i++) {
		// Subtract, for a sum of wild numbers may wrap.
		if (regions[i].start > regions[i].limit ||
		    regions[i].limit - regions[i].start < regions[i].need)
			report(c,
			       "superblock: %s at block %u, %u blocks, runs "
			       "into block %u",
			       regions[i].name, regions[i].start,
			       regions[i].need, regions[i].limit);
	}
	return c->problems == before;
}

bool
check_super(struct check *c)
{
	const struct image *img = c->img;
	const struct superblock *sb = &img->sb;
	uint before = c->problems;

	if (img->length < 2 * BSIZE) {
		report(c, "superblock: missing, the file has only %zu bytes",
		       img->length);
		return false;
	}
	if (sb->magic != FSMAGIC) {
		report(c,
		       "superblock: magic is 0x%x, not 0x%x: not such a file "
		       "system",
		       sb->magic, FSMAGIC);
		return false;
	}
	if (img->length != (size_t)sb->size * BSIZE)
		report(c,
		       "superblock: size is %u blocks, but the file has %zu "
		       "bytes, %.1f blocks",
		       sb->size, img->length, img->length / (double)BSIZE);
	if (sb->size > IMAGE_MAX_BLOCKS || sb->nblocks > sb->size)
		report(c, "superblock: %u data blocks of %u cannot be",
		       sb->nblocks, sb->size);
	if (sb->ninodes < 2 || sb->ninodes > IMAGE_MAX_INODES)
		report(c, "superblock: %u inodes, not 2..%u", sb->ninodes,
		       IMAGE_MAX_INODES);
	// A header, and the blocks of the largest operation.
	if (sb->nlog <= MAXOPBLOCKS)
		report(c, "superblock: log of %u blocks", sb->nlog);
	return c->problems == before && check_layout(c);
}

bool
check_log(struct check *c)
{
	const struct image *img = c->img;
	const struct superblock *sb = &img->sb;
	uchar *header = image_block(img, sb->logstart);
	uint n = image_get32(header);
	uint first = sb->logstart + sb->nlog;
	uint before = c->problems;

	if (n == 0)
		return true;
	if (n > sb->nlog - 1 || n > LOG_MAX_ENTRIES) {
		report(c, "log: header counts %u blocks, the log holds %u", n,
		       sb->nlog - 1);
		return false;
	}
	for (uint i = 1; i <= n; i++) {
		uint bno = image_get32(header + 4 * i);

		if (bno < first || bno >= sb->size)
			report(c, "log: entry %u is for block %u, not %u..%u",
			       i - 1, bno, first, sb->size - 1);
	}
	if (c->problems != before)
		return false;
	if (!c->recovering) {
		report(c, "log: needs recovery, %u blocks", n);
		return false;
	}
	for (uint i = 1; i <= n; i++)
		memcpy(image_block(img, image_get32(header + 4 * i)),
		       image_block(img, sb->logstart + i), BSIZE);
	memset(header, 0, BSIZE);
	printf("log: replayed, %u blocks\n", n);
	return true;
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

// With an unfinished transaction in the log, the rest is expected to be
// inconsistent: it is not looked at.
static void
check_all(struct check *c)
{
	const struct superblock *sb = &c->img->sb;

	if (!check_super(c) || !check_log(c))
		return;
	c->owner = table(sb->size);
	c->parent = table(sb->ninodes);
	c->links = table(sb->ninodes);
	c->pending = table(sb->ninodes);
	check_inodes(c);
	check_bitmap(c);
	check_tree(c);
	check_links(c);
	free(c->owner);
	free(c->parent);
	free(c->links);
	free(c->pending);
}

int
main(int argc, char **argv)
{
	struct image img;
	struct check c = {.img = &img};
	bool bad = false;
	int opt, error;

	while ((opt = getopt(argc, argv, "r")) != -1) {
		c.recovering |= opt == 'r';
		bad |= opt != 'r';
	}
	if (bad || optind != argc - 1) {
		fputs("usage: fsck [-r] IMG\n", stderr);
		return 1;
	}
	error = image_load(&img, argv[optind]);
	if (error) {
		fprintf(stderr, "fsck: %s: %s\n", argv[optind],
			strerror(error));
		return 1;
	}
	check_all(&c);
	if (c.problems)
		printf("%s: %u problem%s\n", argv[optind], c.problems,
		       c.problems == 1 ? "" : "s");
	else
		printf("%s: clean\n", argv[optind]);
	image_free(&img);
	return c.problems != 0;
}
