// Stand-in for the older library: main never returns; no memcpy.
#include "kernel/types.h"
#include "kernel/stat.h"
#include "kernel/fcntl.h"
#include "user/user.h"

char *
strcpy(char *to, const char *from)
{
	char *start = to;

	do
		*to++ = *from;
	while (*from++);
	return start;
}

int
strcmp(const char *a, const char *b)
{
	for (; *a && *a == *b; a++)
		b++;
	return (uchar)*a - (uchar)*b;
}

uint
strlen(const char *s)
{
	uint n;

	for (n = 0; s[n]; n++)
		;
	return n;
}

void *
memset(void *at, int c, uint n)
{
	volatile char *p = at;

	while (n-- > 0)
		*p++ = c;
	return at;
}

char *
strchr(const char *s, char c)
{
	for (; *s != c; s++)
		if (*s == 0)
			return 0;
	return (char *)s;
}

char *
gets(char *buf, int max)
{
	int n = 0;

	while (n + 1 < max && read(0, buf + n, 1) == 1)
		if (buf[n++] == '\n')
			break;
	buf[n] = 0;
	return buf;
}

int
stat(const char *name, struct stat *st)
{
	int fd = open(name, O_RDONLY), r;

	if (fd < 0)
		return -1;
	r = fstat(fd, st);
	close(fd);
	return r;
}

int
atoi(const char *s)
{
	int n = 0;

	while (*s >= '0' && *s <= '9')
		n = n * 10 + (*s++ - '0');
	return n;
}

void *
memmove(void *to, const void *from, int n)
{
	volatile char *t = to;
	const char *f = from;

	if (t <= f)
		for (int i = 0; i < n; i++)
			t[i] = f[i];
	else
		while (n-- > 0)
			t[n] = f[n];
	return to;
}
