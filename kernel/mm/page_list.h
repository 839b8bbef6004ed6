// A hart's share of the free frames (mm/pagelist_percpu.c).
#ifndef MM_PAGE_LIST_H
#define MM_PAGE_LIST_H

#include "kernel/types.h"
#include "sync/spinlock.h"

// A hart's free frames: two batches, each a LIFO list through the frames.
struct page_batch {
	void *head;
	uint n;
};

struct page_list {
	struct spinlock lock; // taken by the owner, and by thieves when short
	struct page_batch loaded; // [lock]
	struct page_batch spare;  // [lock]
} __attribute__((aligned(64)));

#endif
