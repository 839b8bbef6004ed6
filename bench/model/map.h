// What a kernel tells the model about its memory, so that reports can name the
// objects that harts share.  The kernel fills a struct model_map at boot and
// hands its physical address over with MODEL_MAP; the model reads it, and the
// words it points to, whenever it writes a report.  Both are little-endian
// 64-bit machines: the structures have the same layout on either side.
#ifndef MODEL_MAP_H
#define MODEL_MAP_H

#define MODEL_MAP_MAGIC  0x70616d6c65646f6dUL // "modelmap"
#define MODEL_AREAS      24
#define MODEL_CACHES     32
#define MODEL_NAME       32
#define MODEL_PAGE_KINDS 8
#define MODEL_RANGES     64

// An array of objects at a place that no symbol tells.
struct model_area {
	char type[MODEL_NAME]; // of one object, a struct in C: "hart"
	unsigned long pa;      // of the first object
	unsigned long size;    // of one object, bytes
	unsigned long n;       // how many
};

// An object cache: its slabs are pages that start with a pointer to it.
struct model_cache {
	char type[MODEL_NAME]; // of one object
	unsigned long va;    // the pointer in its slabs
	unsigned long first; // offset of the first object in a slab
	unsigned long size;  // of one object; 0: its objects are whole pages
};

// Consecutive pages of RAM.
struct model_range {
	unsigned long start, end; // physical
	unsigned long first;      // number of the first one's record
};

struct model_map {
	unsigned long magic;
	unsigned long n_areas, n_caches;
	struct model_area area[MODEL_AREAS];
	struct model_cache cache[MODEL_CACHES];
	// For every page of RAM one record of so many bytes; a byte in it is
	// its kind, an index into kind_name.
	unsigned long pages_pa, page_size, kind_offset;
	unsigned long n_ranges;
	struct model_range range[MODEL_RANGES];
	char kind_name[MODEL_PAGE_KINDS][MODEL_NAME];
	unsigned long slab_kind; // of pages that may be slabs
	unsigned long image_pa, image_va, image_size; // the kernel's own image
};

#endif
