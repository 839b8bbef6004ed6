// Host test of kernel/lib/string.c, kernel/lib/format.c and the console's line
// queue, kernel/dev/lineq.c.  Build:
//
//   gcc -g -O1 -fsanitize=address,undefined -iquote . -iquote kernel
//       tests/host_format.c -o build/tests/host_format
//
// The sources are included here, with the names that the C library has too
// renamed; libc's functions are the reference that string.c is compared with.
// Buffers are exactly as long as they should be, so that an access out of
// bounds is a sanitizer's report.

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// libc's, before the names are taken.
static void *(*const libc_memset)(void *, int, size_t) = memset;
static void *(*const libc_memmove)(void *, const void *, size_t) = memmove;
static int (*const libc_memcmp)(const void *, const void *, size_t) = memcmp;
static int (*const libc_strcmp)(const char *, const char *) = strcmp;
static int (*const libc_strncmp)(const char *, const char *, size_t) = strncmp;
static size_t (*const libc_strlen)(const char *) = strlen;

#undef memset
#undef memcpy
#undef memmove
#undef memcmp
#undef strlen
#undef strcmp
#undef strncmp
#define memset  k_memset
#define memcpy  k_memcpy
#define memmove k_memmove
#define memcmp  k_memcmp
#define strlen  k_strlen
#define strcmp  k_strcmp
#define strncmp k_strncmp

#include "kernel/types.h"
#include "kernel/lib/string.c"
#include "kernel/lib/format.c"
#include "kernel/dev/lineq.c"

static int passed, failed;

static void
check(bool ok, const char *what, long detail)
{
	if (ok) {
		passed++;
		return;
	}
	failed++;
	if (failed < 20)
		printf("FAILED: %s (%ld)\n", what, detail);
}

// A block from malloc whose first byte is at the given misalignment and whose
// last byte is the last of the block; free(base).
struct block {
	uchar *base;
	uchar *at;
	size_t n;
};

static struct block
block_new(size_t offset, size_t n, uint seed)
{
	struct block b = {malloc(offset + n + 1), NULL, n};

	// One byte more than asked only if there would be none.
	if (offset + n > 0) {
		free(b.base);
		b.base = malloc(offset + n);
	}
	b.at = b.base + offset;
	for (size_t i = 0; i < n; i++)
		b.at[i] = seed * 31 + i * 7;
	return b;
}

static void
test_memset(size_t offset, size_t n)
{
	struct block ours = block_new(offset, n, 1);
	struct block libc = block_new(offset, n, 1);
	int c = (int)(n * 37 + offset) - 50; // negative values as well

	check(k_memset(ours.at, c, n) == ours.at, "memset returns dst", n);
	libc_memset(libc.at, c, n);
	check(libc_memcmp(ours.at, libc.at, n) == 0, "memset", n);
	free(ours.base);
	free(libc.base);
}

static void
test_memcpy(size_t to, size_t from, size_t n)
{
	struct block dst = block_new(to, n, 2);
	struct block src = block_new(from, n, 3);

	check(k_memcpy(dst.at, src.at, n) == dst.at, "memcpy returns dst", n);
	check(libc_memcmp(dst.at, src.at, n) == 0, "memcpy",
	    to * 1000 + from * 100 + n);
	free(dst.base);
	free(src.base);
}

// Both ends in one block, overlapping in every way.
static void
test_memmove(size_t to, size_t from, size_t n)
{
	size_t size = (to > from ? to : from) + n;
	struct block ours = block_new(0, size, 4);
	struct block libc = block_new(0, size, 4);

	check(k_memmove(ours.at + to, ours.at + from, n) == ours.at + to,
	    "memmove returns dst", n);
	libc_memmove(libc.at + to, libc.at + from, n);
	check(libc_memcmp(ours.at, libc.at, size) == 0, "memmove",
	    to * 10000 + from * 100 + n);
	free(ours.base);
	free(libc.base);
}

