// Inside the memory manager: walking leaf tables.
#ifndef MM_ASPACE_IMPL_H
#define MM_ASPACE_IMPL_H

#include "mm/aspace.h"
#include "mm/text.h"

// The entries of one leaf table for addresses from va up to end.
struct pt_run {
	pte_t *entry; // NULL: no table there
	uint n;       // entries, 0 if there is no table
	uint64 end;   // first address behind the run, or behind the hole
};

struct pt_run pt_run(pte_t *root, uint64 va, uint64 end);

#endif
