// The mounted file system's geometry, from its superblock.
#ifndef FS_SUPER_H
#define FS_SUPER_H

#include <stdbool.h>
#include "kernel/types.h"
#include "kernel/fs.h"

// All [I] once super_adopt() has returned.
struct geometry {
	struct superblock sb;
	uint ninodes;    // that can be used: a directory entry has 16 bits
	uint data_start; // first data block; they end at sb.size
};

extern struct geometry fs_geo;

#define SUPER_BLOCK 1

// Checks every field against the others and the disk's size, and takes the
// superblock over.  Panics, naming the field, if one is wrong.
void super_adopt(const struct superblock *sb, uint64 disk_blocks);

// True if no may hold a file's or a directory's contents.
static inline bool
is_data_block(uint no)
{
	return no >= fs_geo.data_start && no < fs_geo.sb.size;
}

#endif
