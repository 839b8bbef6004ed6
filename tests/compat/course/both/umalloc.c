// Stand-in: a list of free blocks, first fit, nothing joined.
#include "kernel/types.h"
#include "kernel/stat.h"
#include "user/user.h"
#include "kernel/param.h"

struct block {
	struct block *next;
	uint64 size;
};

static struct block *unused;

void
free(void *p)
{
	struct block *b = (struct block *)p - 1;

	b->next = unused;
	unused = b;
}

void *
malloc(uint n)
{
	struct block **at, *b;

	for (at = &unused; (b = *at) != 0; at = &b->next)
		if (b->size >= n) {
			*at = b->next;
			return b + 1;
		}
	n = (n + 15) / 16 * 16;
	b = (struct block *)sbrk(n + sizeof(*b));
	if (b == (struct block *)-1)
		return 0;
	b->size = n;
	return b + 1;
}
