// What makes a superblock acceptable.
//
// Everything read from the disk later is checked against these numbers, so
// they must be sound themselves: the regions lie in the order of kernel/fs.h
// without overlap and inside the disk.  Sums are taken in 64 bits, so that no
// field can make one wrap around.

#include "fs/super.h"
#include "fs/logformat.h"
#include "kernel/param.h"
#include "lib/printf.h"

#define LOG_FIRST 2 // behind the boot block and the superblock

struct geometry fs_geo;

struct rule {
	bool holds;
	const char *field;
	uint value;
	const char *want;
};

static uint64
blocks_for(uint64 items, uint64 per_block)
{
	return (items + per_block - 1) / per_block;
}

void
super_adopt(const struct superblock *sb, uint64 disk_blocks)
{
	uint64 data = (uint64)sb->size - sb->nblocks;
	uint64 log_end = (uint64)sb->logstart + sb->nlog;
	uint64 inode_end = sb->inodestart + blocks_for(sb->ninodes, IPB);
	uint64 bmap_end = sb->bmapstart + blocks_for(sb->size, BPB);
	// In an order in which each rule may rely on those before it.
	const struct rule rules[] = {
	    {sb->size <= disk_blocks, "size", sb->size,
	        "no more blocks than the disk has"},
	    {sb->nblocks > 0 && sb->nblocks < sb->size, "nblocks",
	        sb->nblocks, "some, but fewer than size"},
	    {sb->logstart >= LOG_FIRST, "logstart", sb->logstart,
	        "behind the superblock"},
	    {sb->nlog > MAXOPBLOCKS, "nlog", sb->nlog,
	        "a header and room for one operation"},
	    {log_end <= sb->inodestart, "inodestart", sb->inodestart,
	        "behind the log"},
	    {sb->ninodes > ROOTINO, "ninodes", sb->ninodes,
	        "at least the root's"},
	    {inode_end <= sb->bmapstart, "bmapstart", sb->bmapstart,
	        "behind the inodes"},
	    {bmap_end <= data, "nblocks", sb->nblocks,
	        "no more than what is left behind the bitmap"},
	};

	if (sb->magic != FSMAGIC && sb->magic != LONG_LOG_MAGIC)
		panic("root disk: no file system of ours on it "
		      "(magic 0x%x, want 0x%x); make one with mkfs",
		    sb->magic, FSMAGIC);
	for (uint i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		if (!rules[i].holds)
			panic("root disk: corrupt superblock: %s is %u, "
			      "want %s (the disk has %lu blocks)",
			    rules[i].field, rules[i].value, rules[i].want,
			    disk_blocks);
	fs_geo.sb = *sb;
	fs_geo.data_start = (uint)data;
	fs_geo.ninodes = sb->ninodes < 65536 ? sb->ninodes : 65536;
}
