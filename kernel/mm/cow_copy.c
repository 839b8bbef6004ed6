// What the usual course solution does: a write fault on a copy-on-write page
// always copies, and every mapping of every page is counted.

#include "mm/cow.h"

bool
cow_may_upgrade(const struct page *pg)
{
	(void)pg;
	return false;
}

bool
cow_text_uncounted(void)
{
	return false;
}
