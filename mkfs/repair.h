// Repairs a file-system image in memory.
//
// The rules, in the order in which they are applied; each change is a line:
//
//   types       an inode of unknown type is a directory if its first entry is
//               itself as ".", else a file; a root that is no directory
//               becomes an empty one
//   addresses   one that is no data block is dropped.  Of two that name the
//               same block the second gets a copy.  A table of addresses that
//               anything else names is copied before it is mended
//   sizes       blocks missing at the end are cut off, others become zeros
//   devices     one that cannot be is freed
//   entries     "." and ".." are set right; dropped are names that cannot be,
//               the second of a name, what leads to no inode, and a second way
//               to a directory (the one that its ".." agrees with stays)
//   unreached   inodes without links (unlinked while open) and empty files are
//               freed; the rest goes to /lost+found as inode-N, whole trees by
//               their topmost directory
//   links       are as many as entries name the inode
//   bitmap      has what is in use
//
// So no contents are lost that a sound address leads to, and a file that
// nothing damaged refers to keeps its inode, its blocks and its name.
#ifndef MKFS_REPAIR_H
#define MKFS_REPAIR_H

#include "image.h"

struct repair {
	struct image *img;
	uint *claims;  // per block: addresses that named it at the start
	uint *owner;   // per block: inode that has it, 0 = none
	uint *parent;  // per inode: directory it was reached from, 0 = not
	uint *links;   // per inode: entries that name it
	uint *pending; // directories reached, in order
	uint npending, walked;
	uint lost; // where unreached inodes go, 0 = not decided
};

// The superblock is sound, and the log empty.  Returns 0, or -1 if there is no
// room to save what was not reached: the image is of no use then.
int repair_image(struct image *img);

// repair.c

// Says what has been done.
void repaired(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

// A zeroed block for the inode, 0 if there is none free.
uint repair_block_new(struct repair *r, uint inum);

// repair_tree.c: entries and what they do not lead to.  -1 as above.
int repair_tree(struct repair *r);

#endif
