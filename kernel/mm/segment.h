// The segments of an address space: which user addresses exist, with which
// rights.  Page tables cache what has been touched of them.
//
// The list is a container that fork shares: one reference per address space,
// un-shared by whoever changes it.  Sorted by start, page-aligned, disjoint.
#ifndef MM_SEGMENT_H
#define MM_SEGMENT_H

#include <stdbool.h>
#include "kernel/types.h"

enum segment_kind { SEG_IMAGE, SEG_STACK, SEG_HEAP };

struct segment {
	uint64 start; // first byte
	uint64 end;   // behind the last
	uint8 prot;   // PTE_R | PTE_W | PTE_X
	uint8 kind;   // enum segment_kind
};

// Text, read-only data and data, two to spare for unusual images, stack, heap.
#define MAX_SEGMENTS 12

// Frames of read-only image pages that all holders of the segment list share
// without counting each mapping (mm/text.c).
struct text_frames;

struct segment_list {
	uint32 refs; // [a] address spaces
	uint n;      // [I] while shared, like all below
	struct text_frames *text; // holds one reference on each frame
	struct segment seg[MAX_SEGMENTS];
} __attribute__((aligned(64)));

void segments_init(void);
struct segment_list *segments_new(void); // NULL: no memory
struct segment_list *segments_share(struct segment_list *l);
void segments_put(struct segment_list *l);

// A list that only the caller holds, with the same contents as *l, which is
// replaced; 0, or -1 and nothing changed.
int segments_unshare(struct segment_list **l);

// The segment that contains va, or NULL.
struct segment *segment_find(struct segment_list *l, uint64 va);

// Adds a segment; -1 if it overlaps another or the list is full.  Sole holder.
int segment_add(struct segment_list *l, struct segment s);

#endif
