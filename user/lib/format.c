// Turns a format and its arguments into bytes for a sink.
//
// A conversion is parsed into a struct field (what was asked for), its
// argument is turned into a piece of text (a prefix and a body), and one
// function lays that out in the field's width.

#include "kernel/types.h"
#include "user/lib/course.h"
#include "user/lib/format.h"

struct field {
	int left;   // pad behind the text
	int zeros;  // pad with zeros between prefix and body
	uint width; // at least so many bytes
	int wide;   // 64-bit argument
};

// 2^64 - 1 has 20 decimal digits.
#define DIGITS 20

static void
repeat(struct sink *to, char c, uint n)
{
	while (n-- > 0)
		to->put(to, c);
}

static void
copy(struct sink *to, const char *text, uint n)
{
	for (uint i = 0; i < n; i++)
		to->put(to, text[i]);
}

static void
lay_out(struct sink *to, const struct field *f, const char *prefix,
    const char *body, uint body_size)
{
	uint prefix_size = strlen(prefix);
	uint size = prefix_size + body_size;
	uint pad = f->width > size ? f->width - size : 0;
	int inside = f->zeros && !f->left;

	if (!f->left && !inside)
		repeat(to, ' ', pad);
	copy(to, prefix, prefix_size);
	if (inside)
		repeat(to, '0', pad);
	copy(to, body, body_size);
	if (f->left)
		repeat(to, ' ', pad);
}

static void
put_number(struct sink *to, const struct field *f, const char *prefix,
    uint64 value, uint base)
{
	char text[DIGITS];
	uint at = DIGITS;

	do {
		text[--at] = "0123456789ABCDEF"[value % base];
		value /= base;
	} while (value != 0);
	lay_out(to, f, prefix, text + at, DIGITS - at);
}

static void
put_signed(struct sink *to, const struct field *f, long value)
{
	uint64 size = value < 0 ? -(uint64)value : (uint64)value;

	put_number(to, f, value < 0 ? "-" : "", size, 10);
}

static void
put_pointer(struct sink *to, void *p)
{
	struct field all = {.zeros = 1, .width = 2 + 2 * sizeof(p)};

	put_number(to, &all, "0x", (uint64)p, 16);
}

// Reads flags, width and length; returns where the conversion's letter is.
static const char *
parse_field(const char *s, struct field *f)
{
	memset(f, 0, sizeof(*f));
	for (; *s == '-' || *s == '0'; s++) {
		if (*s == '-')
			f->left = 1;
		else
			f->zeros = 1;
	}
	for (; *s >= '0' && *s <= '9'; s++)
		f->width = f->width * 10 + (*s - '0');
	for (; *s == 'l'; s++)
		f->wide = 1;
	return s;
}

// A va_list that functions can share.
struct arguments {
	va_list list;
};

static uint64
next_unsigned(struct arguments *a, const struct field *f)
{
	return f->wide ? va_arg(a->list, uint64) : va_arg(a->list, uint);
}

static long
next_signed(struct arguments *a, const struct field *f)
{
	return f->wide ? va_arg(a->list, long) : va_arg(a->list, int);
}

// One conversion; returns 0 if its letter is unknown.
static int
convert(struct sink *to, struct field *f, char letter, struct arguments *a)
{
	const char *text;
	char c;

	switch (letter) {
	case 'd':
	case 'i':
		put_signed(to, f, next_signed(a, f));
		return 1;
	case 'u':
		put_number(to, f, "", next_unsigned(a, f), 10);
		return 1;
	case 'x':
	case 'X':
		// Capitals for both: what course programs print stays the
		// same.
		put_number(to, f, "", next_unsigned(a, f), 16);
		return 1;
	case 'p':
		put_pointer(to, va_arg(a->list, void *));
		return 1;
	case 's':
		text = va_arg(a->list, const char *);
		if (text == 0)
			text = "(null)";
		f->zeros = 0;
		lay_out(to, f, "", text, strlen(text));
		return 1;
	case 'c':
		c = va_arg(a->list, int);
		f->zeros = 0;
		lay_out(to, f, "", &c, 1);
		return 1;
	case '%':
		if (f->wide)
			return 0;
		to->put(to, '%');
		return 1;
	}
	return 0;
}

void
format_text(struct sink *to, const char *fmt, va_list args)
{
	struct arguments a;
	struct field f;

	va_copy(a.list, args);
	for (const char *s = fmt; *s != 0; s++) {
		if (*s != '%') {
			to->put(to, *s);
			continue;
		}
		const char *letter = parse_field(s + 1, &f);
		if (convert(to, &f, *letter, &a)) {
			s = letter;
			continue;
		}
		if (f.wide) { // %l alone, as old programs have it
			put_signed(to, &f, next_signed(&a, &f));
			s = letter - 1;
			continue;
		}
		// Not ours: the % stands for itself, what follows likewise.
		to->put(to, '%');
	}
	va_end(a.list);
}
