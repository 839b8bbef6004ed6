// Checks a file-system image, names every inconsistency in one line, and
// repairs it if asked to.
//
//   fsck IMG      status 0: clean; 1: not, or it cannot be read
//   fsck -m IMG   the same of what the next mount will make of it
//   fsck -r IMG   does what the mount would and repairs the rest (repair.h),
//                 saying what; status 0: it is clean now
//
// The file is written by -r only, in place, and only if the outcome is clean:
// an image whose superblock is not understood stays as it is.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "kernel/types.h"
#include "kernel/param.h"
#include "kernel/fs/logformat.h"
#include "check.h"
#include "repair.h"

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
	if (sb->magic != FSMAGIC && sb->magic != LONG_LOG_MAGIC) {
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

// A log that lists what cannot be says nothing about the blocks in it.
static bool
forget_log(struct check *c)
{
	if (!c->repairing)
		return false;
	memset(image_block(c->img, c->img->sb.logstart), 0, BSIZE);
	repaired("log: emptied");
	return true;
}

// Writes home what a mount would, which may be less than the header counts:
// commits that a power cut has kept from the disk were never made.
static void
replay_log(struct check *c, uint listed)
{
	const struct image *img = c->img;
	uint log = img->sb.logstart;
	uchar *header = image_block(img, log);
	uint n = log_replay((const union log_header *)header,
			    image_block(img, log + 1));

	for (uint i = 1; i <= n; i++)
		memcpy(image_block(img, image_get32(header + 4 * i)),
		       image_block(img, log + i), BSIZE);
	memset(header, 0, BSIZE);
	printf("log: replayed, %u blocks\n", n);
	if (n < listed)
		printf("log: %u blocks are at home, or of no whole commit\n",
		       listed - n);
	c->recovered++;
}

// While the log may be a long one, the superblock says so.
static bool
check_guard(struct check *c)
{
	if (c->img->sb.magic == FSMAGIC)
		return true;
	if (!c->recovering) {
		report(c, "log: needs recovery, it may be a long one");
		return false;
	}
	c->img->sb.magic = FSMAGIC;
	image_put32(image_block(c->img, 1), FSMAGIC);
	printf("log: no longer a long one\n");
	c->recovered++;
	return true;
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

	if (!check_guard(c))
		return false;
	if (n == 0)
		return true;
	if (n > sb->nlog - 1 || n > LOG_MAX_ENTRIES) {
		report(c, "log: header counts %u blocks, the log holds %u", n,
		       sb->nlog - 1);
		return forget_log(c);
	}
	for (uint i = 1; i <= n; i++) {
		uint bno = image_get32(header + 4 * i);

		if (bno < first || bno >= sb->size)
			report(c, "log: entry %u is for block %u, not %u..%u",
			       i - 1, bno, first, sb->size - 1);
	}
	if (c->problems != before)
		return forget_log(c);
	if (!c->recovering) {
		report(c, "log: needs recovery, %u blocks", n);
		return false;
	}
	replay_log(c, n);
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
// inconsistent: it is not looked at.  False if there was no looking at all.
static bool
check_all(struct check *c)
{
	const struct superblock *sb = &c->img->sb;

	if (!check_super(c) || !check_log(c))
		return false;
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
	return true;
}

// Repairs what was found by c and writes it to path.  Returns why that cannot
// be done, or NULL.
static const char *
repair(struct check *c, const char *path)
{
	struct check outcome = {.img = c->img};
	int error;

	if (repair_image(c->img) < 0)
		return "there is no room";
	check_all(&outcome);
	if (outcome.problems)
		return "these problems are left";
	error = image_update(c->img, path);
	return error ? strerror(error) : NULL;
}

// Status of fsck, after a last line.
static int
conclude(struct check *c, bool understood, const char *path)
{
	const char *plural = c->problems == 1 ? "" : "s", *why = NULL;

	if (c->repairing && !understood)
		why = "the superblock is not understood";
	else if (c->repairing && c->problems + c->recovered > 0)
		why = repair(c, path);
	if (why)
		printf("%s: not repaired, and left as it was: %s\n", path,
		       why);
	else if (c->problems == 0)
		printf("%s: clean\n", path);
	else
		printf("%s: %u problem%s%s\n", path, c->problems, plural,
		       c->repairing ? ", repaired" : "");
	return why || (c->problems && !c->repairing);
}

int
main(int argc, char **argv)
{
	struct image img;
	struct check c = {.img = &img};
	bool bad = false;
	int opt, error;

	while ((opt = getopt(argc, argv, "mr")) != -1) {
		c.recovering |= opt == 'm' || opt == 'r';
		c.repairing |= opt == 'r';
		bad |= opt != 'm' && opt != 'r';
	}
	if (bad || optind != argc - 1) {
		fputs("usage: fsck [-m | -r] IMG\n", stderr);
		return 1;
	}
	error = image_load(&img, argv[optind]);
	if (error) {
		fprintf(stderr, "fsck: %s: %s\n", argv[optind],
			strerror(error));
		return 1;
	}
	bad = conclude(&c, check_all(&c), argv[optind]);
	image_free(&img);
	return bad;
}
