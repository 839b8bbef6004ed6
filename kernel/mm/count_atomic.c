// Page counts, scalable: one atomic counter per frame.
//
// get is a relaxed amoadd: the caller holds a reference already, so the frame
// cannot go away, and publishing the new mapping is ordered by whatever hands
// it to the other process (the run queue's lock).
//
// put is an amoadd with release; the one that brings the count to 0 reads it
// once more with acquire, which pairs with every earlier put (they are one
// release sequence).  All that any holder did to the frame thus happens before
// its next life.  (A fence would do as well; ThreadSanitizer, under which
// tests/host_pages.c runs this file, understands the load.)
//
// page_sole reads with acquire: seeing 1 means that every other holder's put
// has happened, and the release in it that it has finished reading the frame
// (a child that copied from it, say) before we write to it.  Nobody can raise
// the count of a frame that only we refer to.  A put by a sole holder may
// therefore skip the atomic operation altogether: the reference is handed to
// the free list, and the count, and with it its cache line, is only read.

#include "mm/page_impl.h"
#include "kernel/riscv.h"
#include "lib/printf.h"

static void __attribute__((noreturn, noinline))
bad_count(const struct page *pg, uint32 was, const char *what, void *caller)
{
	panic("%s of page %p with count %u, kind %u, from %p", what,
	    (void *)page_to_pa(pg), was, pg->kind, caller);
}

void
page_get(struct page *pg)
{
	uint32 was = __atomic_fetch_add(&pg->count, 1, __ATOMIC_RELAXED);

	if (was == 0)
		bad_count(pg, was, "page_get", __builtin_return_address(0));
}

void
page_put(struct page *pg)
{
	uint32 was = __atomic_load_n(&pg->count, __ATOMIC_ACQUIRE);

	if (was != 1) {
		was = __atomic_fetch_add(&pg->count, -1, __ATOMIC_RELEASE);
		if (was > 1)
			return;
		if (was == 0)
			bad_count(pg, was, "page_put",
			    __builtin_return_address(0));
		was = __atomic_load_n(&pg->count, __ATOMIC_ACQUIRE);
		// The list's reference; nobody else knows the frame any more.
		__atomic_store_n(&pg->count, was + 1, __ATOMIC_RELAXED);
	}
	page_release(pg);
}

bool
page_sole(const struct page *pg)
{
	return __atomic_load_n(&pg->count, __ATOMIC_ACQUIRE) == 1;
}
