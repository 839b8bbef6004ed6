// Fills a struct model_map (bench/model/map.h) and tells its address with a
// marker (bench/model/abi.h).

#include "boot/model_map.h"
#include "bench/model/map.h"
#include "bench/model/mark.h"
#include "boot/platform.h"
#include "kernel/riscv.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "mm/kmap.h"
#include "mm/page_impl.h"

extern char kernel_start[], kernel_end[];

static struct model_map map;

_Static_assert(MODEL_RANGES == MAX_RANGES, "bench/model/map.h");

void
model_area(const char *type, const void *kva, uint64 size, uint64 n)
{
	struct model_area *a = &map.area[map.n_areas++];

	KASSERT(map.n_areas <= MODEL_AREAS);
	strlcopy(a->type, type, sizeof(a->type));
	a->pa = kva_to_pa(kva);
	a->size = size;
	a->n = n;
}

void
model_cache(const char *type, const void *cache, uint64 first, uint64 size)
{
	struct model_cache *c = &map.cache[map.n_caches++];

	KASSERT(map.n_caches <= MODEL_CACHES);
	strlcopy(c->type, type, sizeof(c->type));
	c->va = (uint64)cache;
	c->first = first;
	c->size = size;
}

static void
describe_pages(void)
{
	static const char *const kinds[PK_COUNT] = {
	    [PK_UNUSED] = "unused",
	    [PK_USER] = "user",
	    [PK_IMAGE] = "image",
	    [PK_TABLE] = "table",
	    [PK_KERNEL] = "kernel",
	    [PK_BOOT] = "boot",
	};
	const struct range_set *ram = &platform.ram;
	uint64 n, first = 0;
	struct page *records = page_records(&n);

	for (uint i = 0; i < ram->n; i++) {
		map.range[i] = (struct model_range){ram->r[i].start,
		    ram->r[i].end, first};
		first += (ram->r[i].end - ram->r[i].start) >> PGSHIFT;
	}
	map.n_ranges = ram->n;
	map.pages_pa = kva_to_pa(records);
	map.page_size = sizeof(struct page);
	map.kind_offset = __builtin_offsetof(struct page, kind);
	for (uint i = 0; i < PK_COUNT; i++)
		strlcopy(map.kind_name[i], kinds[i], MODEL_NAME);
	map.slab_kind = PK_KERNEL;
	model_area("page", records, sizeof(struct page), n);
}

void
model_map_publish(void)
{
	describe_pages();
	map.image_pa = kva_to_pa(kernel_start);
	map.image_va = (uint64)kernel_start;
	map.image_size = kernel_end - kernel_start;
	map.magic = MODEL_MAP_MAGIC;
	model_mark(MODEL_MAP, kva_to_pa(&map));
}
