// Page-table pages, from object caches whose constructed state is "no entry":
// aspace_clear leaves every table like that, so a fork zeroes none.

#include "mm/aspace.h"
#include "boot/platform.h"
#include "lib/string.h"
#include "mm/kcache_impl.h"
#include "mm/kmap.h"
#include "mm/pte.h"
#include "mm/stats.h"

static struct kcache *tables, *roots;

static void
construct_root(void *t)
{
	pte_t *root = t;

	page_zero(root);
	memcpy(root + PT_ENTRIES / 2, kernel_root + PT_ENTRIES / 2, PGSIZE / 2);
}

long
table_count(void)
{
	long n = 0;

	for (uint i = 0; i < platform.nharts; i++)
		n += harts[i].tables;
	return n;
}

void
table_init(void)
{
	tables = kcache_create_pages("table", PK_TABLE, page_zero);
	roots = kcache_create_pages("root", PK_TABLE, construct_root);
}

static pte_t *
take(struct kcache *from)
{
	pte_t *t = kcache_alloc(from);

	if (t != NULL) {
		count_event(CTR_TABLE_ALLOCS);
		this_hart()->tables++;
	}
	return t;
}

static void
give(struct kcache *to, pte_t *t)
{
	count_event(CTR_TABLE_FREES);
	this_hart()->tables--;
	kcache_free(to, t);
}

pte_t *
table_alloc(void)
{
	return take(tables);
}

void
table_free(pte_t *t)
{
	give(tables, t);
}

pte_t *
root_alloc(void)
{
	return take(roots);
}

void
root_free(pte_t *t)
{
	give(roots, t);
}
