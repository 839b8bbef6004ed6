// Inside the memory manager: caches of whole pages, and giving memory back.
#ifndef MM_KCACHE_IMPL_H
#define MM_KCACHE_IMPL_H

#include "mm/kcache.h"
#include "mm/page.h"

// Boot: before any kcache_create.
void kcache_init(void);

// A cache whose objects are pages of the given kind.
struct kcache *kcache_create_pages(const char *name, enum page_kind kind,
    void (*ctor)(void *obj));

// Empties magazines until so many pages have become free; returns how many.
uint64 kcache_shrink(uint64 pages);

// About how many pages that could be.
uint64 kcache_reclaimable(void);

#endif
