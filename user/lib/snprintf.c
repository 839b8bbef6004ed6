// Formatted text to memory.

#include "kernel/types.h"
#include "user/drove.h"
#include "user/lib/format.h"

struct memory_sink {
	struct sink sink;
	char *text;
	uint size; // bytes at text
	uint used; // bytes of the whole text so far
};

static void
memory_put(struct sink *to, char c)
{
	struct memory_sink *out = (struct memory_sink *)to;

	if (out->used + 1 < out->size)
		out->text[out->used] = c;
	out->used++;
}

int
snprintf(char *text, uint size, const char *fmt, ...)
{
	struct memory_sink out = {{memory_put}, text, size, 0};
	va_list args;

	va_start(args, fmt);
	format_text(&out.sink, fmt, args);
	va_end(args);
	if (size > 0)
		text[out.used < size ? out.used : size - 1] = 0;
	return out.used;
}
