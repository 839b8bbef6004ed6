// Memory and string routines.
//
// Most bytes that the kernel moves are whole pages (copy-on-write, zero fill)
// or 8-byte aligned blocks, and each has its fast path: pages 64 bytes a turn,
// the rest in 8-byte words once source and destination are aligned alike.
// Misaligned words are never accessed: a machine may trap on them.

#include "lib/string.h"
#include "kernel/types.h"
#include "kernel/riscv.h"

// GCC recognises the loops below as memset and memcpy and would make them call
// themselves.  (Clang does not when compiling freestanding.)
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("no-tree-loop-distribute-patterns")
#endif

// A word that may overlay objects of any type.
typedef uint64 __attribute__((may_alias)) word;

#define WORD sizeof(word)

static inline size_t
misalignment(const void *p)
{
	return (uint64)p % WORD;
}

// Bytes before p's next word boundary, but no more than n.
static inline size_t
bytes_to_boundary(const void *p, size_t n)
{
	size_t gap = -(uint64)p % WORD;

	return gap < n ? gap : n;
}

void *
memset(void *dst, int c, size_t n)
{
	uchar *to = dst;
	word pattern = (uchar)c * 0x0101010101010101UL;

	for (size_t head = bytes_to_boundary(to, n); head > 0; head--, n--)
		*to++ = c;
	for (; n >= WORD; n -= WORD, to += WORD)
		*(word *)to = pattern;
	while (n-- > 0)
		*to++ = c;
	return dst;
}

// From the first byte to the last: right if dst is not inside src's bytes.
static inline void
copy_up(uchar *to, const uchar *from, size_t n)
{
	if (misalignment(to) == misalignment(from)) {
		size_t head = bytes_to_boundary(to, n);

		for (; head > 0; head--, n--)
			*to++ = *from++;
		for (; n >= WORD; n -= WORD, to += WORD, from += WORD)
			*(word *)to = *(const word *)from;
	}
	while (n-- > 0)
		*to++ = *from++;
}

// From the last byte to the first; to and from are behind the last.
static inline void
copy_down(uchar *to, const uchar *from, size_t n)
{
	if (misalignment(to) == misalignment(from)) {
		for (; n > 0 && misalignment(to) != 0; n--)
			*--to = *--from;
		for (; n >= WORD; n -= WORD) {
			to -= WORD;
			from -= WORD;
			*(word *)to = *(const word *)from;
		}
	}
	while (n-- > 0)
		*--to = *--from;
}

void *
memcpy(void *dst, const void *src, size_t n)
{
	copy_up(dst, src, n);
	return dst;
}

void *
memmove(void *dst, const void *src, size_t n)
{
	// One comparison for "dst begins inside src": below src wraps round to
	// a large number.
	if ((uint64)dst - (uint64)src < n)
		copy_down((uchar *)dst + n, (const uchar *)src + n, n);
	else
		copy_up(dst, src, n);
	return dst;
}

int
memcmp(const void *a, const void *b, size_t n)
{
	const uchar *left = a, *right = b;

	for (size_t i = 0; i < n; i++) {
		if (left[i] != right[i])
			return left[i] < right[i] ? -1 : 1;
	}
	return 0;
}

size_t
strlen(const char *s)
{
	const char *end = s;

	while (*end != 0)
		end++;
	return end - s;
}

int
strncmp(const char *a, const char *b, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uchar left = a[i], right = b[i];

		if (left != right)
			return left < right ? -1 : 1;
		if (left == 0)
			break;
	}
	return 0;
}

int
strcmp(const char *a, const char *b)
{
	return strncmp(a, b, (size_t)-1);
}

char *
strlcopy(char *dst, const char *src, size_t size)
{
	size_t len = 0;

	while (len + 1 < size && src[len] != 0) {
		dst[len] = src[len];
		len++;
	}
	dst[len] = 0;
	return dst;
}

// The loops over pages must not lie across two pages of code: QEMU leaves
// translated code for each jump between these, which made zeroing take twice as
// long.  Both are shorter than this alignment.
#define ON_ONE_PAGE __attribute__((aligned(128)))

// Eight words are loaded before the first is stored, so that loads are not
// held up behind stores the compiler cannot tell apart from them.
void ON_ONE_PAGE
page_copy(void *dst, const void *src)
{
	word *to = dst;
	const word *from = src;
	const word *end = from + PGSIZE / WORD;

	for (; from != end; from += 8, to += 8) {
		word a = from[0], b = from[1], c = from[2], d = from[3];
		word e = from[4], f = from[5], g = from[6], h = from[7];

		to[0] = a;
		to[1] = b;
		to[2] = c;
		to[3] = d;
		to[4] = e;
		to[5] = f;
		to[6] = g;
		to[7] = h;
	}
}

void ON_ONE_PAGE
page_zero(void *dst)
{
	word *to = dst;
	word *end = to + PGSIZE / WORD;

	for (; to != end; to += 8) {
		to[0] = 0;
		to[1] = 0;
		to[2] = 0;
		to[3] = 0;
		to[4] = 0;
		to[5] = 0;
		to[6] = 0;
		to[7] = 0;
	}
}
