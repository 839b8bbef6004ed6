// Formatted text to a descriptor.  It is gathered in a small buffer on the
// stack and written when that is full and at the end of the call, never
// later: programs fork and are killed, and text must be out by then.  A write
// that fails loses its text, which is remembered (output.h).

#include "kernel/types.h"
#include "user/lib/course.h"
#include "user/lib/format.h"
#include "user/lib/output.h"

struct fd_sink {
	struct sink sink;
	int fd;
	uint used;
	char text[128]; // most messages in one write, on a 4 KiB stack
};

static void
write_out(struct fd_sink *out)
{
	int n = out->used;

	// Of messages to descriptor 2 nobody can be told.
	if (n > 0 && write(out->fd, out->text, n) != n && out->fd != 2)
		output_failed = 1;
	out->used = 0;
}

static void
fd_put(struct sink *to, char c)
{
	struct fd_sink *out = (struct fd_sink *)to;

	out->text[out->used++] = c;
	if (out->used == sizeof(out->text))
		write_out(out);
}

// Course programs may declare it and call it.
void
vprintf(int fd, const char *fmt, va_list args)
{
	struct fd_sink out;

	out.sink.put = fd_put;
	out.fd = fd;
	out.used = 0;
	format_text(&out.sink, fmt, args);
	write_out(&out);
}

void
printf(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vprintf(1, fmt, args);
	va_end(args);
}

void
fprintf(int fd, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vprintf(fd, fmt, args);
	va_end(args);
}
