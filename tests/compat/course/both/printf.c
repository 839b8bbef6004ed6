// Stand-in: formats one directive at a time.  Pointers are in <>, by which its
// output is known.
#include "kernel/types.h"
#include "kernel/stat.h"
#include "user/user.h"
#include <stdarg.h>

static void
out(int fd, char c)
{
	write(fd, &c, 1);
}

static void
number(int fd, uint64 n, uint64 base)
{
	if (n >= base)
		number(fd, n / base, base);
	out(fd, "0123456789abcdef"[n % base]);
}

static void
text(int fd, const char *s)
{
	while (*s)
		out(fd, *s++);
}

void
vprintf(int fd, const char *f, va_list ap)
{
	for (; *f; f++) {
		if (*f != '%') {
			out(fd, *f);
			continue;
		}
		switch (*++f) {
		case 'd':
			number(fd, (uint)va_arg(ap, int), 10);
			break;
		case 'x':
			number(fd, va_arg(ap, uint), 16);
			break;
		case 'p':
			out(fd, '<');
			number(fd, va_arg(ap, uint64), 16);
			out(fd, '>');
			break;
		case 's':
			text(fd, va_arg(ap, char *));
			break;
		}
	}
}

void
fprintf(int fd, const char *f, ...)
{
	va_list ap;

	va_start(ap, f);
	vprintf(fd, f, ap);
	va_end(ap);
}

void
printf(const char *f, ...)
{
	va_list ap;

	va_start(ap, f);
	vprintf(1, f, ap);
	va_end(ap);
}
