// Free frames, baseline: one list and one lock for all harts.
//
// The list is linked through the first word of its frames.  Untouched RAM is
// used when it runs out.

#include "boot/platform.h"
#include "dev/textdev.h"
#include "kernel/riscv.h"
#include "mm/fresh.h"
#include "mm/kmap.h"
#include "mm/page_impl.h"
#include "proc/hart.h"

struct free_frame {
	struct free_frame *next;
};

static struct {
	struct spinlock lock;
	struct free_frame *first; // [lock]
	uint64 n;                 // [lock] frames listed
	struct fresh fresh;       // [lock]
} all __attribute__((aligned(64))) = {.lock = SPINLOCK_INIT(LC_PAGELIST)};

void
pagelist_init(const struct range_set *free)
{
	fresh_init(&all.fresh, free);
}

void *
pagelist_take(void)
{
	struct free_frame *f;
	uint64 pa;

	spin_lock(&all.lock);
	f = all.first;
	if (f != NULL) {
		all.first = f->next;
		all.n--;
	} else if (fresh_take(&all.fresh, 1, &pa) > 0) {
		f = pa_to_kva(pa);
	}
	spin_unlock(&all.lock);
	return f;
}

void
pagelist_give(void *kva)
{
	struct free_frame *f = kva;

	spin_lock(&all.lock);
	f->next = all.first;
	all.first = f;
	all.n++;
	spin_unlock(&all.lock);
}

uint64
page_free_count(void)
{
	uint64 n;

	spin_lock(&all.lock);
	n = all.n + all.fresh.n;
	spin_unlock(&all.lock);
	return n;
}

void
pagelist_print(struct textbuf *t)
{
	text_printf(t, "listed_pages %lu\n", all.n);
	text_printf(t, "untouched_pages %lu\n", all.fresh.n);
}

void
pagelist_each(void (*see)(void *kva))
{
	for (struct free_frame *f = all.first; f != NULL; f = f->next)
		see(f);
}

bool
pagelist_untouched(uint64 pa)
{
	return fresh_holds(&all.fresh, pa);
}
