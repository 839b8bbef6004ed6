// Page counts, baseline: plain counters under one spinlock for all frames.
// The lock orders everything; there is nothing else to argue.

#include "mm/page_impl.h"
#include "lib/printf.h"
#include "sync/spinlock.h"

// On a line of its own: the other lock of this variant is not to suffer for it.
static struct spinlock counts_lock __attribute__((aligned(64))) =
    SPINLOCK_INIT(LC_PAGECOUNT);

void
page_get(struct page *pg)
{
	spin_lock(&counts_lock);
	if (pg->count == 0)
		panic("page_get of page %p with count 0 from %p",
		    (void *)page_to_pa(pg), __builtin_return_address(0));
	pg->count++;
	spin_unlock(&counts_lock);
}

void
page_put(struct page *pg)
{
	bool last;

	spin_lock(&counts_lock);
	if (pg->count == 0)
		panic("page_put of page %p with count 0 from %p",
		    (void *)page_to_pa(pg), __builtin_return_address(0));
	last = pg->count == 1; // the reference is the free list's then
	if (!last)
		pg->count--;
	spin_unlock(&counts_lock);
	if (last)
		page_release(pg);
}

bool
page_sole(const struct page *pg)
{
	bool sole;

	spin_lock(&counts_lock);
	sole = pg->count == 1;
	spin_unlock(&counts_lock);
	return sole;
}
