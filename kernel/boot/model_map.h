// The kernel describes its memory to the coherence model (bench/model), whose
// reports then name the objects that harts share.  Boot only; costs a few KiB
// and, without a model, nothing afterwards.
#ifndef BOOT_MODEL_MAP_H
#define BOOT_MODEL_MAP_H

#include "kernel/types.h"

// n objects of size bytes each at kva, which are struct `type` in C.
void model_area(const char *type, const void *kva, uint64 size, uint64 n);

// An object cache whose slabs begin with a pointer to `cache`; its objects are
// struct `type` and the first one is `first` bytes into a slab.
void model_cache(const char *type, const void *cache, uint64 first, uint64 size);

// Hands the description over, once everything is in it.
void model_map_publish(void);

#endif