static void
test_memory(void)
{
	for (size_t n = 0; n < 70; n++) {
		for (size_t a = 0; a < 9; a++) {
			test_memset(a, n);
			for (size_t b = 0; b < 9; b++)
				test_memcpy(a, b, n);
		}
	}
	for (size_t n = 0; n < 40; n++) {
		for (size_t a = 0; a < 34; a++) {
			for (size_t b = 0; b < 34; b++)
				test_memmove(a, b, n);
		}
	}
}

static int
sign(int n)
{
	return (n > 0) - (n < 0);
}

static void
test_compare(void)
{
	static const char *const words[] = {"", "a", "ab", "abc", "abd", "b",
	    "\xff", "a\xff", "abcdefghijklmnop", "abcdefghijklmnoq"};
	const int n = sizeof(words) / sizeof(*words);

	for (int i = 0; i < n; i++) {
		check(k_strlen(words[i]) == libc_strlen(words[i]), "strlen",
		    i);
		for (int j = 0; j < n; j++) {
			const char *a = words[i], *b = words[j];
			size_t la = libc_strlen(a), lb = libc_strlen(b);
			size_t both = la < lb ? la : lb;

			check(sign(k_strcmp(a, b)) == sign(libc_strcmp(a, b)),
			    "strcmp", i * n + j);
			check(sign(k_memcmp(a, b, both)) ==
			        sign(libc_memcmp(a, b, both)),
			    "memcmp", i * n + j);
			for (size_t m = 0; m < 20; m++)
				check(sign(k_strncmp(a, b, m)) ==
				        sign(libc_strncmp(a, b, m)),
				    "strncmp", m);
		}
	}
}

static void
test_strlcopy(void)
{
	for (size_t size = 1; size < 10; size++) {
		char *buf = malloc(size);

		libc_memset(buf, 'z', size);
		check(strlcopy(buf, "hello", size) == buf, "strlcopy returns",
		    size);
		check(libc_strlen(buf) == (size > 5 ? 5 : size - 1),
		    "strlcopy's length", size);
		check(libc_strncmp(buf, "hello", libc_strlen(buf)) == 0,
		    "strlcopy's text", size);
		free(buf);
	}
}

static void
test_pages(void)
{
	uchar *a = aligned_alloc(PGSIZE, PGSIZE);
	uchar *b = aligned_alloc(PGSIZE, PGSIZE);
	bool zero = true;

	for (int i = 0; i < PGSIZE; i++)
		a[i] = i * 13 + i / 256 + 1;
	libc_memset(b, 0x5a, PGSIZE);
	page_copy(b, a);
	check(libc_memcmp(a, b, PGSIZE) == 0, "page_copy", 0);
	page_zero(a);
	for (int i = 0; i < PGSIZE; i++)
		zero = zero && a[i] == 0;
	check(zero, "page_zero", 0);
	check(b[PGSIZE - 1] != 0x5a && b[0] == 1, "page_zero's bounds", 0);
	free(a);
	free(b);
}

// The same directive through libc's printf and ours.
#define SAME(...)                                                             \
	do {                                                                  \
		char want[200], got[200];                                     \
		int len = snprintf(want, sizeof(want), __VA_ARGS__);          \
		size_t mine = ksnprintf(got, sizeof(got), __VA_ARGS__);       \
		check(libc_strcmp(want, got) == 0, got, __LINE__);            \
		check(mine == (size_t)len, "length of the text", __LINE__);   \
	} while (0)

// Our text for directives that libc does not have, words differently, or that
// the compiler would warn of.
static void
gives(const char *want, const char *fmt, ...)
{
	char *copy = strdup(fmt); // whose last byte is the last of a block
	char got[200];
	struct bounded b = {got, sizeof(got), 0};
	va_list ap;

	va_start(ap, fmt);
	format(emit_bounded, &b, copy, ap);
	va_end(ap);
	got[b.len] = 0;
	check(libc_strcmp(want, got) == 0, got, 0);
	free(copy);
}

