// Segment lists: small sorted arrays, copied when somebody changes a shared
// one.
//
// refs is raised by a holder (relaxed) and lowered with release; the last
// holder's acquire fence orders everybody's use before the free.  A holder that
// reads 1 (acquire) is alone and stays so, since only holders raise it.

#include "mm/segment.h"
#include "lib/printf.h"
#include "mm/kcache.h"
#include "mm/text.h"

static struct kcache *lists;

void
segments_init(void)
{
	lists = kcache_create("segment_list", sizeof(struct segment_list), NULL);
}

struct segment_list *
segments_new(void)
{
	struct segment_list *l = kcache_alloc(lists);

	if (l != NULL) {
		l->refs = 1;
		l->n = 0;
		l->text = NULL;
	}
	return l;
}

struct segment_list *
segments_share(struct segment_list *l)
{
	__atomic_fetch_add(&l->refs, 1, __ATOMIC_RELAXED);
	return l;
}

void
segments_put(struct segment_list *l)
{
	if (__atomic_fetch_sub(&l->refs, 1, __ATOMIC_RELEASE) != 1)
		return;
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	text_put(l->text);
	kcache_free(lists, l);
}

int
segments_unshare(struct segment_list **l)
{
	struct segment_list *old = *l;
	struct segment_list *own;

	if (__atomic_load_n(&old->refs, __ATOMIC_ACQUIRE) == 1)
		return 0;
	own = kcache_alloc(lists);
	if (own == NULL)
		return -1;
	*own = *old;
	own->refs = 1;
	text_get(own->text);
	*l = own;
	segments_put(old);
	return 0;
}

struct segment *
segment_find(struct segment_list *l, uint64 va)
{
	for (uint i = 0; i < l->n; i++) {
		if (va < l->seg[i].end)
			return va >= l->seg[i].start ? &l->seg[i] : NULL;
	}
	return NULL;
}

int
segment_add(struct segment_list *l, struct segment s)
{
	uint at = 0;

	if (l->n == MAX_SEGMENTS || s.start >= s.end)
		return -1;
	while (at < l->n && l->seg[at].end <= s.start)
		at++;
	if (at < l->n && l->seg[at].start < s.end)
		return -1;
	for (uint i = l->n; i > at; i--)
		l->seg[i] = l->seg[i - 1];
	l->seg[at] = s;
	l->n++;
	return 0;
}
