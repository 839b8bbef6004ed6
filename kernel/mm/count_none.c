// Page counts, eager: no frame is ever shared, so a count is 1, or 0 before a
// frame's first use, and is only kept to find mistakes.

#include "mm/page_impl.h"
#include "lib/printf.h"

void
page_get(struct page *pg)
{
	panic("page_get of page %p: the eager variant shares nothing",
	    (void *)page_to_pa(pg));
}

void
page_put(struct page *pg)
{
	page_free(pg);
}

bool
page_sole(const struct page *pg)
{
	return pg->count == 1;
}