static void
test_numbers(void)
{
	static const long values[] = {0, 1, -1, 9, 10, 255, 4096, -4096,
	    INT_MAX, INT_MIN, 0x80000000L, LONG_MAX, LONG_MIN, -10, 99999};

	for (uint i = 0; i < sizeof(values) / sizeof(*values); i++) {
		long v = values[i];

		SAME("%d|%i|%u|%x|%X", (int)v, (int)v, (uint)v, (uint)v,
		    (uint)v);
		SAME("%ld|%lu|%lx|%lld|%llx", v, v, v, (long long)v,
		    (long long)v);
		SAME("%8d|%-8d|%08d|%3d", (int)v, (int)v, (int)v, (int)v);
		SAME("%22ld|%-22ld|%022ld|%2lx", v, v, v, v);
		SAME("%016lx|%zu", v, (size_t)v);
		SAME("%p", (void *)(v | 1)); // libc says (nil) for 0
	}
	SAME("%-14s %12lu %10lu\n", "class", 12UL, 3UL);
	gives("0x0", "%p", (void *)0);
	gives("12   |", "%-05d|", 12);
}

static void
test_text(void)
{
	SAME("plain");
	SAME("%s", "");
	SAME("<%s><%10s><%-10s><%2s>", "abc", "abc", "abc", "abc");
	SAME("%c%c|%3c|%-3c|", 'x', 'y', 'z', 'w');
	SAME("100%%");
	SAME("%d%%%s%c", 5, "five", '5');
	gives("(null)", "%s", (char *)NULL);
	gives("    abc", "%07s", "abc");
}

static void
test_mistakes(void)
{
	gives("ends with %", "ends with %");
	gives("ends in %-08l", "ends in %-08l");
	gives("%q7", "%q%d", 7);
	gives("%y is %5k", "%y is %5k");
}

static void
test_bounds(void)
{
	for (size_t size = 0; size < 12; size++) {
		char *buf = malloc(size > 0 ? size : 1);
		size_t len;

		buf[0] = 'q';
		len = ksnprintf(buf, size, "%s-%d", "abcd", 1234);
		check(len == 9, "length of a text that is cut", size);
		if (size == 0) {
			check(buf[0] == 'q', "size 0 writes nothing", 0);
		} else {
			check(libc_strlen(buf) == (size > 9 ? 9 : size - 1),
			    "text that is cut", size);
			check(libc_strncmp(buf, "abcd-1234",
			          libc_strlen(buf)) == 0,
			    "beginning of a text that is cut", size);
		}
		free(buf);
	}
}

static void
type_text(struct lineq *q, const char *s)
{
	while (*s != 0)
		lineq_type(q, *s++);
}

// Reads one record's first n bytes and compares.
static void
expect(struct lineq *q, uint n, const char *want, int line)
{
	char *got;
	uint len;

	check(lineq_ready(q), "a record is ready", line);
	if (!lineq_ready(q))
		return;
	got = malloc(n + 1);
	len = lineq_peek(q, got, n);
	got[len] = 0;
	check(libc_strcmp(got, want) == 0, got, line);
	lineq_consume(q, len);
	free(got);
}

static void
test_lines(struct lineq *q)
{
	type_text(q, "hello");
	check(!lineq_ready(q), "an unfinished line is not read", 0);
	check(lineq_erase(q) == 'o' && lineq_erase(q) == 'l', "erase", 0);
	type_text(q, "p\nnext\n");
	expect(q, 100, "help\n", __LINE__);
	expect(q, 1, "n", __LINE__);
	expect(q, 2, "ex", __LINE__);
	expect(q, 2, "t\n", __LINE__);
	check(!lineq_ready(q), "all is read", 0);
	check(lineq_erase(q) == -1, "nothing to erase", 0);
	lineq_finish(q); // end of file
	type_text(q, "x");
	lineq_finish(q);
	expect(q, 10, "", __LINE__);
	expect(q, 10, "x", __LINE__);
	check(!lineq_ready(q), "end of file is read once", 0);
}

