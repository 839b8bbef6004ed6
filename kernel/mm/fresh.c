// Untouched memory, for mm/pagelist_*.c.

#include "mm/fresh.h"
#include "kernel/riscv.h"

void
fresh_init(struct fresh *f, const struct range_set *s)
{
	*f = (struct fresh){.n = range_bytes(s) >> PGSHIFT,
	    .next = s->r,
	    .last = s->r + s->n};
}

uint64
fresh_take(struct fresh *f, uint64 batch, uint64 *pa)
{
	uint64 n, left;

	if (f->at == f->end && f->next < f->last) {
		f->at = f->next->start;
		f->end = f->next->end;
		f->next++;
	}
	left = (f->end - f->at) >> PGSHIFT;
	n = batch - (f->at >> PGSHIFT) % batch;
	if (n > left)
		n = left;
	*pa = f->at;
	f->at += n << PGSHIFT;
	f->n -= n;
	return n;
}

bool
fresh_holds(const struct fresh *f, uint64 pa)
{
	if (pa >= f->at && pa < f->end)
		return true;
	for (const struct range *r = f->next; r < f->last; r++)
		if (pa >= r->start && pa < r->end)
			return true;
	return false;
}
