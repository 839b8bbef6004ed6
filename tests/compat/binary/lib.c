// The little that the programs here need besides system calls.

#include "tests/compat/binary/foreign.h"

int
length(const char *s)
{
	const char *end = s;

	while (*end)
		end++;
	return end - s;
}

int
same(const char *a, const char *b)
{
	for (; *a && *a == *b; a++)
		b++;
	return *a == *b;
}

void
say(const char *text)
{
	write(1, text, length(text));
}

void
say_number(word n)
{
	char digit = '0' + n % 10;

	if (n >= 10)
		say_number(n / 10);
	write(1, &digit, 1);
}

void
refuted(const char *claim, const char *file, int line)
{
	say(file);
	say(":");
	say_number(line);
	say(": not so: ");
	say(claim);
	say("\n");
	exit(1);
}

void *
memset(void *to, int byte, word n)
{
	volatile char *at = to;

	while (n-- > 0)
		*at++ = byte;
	return to;
}

void *
memcpy(void *to, const void *from, word n)
{
	volatile char *at = to;
	const char *source = from;

	while (n-- > 0)
		*at++ = *source++;
	return to;
}