static void
test_long_line(struct lineq *q)
{
	char want[LINEQ_LINE + 1];

	for (int i = 0; i < LINEQ_LINE + 3; i++)
		lineq_type(q, 'a' + i % 26);
	lineq_type(q, '\n');
	for (int i = 0; i < LINEQ_LINE; i++)
		want[i] = 'a' + i % 26;
	want[LINEQ_LINE] = 0;
	expect(q, LINEQ_LINE, want, __LINE__);
	check(lineq_ready(q), "the rest of a long line", 0);
	lineq_consume(q, 4);
	check(!lineq_ready(q), "the rest of a long line is 4 bytes", 0);
}

// Random lines in, random reads out, against a flat model of the bytes.
static void
test_stream(struct lineq *q)
{
	static char model[1 << 16];
	char buf[LINEQ_LINE];
	uint in = 0, out = 0;
	bool same = true;

	srand(1);
	q->head = q->tail = 0xffffff00; // positions wrap during the test
	for (int turn = 0; turn < 100000; turn++) {
		if (rand() % 3 > 0 && lineq_has_room(q)) {
			char c = rand() % 9 ? 'a' + rand() % 26 : '\n';

			model[in++ % sizeof(model)] = c;
			lineq_type(q, c);
		} else if (lineq_ready(q)) {
			uint n = lineq_peek(q, buf, 1 + rand() % LINEQ_LINE);

			for (uint i = 0; i < n; i++)
				same = same &&
				    buf[i] == model[out++ % sizeof(model)];
			lineq_consume(q, n);
		}
	}
	check(same, "bytes come out as they went in", 0);
	check(out + q->len <= in && in - out <= LINEQ_RING + LINEQ_LINE,
	    "no byte is lost or made up", in - out);
	while (lineq_ready(q)) {
		uint n = lineq_peek(q, buf, LINEQ_LINE);

		out += n;
		lineq_consume(q, n);
	}
	check(out + q->len == in, "every byte comes out", in - out);
}

static void
test_full_ring(struct lineq *q)
{
	uint typed = 0;

	while (lineq_has_room(q)) {
		lineq_type(q, typed % 2 ? '\n' : 'k');
		typed++;
	}
	check(typed > 700, "the ring holds many short lines", typed);
	check(q->tail - q->head <= LINEQ_RING, "the ring never overflows", 0);
	while (lineq_ready(q))
		expect(q, 10, "k\n", __LINE__);
	check(lineq_has_room(q), "reading makes room", 0);
}

// Whatever the ring holds already, a line that may be begun fits to its end.
static void
test_room(struct lineq *q)
{
	for (uint used = LINEQ_RING / 2; used < LINEQ_RING; used++) {
		libc_memset(q, 0, sizeof(*q));
		while (used - q->tail > 8)
			type_text(q, "short\n");
		for (uint left = used - q->tail; left > LINEQ_HEADER; left--)
			lineq_type(q, 'x');
		lineq_finish(q);
		for (int i = 0; i < LINEQ_LINE && lineq_has_room(q); i++)
			lineq_type(q, 'y');
		check(q->tail - q->head <= LINEQ_RING, "a line fits", used);
	}
}

static void
with_lineq(void (*test)(struct lineq *))
{
	struct lineq *q = calloc(1, sizeof(*q));

	test(q);
	free(q);
}

int
main(void)
{
	test_memory();
	test_compare();
	test_strlcopy();
	test_pages();
	test_numbers();
	test_text();
	test_mistakes();
	test_bounds();
	with_lineq(test_lines);
	with_lineq(test_long_line);
	with_lineq(test_stream);
	with_lineq(test_full_ring);
	with_lineq(test_room);
	printf("%d passed, %d failed\n", passed, failed);
	return failed != 0;
}
