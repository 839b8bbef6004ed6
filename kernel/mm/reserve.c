// Frames kept back for the console.
//
// A program that takes all memory, or all process slots, is stopped by typing
// at the shell, and the shell needs some memory for that: its own pages that
// are still copy-on-write, and a small program's.  When no frame is to be had
// otherwise, processes of the console (proc.console) take them from here; the
// next frames that become free fill it up again.
//
//   frames here <= RESERVE_PAGES, free ones as on other lists, but not counted
//   as free
//
// The first word of a frame here links to the next.

#include <stddef.h>

#include "mm/page_impl.h"
#include "kernel/riscv.h"
#include "sync/spinlock.h"

struct kept_frame {
	struct kept_frame *next;
};

static struct {
	struct spinlock lock;
	struct kept_frame *first; // [lock]
	uint n;                   // [lock], read without it as a hint
} reserve __attribute__((aligned(64))) = {
    .lock = SPINLOCK_INIT(LC_RESERVE)};

// Frees come by here all the time, and hardly ever write.
bool
reserve_give(void *kva)
{
	struct kept_frame *f = kva;
	bool taken;

	if (__atomic_load_n(&reserve.n, __ATOMIC_RELAXED) == RESERVE_PAGES)
		return false;
	spin_lock(&reserve.lock);
	taken = reserve.n < RESERVE_PAGES;
	if (taken) {
		f->next = reserve.first;
		reserve.first = f;
		__atomic_store_n(&reserve.n, reserve.n + 1, __ATOMIC_RELAXED);
	}
	spin_unlock(&reserve.lock);
	return taken;
}

void *
reserve_take(void)
{
	struct kept_frame *f;

	spin_lock(&reserve.lock);
	f = reserve.first;
	if (f != NULL) {
		reserve.first = f->next;
		__atomic_store_n(&reserve.n, reserve.n - 1, __ATOMIC_RELAXED);
	}
	spin_unlock(&reserve.lock);
	return f;
}

void
reserve_init(void)
{
	void *kva;

	while ((kva = pagelist_take()) != NULL && reserve_give(kva))
		;
	if (kva != NULL)
		pagelist_give(kva);
}

void
reserve_each(void (*see)(void *kva))
{
	for (struct kept_frame *f = reserve.first; f != NULL; f = f->next)
		see(f);
}
