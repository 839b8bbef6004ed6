// Programs by name, a few for each hart: what the hart has executed repeatedly
// it executes again without looking at a directory, an inode, or anything else
// that another hart writes.
//
// An entry has an image of its own (proc/image.h), a clone whose reference
// counts, tables and writable pages no other hart uses; and it holds for as
// long as no name and no program's file has changed (fs_generation).
#ifndef PROC_PROGCACHE_H
#define PROC_PROGCACHE_H

#include "kernel/types.h"

struct aspace;
struct image;

void progcache_init(void); // boot

// The image of the program that path stands for, with a reference; NULL if
// this hart does not know it.
struct image *progcache_find(const char *path);

// Path stood for the program m at the time of that generation.  The second
// time in a row that a hart hears so, it takes a clone of m.
void progcache_enter(const char *path, uint64 generation, struct image *m);

// As image_shrink and image_reclaimable, for the images here.
uint64 progcache_shrink(uint64 pages);
uint64 progcache_reclaimable(void);

// For the audit: every image here.
void progcache_each(void (*see)(struct aspace *as));

#endif
