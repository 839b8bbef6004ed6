// Page frames: their kinds, their reference counts, and the free lists.
//
// Every frame of RAM has a struct page.  A frame in use has count >= 1.  What is
// counted: for PK_USER and PK_IMAGE, each leaf PTE that maps the frame without
// the mark PTE_UNCOUNTED, plus one for each holder of another kind (a text
// object); every other kind has one owner and count 1.
//
// A frame that was in use and is on a free list has count 1, the list's, and
// the kind it had last.  So who takes a frame for what it was before, and gives
// it back as its only holder, writes nothing into its record, of which eight
// share a cache line with those of other harts' frames.  A frame that was never
// in use has PK_UNUSED and count 0; one that no list ever gets (the kernel
// image, boot-time tables, what the device tree reserves) PK_BOOT and count 0.
//
// PK_IMAGE is what exec keeps of programs (proc/image.c), and shares with those
// that run them; a page of it that has a process as its only holder, and is
// written, is PK_USER from then on.  So PK_USER is what programs have made
// themselves, whatever is kept of programs meanwhile.
//
// The counts are a policy: mm/count_atomic.c (amoadd per page),
// mm/count_locked.c (one lock for all), mm/count_none.c (nothing is shared).
// The free lists are another: mm/pagelist_percpu.c, mm/pagelist_global.c.
#ifndef MM_PAGE_H
#define MM_PAGE_H

#include <stdbool.h>
#include "kernel/types.h"

enum page_kind {
	PK_UNUSED, // not since boot
	PK_USER,   // mapped by processes
	PK_IMAGE,  // the same, but made when a program was loaded
	PK_TABLE,  // page table
	PK_KERNEL, // kernel stacks, caches' slabs, pipes, blocks
	PK_BOOT,   // not for the lists
	PK_COUNT
};

struct page {
	uint32 count; // [a] references, a free list's is one
	uint8 kind;   // [owner] enum page_kind
	uint8 junked; // [owner] debug: free, and filled with junk
	uint16 seen;  // [audit] references found
};

struct page *pa_to_page(uint64 pa);
uint64 page_to_pa(const struct page *pg);
void *page_to_kva(const struct page *pg);
struct page *kva_to_page(const void *kva);

// One frame of 4096 bytes with count 1, contents undefined; NULL if there is
// none even after caches were asked to shrink (which needs that the caller
// holds no spinlock).  The caller owns the one reference.
struct page *page_alloc(enum page_kind kind);

// Gives a frame with one reference back, that one.  For kinds with one owner.
void page_free(struct page *pg);

// The same by direct-map address, for kernel memory.
void *kpage_alloc(void);
void kpage_free(void *kva);

// Changes what a frame with one owner, the caller, is used for.
void page_set_kind(struct page *pg, enum page_kind kind);

// Frames of RAM that the lists manage, those on lists right now, and those of
// the kernel, tables, caches and images included; the rest is PK_USER.
uint64 page_total(void);
uint64 page_free_count(void);
uint64 page_kernel_count(void);

// A number that free frames are not fewer than, from now on until page_round()
// changes; harts that take and give a few frames do not change it.
uint64 page_free_least(void);
uint64 page_round(void);

// Asks the kernel's caches to give unused memory back, about so many frames if
// they have them; returns whether it may have helped.  No spinlock held.
bool mm_shrink(uint64 frames);

// About how many frames mm_shrink could free.  Process context.
uint64 mm_reclaimable(void);

// The variant's own lines of /dev/memstat about its lists.
struct textbuf;
void pagelist_print(struct textbuf *t);

// One more reference to a frame that the caller already holds one on.
void page_get(struct page *pg);

// Gives up one reference; the last one frees the frame.
void page_put(struct page *pg);

// True if the caller's reference is the only one, in which case it may write
// the frame: everything that other holders did to it has happened before.
bool page_sole(const struct page *pg);

#endif
