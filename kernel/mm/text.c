// A chain of nodes with a few frames each.  Filled by exec before anybody else
// knows it, constant afterwards.  The first node carries the references
// (relaxed get by a holder; release put; acquire before the frames go).

#include "mm/text.h"
#include "lib/printf.h"
#include "mm/kcache.h"
#include "mm/page.h"

#define NODE_FRAMES 28

struct text_frames {
	struct text_frames *next;        // [I]
	uint32 refs;                     // [a] first node: segment lists
	uint32 n;                        // [I] frames in this node
	uint64 round;                    // [audit]
	struct page *frame[NODE_FRAMES]; // [I]
};

static struct kcache *nodes;

void
text_init(void)
{
	nodes = kcache_create("text_frames", sizeof(struct text_frames), NULL);
}

int
text_add(struct text_frames **t, struct page *pg)
{
	struct text_frames *last = *t;
	struct text_frames *node;

	while (last != NULL && last->next != NULL)
		last = last->next;
	if (last == NULL || last->n == NODE_FRAMES) {
		node = kcache_alloc(nodes);
		if (node == NULL)
			return -1;
		node->next = NULL;
		node->refs = 1;
		node->n = 0;
		node->round = 0;
		if (last == NULL)
			*t = node;
		else
			last->next = node;
		last = node;
	}
	last->frame[last->n++] = pg;
	return 0;
}

void
text_get(struct text_frames *t)
{
	if (t != NULL)
		__atomic_fetch_add(&t->refs, 1, __ATOMIC_RELAXED);
}

void
text_put(struct text_frames *t)
{
	struct text_frames *next;

	if (t == NULL ||
	    __atomic_fetch_sub(&t->refs, 1, __ATOMIC_RELEASE) != 1)
		return;
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	for (; t != NULL; t = next) {
		next = t->next;
		for (uint i = 0; i < t->n; i++)
			page_put(t->frame[i]);
		kcache_free(nodes, t);
	}
}

void
text_each(struct text_frames *t, uint64 round, void (*see)(struct page *pg))
{
	if (t == NULL || t->round == round)
		return;
	t->round = round;
	for (; t != NULL; t = t->next) {
		for (uint i = 0; i < t->n; i++)
			see(t->frame[i]);
	}
}
