// Lines of text from a descriptor.

#include "kernel/types.h"
#include "user/lib/course.h"
#include "user/lib/lines.h"

void
lines_start(struct lines *l, int fd, int shared)
{
	l->fd = fd;
	l->step = shared ? 1 : sizeof(l->text);
	l->at = l->have = 0;
}

// Makes l->text[l->at] valid; 0 at the end of the text.
static int
more(struct lines *l)
{
	int n;

	if (l->at < l->have)
		return 1;
	n = read(l->fd, l->text, l->step);
	l->at = 0;
	l->have = n > 0 ? n : 0;
	return n > 0;
}

int
lines_next(struct lines *l, char *line, uint size)
{
	uint n = 0;

	if (!more(l))
		return -1;
	do {
		char c = l->text[l->at++];
		if (c == '\n')
			break;
		if (n + 1 < size)
			line[n] = c;
		n++;
	} while (more(l));
	line[n < size ? n : size - 1] = 0;
	return n;
}

static int
blank(char c)
{
	return c == ' ' || c == '\t';
}

char *
next_word(char **rest)
{
	char *word, *s = *rest;

	while (blank(*s))
		s++;
	word = s;
	while (*s != 0 && !blank(*s))
		s++;
	if (*s != 0)
		*s++ = 0;
	*rest = s;
	return *word != 0 ? word : 0;
}
