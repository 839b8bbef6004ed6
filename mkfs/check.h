// Consistency of a file-system image: what must hold, each with a message of
// its own when it does not.
//
//   superblock  regions in order, apart, and as long as their contents need;
//               size == blocks of the file
//   log         empty (its transaction is in place)
//   inodes      known type; size within MAXFILE; every block below the size
//               present; every address a data block
//   blocks      one owner each: bitmap bit == (metadata or owned by an inode)
//   directories slots 0 and 1 are . and .. ; names valid and single; entries
//               lead to allocated inodes, to a directory from one place only
//   links       nlink == entries that name the inode, "." not counted;
//               every allocated inode reached from the root (one that was
//               unlinked while open a crash may leave behind: the next mount
//               frees it)
#ifndef MKFS_CHECK_H
#define MKFS_CHECK_H

#include "image.h"

struct check {
	struct image *img;
	bool recovering; // judge what the next mount will make of the image
	bool repairing;	 // and go on where a repair begins with forgetting
	uint problems;	 // lines printed by report
	uint recovered;	 // things that the mount would do
	uint *owner;	 // per block: inode that has it, 0 = none
	uint *parent;	 // per inode: directory it was reached from, 0 = not
	uint *links;	 // per inode: entries found that name it
	uint *pending;	 // directories reached, in order
	uint npending;
};

// Prints one line about one inconsistency, and counts it.
void report(struct check *c, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

// False if the superblock is so wrong that the rest cannot be looked at.
bool check_super(struct check *c);

// Looks for a committed transaction in the log, and puts it in place if
// recovering; false if there is one that is not in place after that.  One that
// cannot be is forgotten if repairing.
bool check_log(struct check *c);

// The rest, in this order; the superblock is good.
void check_inodes(struct check *c);
void check_bitmap(struct check *c);
void check_tree(struct check *c);
void check_links(struct check *c);

#endif
