// Builds a file-system image (format: kernel/fs.h) from host files.
//
// First the whole contents are known (manifest.h), then the size is chosen or
// checked, then blocks are laid out in rising order, and the file is written
// last.  The same arguments and contents make the same bytes: no times, no
// order of host directories.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "kernel/types.h"
#include "kernel/fs.h"
#include "kernel/param.h"
#include "kernel/stat.h"
#include "fail.h"
#include "image.h"
#include "manifest.h"

#define AUTO 0 // choose from the contents

#define DEFAULT_INODES 200
// The largest operation, and the header.
#define LEAST_LOG (MAXOPBLOCKS + 1)
// Free space of an image whose size follows its contents: a large file or
// two of whoever runs it, more if the image is large.
#define SPARE_BLOCKS(used) (1024 + (used) / 4)
#define SPARE_INODES(used) (100 + (used) / 4)

struct options {
	uint blocks; // or AUTO
	uint inodes; // or AUTO
	uint nlog;   // log header included
	const char *output;
};

static const char usage[] =
    "usage: mkfs [-b blocks|auto] [-i inodes|auto] [-l logblocks]\n"
    "            [-D major:minor:path]... [-d directory]...\n"
    "            OUT.img [FILE | FILE=path-in-image]...\n";

// A decimal number in least..most, ending at the character end.
static uint
parse_number(const char **text, char end, uint least, uint most,
	     const char *what)
{
	const char *at = *text;
	char *stop;
	unsigned long v;

	errno = 0;
	v = strtoul(at, &stop, 10);
	if (*at < '0' || *at > '9' || *stop != end || errno || v < least ||
	    v > most)
		fail("%s: %s must be %u..%u", *text, what, least, most);
	*text = *stop ? stop + 1 : stop;
	return v;
}

static uint
parse_size(const char *text, uint least, uint most, const char *what)
{
	if (strcmp(text, "auto") == 0)
		return AUTO;
	return parse_number(&text, '\0', least, most, what);
}

static void
add_device(struct entry *root, const char *text)
{
	short major, minor;

	major = parse_number(&text, ':', 0, NDEV - 1, "device major");
	minor = parse_number(&text, ':', 0, 0x7fff, "device minor");
	manifest_add_device(root, major, minor, text);
}

// FILE goes to the root under its own name, less the _ that marks programs
// built for the image; FILE=path goes where it says.
static void
add_file(struct entry *root, const char *arg)
{
	const char *equals = strchr(arg, '=');
	const char *slash = strrchr(arg, '/');
	const char *base = slash ? slash + 1 : arg;
	char *source;

	if (!equals) {
		manifest_add_file(root, arg, *base == '_' ? base + 1 : base);
		return;
	}
	source = strndup(arg, equals - arg);
	if (!source)
		fail("out of memory");
	manifest_add_file(root, source, equals + 1);
	free(source);
}

// Host directories wait until the image's name is known, so that an error in
// them takes the old image away.
static struct options
parse_arguments(int argc, char **argv, struct entry *root)
{
	struct options o = {FSSIZE, DEFAULT_INODES, LOGSIZE + 1, NULL};
	int c, ntrees = 0;
	char **trees = calloc(argc, sizeof(*trees));

	if (!trees)
		fail("out of memory");
	while ((c = getopt(argc, argv, "b:i:l:D:d:")) != -1) {
		if (c == 'b')
			o.blocks = parse_size(optarg, 1, IMAGE_MAX_BLOCKS,
					      "number of blocks");
		else if (c == 'i')
			o.inodes = parse_size(optarg, 2, IMAGE_MAX_INODES,
					      "number of inodes");
		else if (c == 'l')
			o.nlog = parse_number((const char **)&optarg, '\0',
					      LEAST_LOG, LOG_MAX_ENTRIES + 1,
					      "number of log blocks");
		else if (c == 'D')
			add_device(root, optarg);
		else if (c == 'd')
			trees[ntrees++] = optarg;
		else
			break;
	}
	if (c != -1 || optind == argc) {
		fputs(usage, stderr);
		exit(1);
	}
	o.output = argv[optind++];
	fail_removes(o.output);
	for (int i = 0; i < ntrees; i++)
		manifest_add_tree(root, trees[i]);
	while (optind < argc)
		add_file(root, argv[optind++]);
	free(trees);
	return o;
}

