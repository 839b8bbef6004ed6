// Which data blocks are in use.
#ifndef FS_BITMAP_H
#define FS_BITMAP_H

#include "kernel/types.h"

// Inside an operation; logs one bitmap block each.

// A block that was free, or 0 if there is none or the bitmap cannot be read.
uint bitmap_alloc(void);

// Frees a data block.  Faults are reported, and leave the block allocated.
void bitmap_free(uint no);

#endif
