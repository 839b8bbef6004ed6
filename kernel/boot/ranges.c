// Sets of physical addresses: arrays so short that every change may walk them.

#include "boot/ranges.h"
#include "lib/string.h"

// Makes n places at i, or takes -n away; false if there is no room.
static bool
shift(struct range_set *s, uint i, int n)
{
	uint from = n < 0 ? i - n : i;

	if (n > 0 && s->n + n > MAX_RANGES)
		return false;
	memmove(&s->r[from + n], &s->r[from],
	    (s->n - from) * sizeof(s->r[0]));
	s->n += n;
	return true;
}

bool
range_add(struct range_set *s, uint64 start, uint64 end)
{
	uint i = 0, j;

	if (start >= end)
		return true;
	while (i < s->n && s->r[i].end < start)
		i++;
	// r[i..j) touch what is added, and become one with it.
	for (j = i; j < s->n && s->r[j].start <= end; j++) {
		start = s->r[j].start < start ? s->r[j].start : start;
		end = s->r[j].end > end ? s->r[j].end : end;
	}
	if (!shift(s, i, 1 - (int)(j - i)))
		return false;
	s->r[i] = (struct range){start, end};
	return true;
}

bool
range_remove(struct range_set *s, uint64 start, uint64 end)
{
	uint i = 0;

	while (i < s->n && start < end) {
		struct range *r = &s->r[i];

		if (r->end <= start || r->start >= end) {
			i++;
		} else if (r->start < start && r->end > end) {
			if (!shift(s, i, 1))
				return false;
			r[0].end = start;
			r[1].start = end;
			return true;
		} else if (r->start < start) {
			r->end = start;
		} else if (r->end > end) {
			r->start = end;
		} else {
			shift(s, i, -1);
		}
	}
	return true;
}

bool
range_holds(const struct range_set *s, uint64 start, uint64 end)
{
	for (uint i = 0; i < s->n; i++)
		if (start >= s->r[i].start && end <= s->r[i].end)
			return true;
	return false;
}

uint64
range_bytes(const struct range_set *s)
{
	uint64 n = 0;

	for (uint i = 0; i < s->n; i++)
		n += s->r[i].end - s->r[i].start;
	return n;
}
