// Copy-on-write: the two decisions in which the variants differ.
#ifndef MM_COW_H
#define MM_COW_H

#include <stdbool.h>
#include "kernel/types.h"
#include "mm/aspace.h"
#include "mm/page.h"

// May the holder of a copy-on-write mapping of pg write it in place?
// (cow_upgrade.c: if its reference is the only one; cow_copy.c: never)
bool cow_may_upgrade(const struct page *pg);

// Are the frames of read-only image pages counted once, on the segment list,
// instead of once per mapping?
bool cow_text_uncounted(void);

// Gives child, whose tables are empty, everything mapped in parent below
// MAXVA.  0, or -1 if memory is short: then child holds a part, which
// aspace_clear frees, and parent is intact.
// (fork_cow.c: shares; fork_eager.c: copies)
int fork_mappings(struct aspace *parent, struct aspace *child);

#endif
