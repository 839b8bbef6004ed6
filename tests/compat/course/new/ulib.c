// Stand-in for the newer library, with the code that calls main.
#include "kernel/types.h"
#include "kernel/stat.h"
#include "kernel/fcntl.h"
#include "kernel/riscv.h"
#include "kernel/vm.h"
#include "user/user.h"

void
start(int argc, char **argv)
{
	int r;
	extern int main(int argc, char **argv);

	r = main(argc, argv);
	exit(r);
}

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

int
memcmp(const void *a, const void *b, uint n)
{
	const char *x = a, *y = b;

	for (; n-- > 0; x++, y++)
		if (*x != *y)
			return *x - *y;
	return 0;
}

void *
memcpy(void *to, const void *from, uint n)
{
	return memmove(to, from, n);
}

char *
sbrk(int n)
{
	return sys_sbrk(n, SBRK_EAGER);
}

char *
sbrklazy(int n)
{
	return sys_sbrk(n, SBRK_LAZY);
}
