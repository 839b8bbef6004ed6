// Programs kept ready for exec.
//
// An image is an address space that never runs: the program's segments loaded,
// its stack's place reserved.  exec makes a process's address space from it the
// way fork does, so a program that was executed lately costs no file reads: its
// text is shared, its data copy-on-write.
#ifndef PROC_IMAGE_H
#define PROC_IMAGE_H

#include <stdbool.h>
#include "kernel/types.h"

struct aspace;
struct inode;

struct image {
	uint32 refs;       // [a] the cache, and execs at work
	uint64 stamp;      // [I] of the file's contents (inode_stamp)
	uint64 entry;      // [I] first instruction
	uint frames;       // [I] that were made for it, tables included
	struct aspace *as; // [I]
} __attribute__((aligned(64)));

void image_init(void); // boot

// The image of the file, with a reference; loads it if need be.  NULL if it is
// no program or memory is short.  The inode is not locked.
struct image *image_get(struct inode *ip);
void image_put(struct image *m);

// One more reference, by somebody who has one.
void image_hold(struct image *m);

// True if the caller's reference is the only one, and nobody can get another.
bool image_is_sole(const struct image *m);

// An image of the same program that shares nothing with m but read-only pages;
// with one reference.  NULL if its pages are many, or memory is not plenty.
struct image *image_clone(struct image *m);

// Drops images that no exec is using until that may have freed so many pages;
// returns how many.  Does not sleep.
uint64 image_shrink(uint64 pages);

// How many pages that could be at most: processes may have the images' pages.
uint64 image_reclaimable(void);

// For the audit: every image in the caches.
void image_each(void (*see)(struct aspace *as));

#endif
