// Programs kept ready for exec.
//
// An image is an address space that never runs: the program's segments loaded,
// its stack's place reserved.  exec makes a process's address space from it the
// way fork does, so a program that was executed lately costs no file reads: its
// text is shared, its data copy-on-write.
#ifndef PROC_IMAGE_H
#define PROC_IMAGE_H

#include "kernel/types.h"

struct aspace;
struct inode;

struct image {
	uint32 refs;       // [a] the cache, and execs at work
	uint64 stamp;      // [I] of the file's contents (inode_stamp)
	uint64 entry;      // [I] first instruction
	struct aspace *as; // [I]
};

void image_init(void); // boot

// The image of the file, with a reference; loads it if need be.  NULL if it is
// no program or memory is short.  The inode is not locked.
struct image *image_get(struct inode *ip);
void image_put(struct image *m);

// Drops images that no exec is using; returns the pages freed.  Does not sleep.
uint image_shrink(void);

// For the audit: every image in the cache.
void image_each(void (*see)(struct aspace *as));

#endif
