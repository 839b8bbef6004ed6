// The heap: one segment whose end moves.
//
// Growth is lazy unless asked otherwise, but bounded: a growth by more than
// what is free right now could not be backed and fails at once.  That lets a
// program that touches what it asks for see sbrk fail, instead of being killed
// at the touch.  Only who says SBRK_LAZY gets addresses without that promise,
// up to the last one.
//
// Shrinking takes what lies above the new break, also where that is not heap:
// a break below the program's end takes the stack and whatever else of the
// program is above it, and the heap grows from there.  A caller that still
// needs it dies at its next touch.  A break below address 0 is none: the call
// changes nothing, and no error either, as course programs expect.

#include "boot/platform.h"
#include "kernel/riscv.h"
#include "kernel/vm.h"
#include "lib/printf.h"
#include "mm/aspace.h"
#include "mm/fault.h"
#include "mm/page.h"
#include "mm/pte.h"
#include "proc/proc.h"
#include "proc/sched.h"

// Frames that heap leaves to the kernel, those it has included.  One in 512 is
// a page table of user memory, and processes need stacks, slabs and pipes
// besides: four times that; harts have stacks and stocks of their own.  As
// long as the kernel needs no more, what heap can take depends on what other
// programs have and not on how full the kernel's caches happen to be: course
// tests take heap until there is no more, twice, and call it a leak if a page
// is missing.
static uint64
kernel_share(void)
{
	return page_total() / 128 + 8 * platform.nharts + 128;
}

static bool
fits(uint64 pages)
{
	uint64 free = page_free_count();

	return free >= pages &&
	    free + page_kernel_count() >= pages + kernel_share();
}

static bool
could_be_backed(uint64 pages)
{
	while (!fits(pages)) {
		if (!mm_shrink())
			return false;
	}
	return true;
}

// The heap's segment, whose end is old_end; NULL if it is empty yet.
static struct segment *
heap_segment(struct aspace *as)
{
	return segment_find(as->segs, as->heap_start);
}

static int
set_end(struct aspace *as, uint64 end)
{
	struct segment *s;

	if (aspace_own_segments(as) < 0)
		return -1;
	s = heap_segment(as);
	if (s != NULL) {
		s->end = end;
		return 0;
	}
	return segment_add(as->segs, (struct segment){
	    .start = as->heap_start, .end = end,
	    .prot = PTE_R | PTE_W, .kind = SEG_HEAP});
}

// Ends the list, which is the caller's own, at address to.
static void
cut_segments(struct segment_list *l, uint64 to)
{
	while (l->n > 0 && l->seg[l->n - 1].start >= to)
		l->n--;
	if (l->n > 0 && l->seg[l->n - 1].end > to)
		l->seg[l->n - 1].end = to;
}

static int
shrink(struct aspace *as, uint64 from, uint64 to)
{
	if (aspace_own_segments(as) < 0)
		return -1;
	aspace_unmap(as, to, from);
	cut_segments(as->segs, to);
	if (to < as->heap_start)
		as->heap_start = to;
	aspace_trim(as, to, from);
	aspace_tlb_stale(as);
	return 0;
}

static int
fill(uint64 from, uint64 to)
{
	for (uint64 va = from; va < to; va += PGSIZE) {
		if (fault_handle(va, ACCESS_WRITE) != FAULT_OK)
			return -1;
		preempt_point();
	}
	return 0;
}

static int
grow(struct aspace *as, uint64 from, uint64 to, int kind)
{
	if (kind != SBRK_LAZY && !could_be_backed((to - from) >> PGSHIFT))
		return -1;
	if (set_end(as, to) < 0)
		return -1;
	if (kind == SBRK_EAGER && fill(from, to) < 0) {
		// All as before: there is no list to copy, it is ours now.
		shrink(as, to, from);
		return -1;
	}
	return 0;
}

long
aspace_sbrk(long delta, int kind)
{
	struct aspace *as = current()->as;
	uint64 old = as->heap_end;
	uint64 from = PGROUNDUP(old);
	uint64 new = old + delta;
	uint64 to;
	int r = 0;

	if (delta < 0 && new > old)
		return old;
	if (delta > MAXVA || new > MAXVA - 2 * PGSIZE)
		return -1;
	to = PGROUNDUP(new);
	if (to > from)
		r = grow(as, from, to, kind);
	else if (to < from)
		r = shrink(as, from, to);
	if (r < 0)
		return -1;
	as->heap_end = new;
	return old;
}
