// Typed lines; see the header for the representation.

#include "dev/lineq.h"

_Static_assert((LINEQ_RING & (LINEQ_RING - 1)) == 0, "positions wrap");
_Static_assert(LINEQ_LINE < 65536, "a length fits its header");

static char *
at(struct lineq *q, uint32 position)
{
	return &q->ring[position % LINEQ_RING];
}

static void
put_header(struct lineq *q, uint32 position, uint len)
{
	*at(q, position) = len & 0xff;
	*at(q, position + 1) = len >> 8;
}

static uint
byte_at(const struct lineq *q, uint32 position)
{
	return (uchar)q->ring[position % LINEQ_RING];
}

static uint
record_len(const struct lineq *q)
{
	return byte_at(q, q->head) | byte_at(q, q->head + 1) << 8;
}

bool
lineq_has_room(const struct lineq *q)
{
	uint32 used = q->tail - q->head;

	return LINEQ_RING - used >= LINEQ_HEADER + LINEQ_LINE;
}

void
lineq_finish(struct lineq *q)
{
	put_header(q, q->tail, q->len);
	q->tail += LINEQ_HEADER;
	for (uint i = 0; i < q->len; i++)
		*at(q, q->tail++) = q->edit[i];
	q->len = 0;
}

void
lineq_type(struct lineq *q, char c)
{
	q->edit[q->len++] = c;
	if (c == '\n' || q->len == LINEQ_LINE)
		lineq_finish(q);
}

int
lineq_erase(struct lineq *q)
{
	if (q->len == 0)
		return -1;
	return (uchar)q->edit[--q->len];
}

bool
lineq_ready(const struct lineq *q)
{
	return q->head != q->tail;
}

uint
lineq_peek(const struct lineq *q, char *to, uint n)
{
	uint len = record_len(q);

	if (n > len)
		n = len;
	for (uint i = 0; i < n; i++)
		to[i] = byte_at(q, q->head + LINEQ_HEADER + i);
	return n;
}

void
lineq_consume(struct lineq *q, uint n)
{
	uint len = record_len(q);

	if (n == len) {
		q->head += LINEQ_HEADER + len;
		return;
	}
	q->head += n;
	put_header(q, q->head, len - n);
}
