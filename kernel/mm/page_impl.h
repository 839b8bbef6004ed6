// Between mm/page.c and the policies it is built with.
#ifndef MM_PAGE_IMPL_H
#define MM_PAGE_IMPL_H

#include <stdbool.h>
#include "boot/ranges.h"
#include "mm/page.h"

// Boot: makes struct page for all of RAM and opens the lists.
void page_init(void);

// The records of all frames of RAM, n of them, in order of addresses.
struct page *page_records(uint64 *n);

// To the lists, which take over the only reference, the caller's.
void page_release(struct page *pg);

// Frames that were handed out and have not come back.  All harts parked.
uint64 page_handed_out(void);

// The policy of free lists: free is memory nobody has touched yet.
void pagelist_init(const struct range_set *free);
void *pagelist_take(void); // NULL: no list of any hart has a frame
void pagelist_give(void *kva);

// For the audit: calls see for every frame on a list, with all harts parked.
// Untouched frames are not reported.
void pagelist_each(void (*see)(void *kva));
bool pagelist_untouched(uint64 pa);

// Frames kept back for the console (mm/reserve.c), which do not count as free.
// A fork and exec of a small program take 40: two of stack, six of tables, the
// arguments' page, the rest data and copies on the shell's side.
#define RESERVE_PAGES 64

// Its list.  Boot, once the lists are open: fills it.
void reserve_init(void);
bool reserve_give(void *kva); // whether it kept the free frame
void *reserve_take(void);     // NULL if it is empty
void reserve_each(void (*see)(void *kva)); // as pagelist_each

#ifdef DEBUG
void junk_fill(struct page *pg);
void junk_check(struct page *pg);
#else
static inline void
junk_fill(struct page *pg)
{
	(void)pg;
}
static inline void
junk_check(struct page *pg)
{
	(void)pg;
}
#endif

#endif
