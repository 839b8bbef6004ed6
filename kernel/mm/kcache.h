// Object caches: kernel objects of one size, kept in their constructed state
// between uses (after Bonwick, "The Slab Allocator", 1994, and Bonwick and
// Adams, "Magazines and Vmem", 2001).  Each hart has a magazine of ready
// objects, so that the common alloc and free touch no line of another hart.
#ifndef MM_KCACHE_H
#define MM_KCACHE_H

#include "kernel/types.h"

struct kcache;

// Makes a cache of objects of size bytes (8..4096, aligned to 8, or to 64 if
// size is a multiple of 64), struct `name` in C.  ctor, which may be NULL, puts
// fresh memory into the state in which objects are handed back to kcache_free.
// Boot time only; never fails.
struct kcache *kcache_create(const char *name, uint size,
    void (*ctor)(void *obj));

// A constructed object, or NULL if memory is short.  Call without spinlocks
// held, or memory that other caches could give up is not asked for.
void *kcache_alloc(struct kcache *c);

// Takes back an object in its constructed state.
void kcache_free(struct kcache *c, void *obj);

#endif
