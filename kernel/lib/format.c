// Formatted text: the one interpreter of format strings, for kprintf,
// ksnprintf and text devices.
//
// A directive is  % [-] [0] [width] [l | ll | z] conversion  with conversions
// d i u x X p c s %.  What is not a directive is passed on as it stands, so
// that a mistake shows in the output instead of disappearing.

#include "lib/printf.h"
#include "lib/string.h"

struct sink {
	void (*emit)(void *to, char c);
	void *to;
};

struct directive {
	bool left; // align left
	bool zero; // pad with zeros, behind sign and prefix
	bool wide; // the argument has 64 bits
	uint width;
	char conversion; // 0 = the string ended too early
};

// Digits of a 64-bit number in base 10.
#define MAX_DIGITS 20

static void
repeat(const struct sink *out, char c, uint times)
{
	while (times-- > 0)
		out->emit(out->to, c);
}

static void
put_bytes(const struct sink *out, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		out->emit(out->to, s[i]);
}

// Prefix (sign or 0x) and body, padded to the directive's width.
static void
put_field(const struct sink *out, const struct directive *d,
    const char *prefix, const char *body, size_t len)
{
	size_t prefix_len = strlen(prefix);
	size_t used = prefix_len + len;
	uint pad = d->width > used ? d->width - used : 0;
	bool zeros = d->zero && !d->left;

	if (!d->left && !zeros)
		repeat(out, ' ', pad);
	put_bytes(out, prefix, prefix_len);
	if (zeros)
		repeat(out, '0', pad);
	put_bytes(out, body, len);
	if (d->left)
		repeat(out, ' ', pad);
}

static void
put_number(const struct sink *out, const struct directive *d,
    const char *prefix, uint64 value, uint base)
{
	const char *digit =
	    d->conversion == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";
	char text[MAX_DIGITS];
	uint first = MAX_DIGITS;

	do {
		text[--first] = digit[value % base];
		value /= base;
	} while (value != 0);
	put_field(out, d, prefix, text + first, MAX_DIGITS - first);
}

static void
put_signed(const struct sink *out, const struct directive *d, long value)
{
	// Negated as unsigned, so that the least number works too.
	if (value < 0)
		put_number(out, d, "-", -(uint64)value, 10);
	else
		put_number(out, d, "", value, 10);
}

static void
put_string(const struct sink *out, struct directive *d, const char *s)
{
	if (s == NULL)
		s = "(null)";
	d->zero = false;
	put_field(out, d, "", s, strlen(s));
}

// Reads the directive behind a '%' and returns what follows it.
static const char *
parse(const char *s, struct directive *d)
{
	*d = (struct directive){0};
	for (; *s == '-' || *s == '0'; s++) {
		if (*s == '-')
			d->left = true;
		else
			d->zero = true;
	}
	for (; *s >= '0' && *s <= '9'; s++)
		d->width = d->width * 10 + (*s - '0');
	for (; *s == 'l' || *s == 'z'; s++)
		d->wide = true;
	d->conversion = *s;
	return *s != 0 ? s + 1 : s;
}

// The arguments are behind a pointer, so that the caller's list advances.
struct args {
	va_list list;
};

static uint64
unsigned_arg(struct args *a, const struct directive *d)
{
	return d->wide ? va_arg(a->list, uint64) : va_arg(a->list, uint);
}

static long
signed_arg(struct args *a, const struct directive *d)
{
	return d->wide ? va_arg(a->list, long) : va_arg(a->list, int);
}

// Returns false if there is no such conversion.
static bool
convert(const struct sink *out, struct directive *d, struct args *a)
{
	char c;

	switch (d->conversion) {
	case 'd':
	case 'i':
		put_signed(out, d, signed_arg(a, d));
		return true;
	case 'u':
		put_number(out, d, "", unsigned_arg(a, d), 10);
		return true;
	case 'x':
	case 'X':
		put_number(out, d, "", unsigned_arg(a, d), 16);
		return true;
	case 'p':
		put_number(out, d, "0x", (uint64)va_arg(a->list, void *), 16);
		return true;
	case 's':
		put_string(out, d, va_arg(a->list, const char *));
		return true;
	case 'c':
		c = va_arg(a->list, int);
		d->zero = false;
		put_field(out, d, "", &c, 1);
		return true;
	case '%':
		out->emit(out->to, '%');
		return true;
	}
	return false;
}

void
format(void (*emit)(void *to, char c), void *to, const char *fmt, va_list ap)
{
	struct sink out = {emit, to};
	struct directive d;
	struct args args;

	va_copy(args.list, ap);
	while (*fmt != 0) {
		const char *start = fmt;

		if (*fmt++ != '%') {
			emit(to, *start);
			continue;
		}
		fmt = parse(fmt, &d);
		if (!convert(&out, &d, &args))
			put_bytes(&out, start, fmt - start);
	}
	va_end(args.list);
}

struct bounded {
	char *buf;
	size_t size;
	size_t len; // of the whole text, fitting or not
};

static void
emit_bounded(void *to, char c)
{
	struct bounded *b = to;

	if (b->len + 1 < b->size)
		b->buf[b->len] = c;
	b->len++;
}

size_t
ksnprintf(char *buf, size_t size, const char *fmt, ...)
{
	struct bounded b = {buf, size, 0};
	va_list ap;

	va_start(ap, fmt);
	format(emit_bounded, &b, fmt, ap);
	va_end(ap);
	if (size > 0)
		buf[b.len < size ? b.len : size - 1] = 0;
	return b.len;
}
