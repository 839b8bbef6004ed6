// The heap: one segment whose end moves.
//
// Growth is lazy unless asked otherwise, but bounded: a growth by more than
// what free memory, and what the caches would give back, could hold fails at
// once.  That lets a program that touches what it asks for see sbrk fail,
// instead of being killed at the touch.  Only who says SBRK_LAZY gets addresses
// without that promise, up to the last one.
//
// Where memory is plenty that is decided without a line that other harts write:
// each hart remembers what it found out last, heap_room, which is good as long
// as the round of the page counts has not changed (mm/page.c).  Where it is
// short, the exact numbers decide, and what cannot be had is refused before any
// cache is asked to give up something for it.
//
// A caller of the older sbrk, which has no kinds, may also mean addresses: if
// its heap would be larger than all memory, it cannot mean that.  It gets them,
// as from a kernel whose heap is lazy, and as there each page that it touches
// then, if only to read, takes a frame, and the one for which there is none is
// its end.  What it asks for below that is refused if it cannot be backed.
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
#include "mm/page_impl.h"
#include "mm/pte.h"
#include "proc/hart.h"
#include "proc/sched.h"

// Frames that heap leaves to the kernel, those it has included.  One in 512 is
// a page table of user memory, and processes need stacks, slabs and pipes
// besides: four times that; harts have stacks and stocks of their own; and
// there are images of the programs that run.  As long as the kernel needs no
// more, what heap can take depends on what other programs have and not on how
// full the kernel's caches happen to be: course tests take heap until there is
// no more, twice, and call it a leak if a page is missing.
static uint64
kernel_share(void)
{
	return page_total() / 128 + 8 * platform.nharts + 192;
}

// Looks anew what the hart may grant by itself.  The round is read first: if
// it changes meanwhile, what comes out is not used.
static void
look(struct hart *h)
{
	uint64 round = page_round();
	uint64 least = page_free_least();
	uint64 share = kernel_share();

	h->heap_room = least > share ? least - share : 0;
	h->heap_round = round;
}

static bool
plenty_for(uint64 pages)
{
	struct hart *h = this_hart();

	if (h->heap_round != page_round() || pages > h->heap_room)
		look(h);
	return pages <= h->heap_room;
}

// What programs have not taken, and the kernel's share not counted.  Caches
// that shrink change nothing about it.
static bool
leaves_share(uint64 pages)
{
	return page_free_count() + page_kernel_count() >=
	    pages + kernel_share();
}

// Makes the caches give back what is missing, if they have it.
static bool
make_room(uint64 pages)
{
	uint64 free = page_free_count();

	if (free < pages && mm_reclaimable() < pages - free)
		return false;
	while (free < pages) {
		uint64 missing = pages - free;

		if (!mm_shrink(missing < 64 ? missing : 64))
			return false;
		preempt_point();
		free = page_free_count();
	}
	return true;
}

static bool
could_be_backed(uint64 pages)
{
	return plenty_for(pages) || (leaves_share(pages) && make_room(pages));
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

// Of the machine's memory: how much of it the kernel's own image and tables
// take is nothing that a program's request should turn on.
static bool
overcommits(const struct aspace *as, uint64 to, int kind)
{
	uint64 ram;

	page_records(&ram);
	return kind != SBRK_EAGER && kind != SBRK_LAZY &&
	    (to - as->heap_start) >> PGSHIFT > ram;
}

static int
grow(struct aspace *as, uint64 from, uint64 to, int kind)
{
	bool beyond = overcommits(as, to, kind);

	if (kind != SBRK_LAZY && !beyond &&
	    !could_be_backed((to - from) >> PGSHIFT))
		return -1;
	if (set_end(as, to) < 0)
		return -1;
	as->overcommits |= beyond;
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
