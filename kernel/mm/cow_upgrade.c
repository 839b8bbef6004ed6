// The single-owner fast path: whoever holds the only reference writes the page
// where it is.
//
// A reference is a counted leaf PTE or a text object's hold; a PTE_COW entry
// is always counted (or the zero page's, which is handled before), so a count
// of 1 here is the asking process's own mapping and nothing else refers to the
// frame.  Device transfers and kernel copies hold no frame beyond the call
// that the owner itself is in.

#include "mm/cow.h"

bool
cow_may_upgrade(const struct page *pg)
{
	return page_sole(pg);
}

bool
cow_text_uncounted(void)
{
	return true;
}
