// A hart's share of the free frames (mm/pagelist_percpu.c).
#ifndef MM_PAGE_LIST_H
#define MM_PAGE_LIST_H

#include "kernel/types.h"
#include "sync/spinlock.h"

// Free frames as a LIFO list through them.
struct page_batch {
	void *head;
	uint n;
};

struct page_list {
	struct spinlock lock; // taken by the owner, and by thieves when short
	struct page_batch loaded; // [lock]
	void *full;    // [lock] first frames of the full batches
	uint n_full;   // [lock] how many
} __attribute__((aligned(64)));

#endif