// Settles AUTO sizes and refuses sizes that cannot hold the contents.
static void
choose_sizes(struct options *o, const struct entry *root)
{
	uint data = 0, inodes = 1, overhead; // inode 0 is not used

	manifest_measure(root, &data, &inodes);
	if (o->inodes == AUTO) {
		o->inodes = inodes + SPARE_INODES(inodes);
		if (o->inodes < DEFAULT_INODES)
			o->inodes = DEFAULT_INODES;
		if (o->inodes > IMAGE_MAX_INODES)
			o->inodes = IMAGE_MAX_INODES;
	}
	if (inodes > o->inodes)
		fail("%s: contents take %u inodes, the image has %u",
		     o->output, inodes, o->inodes);
	if (o->blocks == AUTO) {
		uint want = data + SPARE_BLOCKS(data);
		uint rough = image_overhead(want, o->inodes, o->nlog) + want;

		// The bitmap covers itself and the rest, a little more.
		o->blocks = want + image_overhead(rough, o->inodes, o->nlog);
	}
	overhead = image_overhead(o->blocks, o->inodes, o->nlog);
	if (overhead + data > o->blocks)
		fail("%s: contents take %u blocks, the image has %u",
		     o->output, overhead + data, o->blocks);
}

static void
copy_contents(struct image *img, uint inum, const struct entry *e)
{
	static char buf[16 * BSIZE];
	size_t n, total = 0;
	FILE *f = fopen(e->source, "rb");

	if (!f)
		fail("%s: %s", e->source, strerror(errno));
	while ((n = fread(buf, 1, sizeof(buf), f)) > 0) {
		total += n;
		if (total > e->size)
			break;
		int error = image_append(img, inum, buf, n);

		if (error)
			fail("%s: %s", e->source, strerror(error));
	}
	if (ferror(f))
		fail("%s: %s", e->source, strerror(errno));
	if (total != e->size)
		fail("%s: changed while it was being copied", e->source);
	fclose(f);
}

static void
enter(struct image *img, uint dir, const char *name, uint inum)
{
	int error = image_enter(img, dir, name, inum);

	if (error)
		fail("%s: %s", name, strerror(error));
}

static uint
new_inode(struct image *img, const struct entry *e)
{
	static const short types[] = {[ENTRY_DIRECTORY] = T_DIR,
				      [ENTRY_FILE] = T_FILE,
				      [ENTRY_DEVICE] = T_DEVICE};
	struct dinode d = {.type = types[e->kind],
			   .major = e->major,
			   .minor = e->minor,
			   .nlink = 1};
	uint inum;

	// A directory's links: the entry for it, and the .. of each directory
	// in it, but not its own "." .
	for (const struct entry *c = e->children; c; c = c->next)
		if (c->kind == ENTRY_DIRECTORY)
			d.nlink++;
	inum = image_inode_new(img, &d);
	if (inum == 0)
		fail("%s: out of inodes", e->name);
	return inum;
}

// Fills a directory completely before it goes into the ones below, so that
// its blocks lie together.
static void
build_directory(struct image *img, const struct entry *e, uint self,
		uint parent)
{
	uint child = img->next_inode;

	enter(img, self, ".", self);
	enter(img, self, "..", parent);
	for (const struct entry *c = e->children; c; c = c->next)
		enter(img, self, c->name, new_inode(img, c));
	for (const struct entry *c = e->children; c; c = c->next, child++) {
		if (c->kind == ENTRY_FILE)
			copy_contents(img, child, c);
		else if (c->kind == ENTRY_DIRECTORY)
			build_directory(img, c, child, self);
	}
}

int
main(int argc, char **argv)
{
	struct entry *root = manifest_new();
	struct options o = parse_arguments(argc, argv, root);
	struct image img;
	uint rootino;
	int error;

	choose_sizes(&o, root);
	error = image_format(&img, o.blocks, o.inodes, o.nlog);
	if (error)
		fail("%s: %s", o.output, strerror(error));
	rootino = new_inode(&img, root);
	build_directory(&img, root, rootino, rootino);
	error = image_save(&img, o.output);
	if (error)
		fail("%s: %s", o.output, strerror(error));
	image_free(&img);
	return 0;
}
