// Which data blocks are in use.
#ifndef FS_BITMAP_H
#define FS_BITMAP_H

#include "kernel/types.h"

// Inside an operation; logs one bitmap block each.

// A block that was free, or 0 if there is none or the bitmap cannot be read.
uint bitmap_alloc(void);

// Frees a data block.  0, or -1 with nothing changed if the bitmap cannot be
// read.
int bitmap_free(uint no);

// The same for a block that this operation has taken from the bitmap: what it
// has logged is cached, so this cannot fail.
void bitmap_take_back(uint no);

#endif
