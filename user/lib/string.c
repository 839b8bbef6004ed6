// 0-terminated strings.

#include "kernel/types.h"
#include "user/lib/course.h"

uint
strlen(const char *s)
{
	uint n = 0;

	while (s[n] != 0) {
		n++;
		__asm__ volatile(""); // not to become a call of strlen
	}
	return n;
}

char *
strcpy(char *to, const char *from)
{
	memmove(to, from, strlen(from) + 1);
	return to;
}

int
strcmp(const char *a, const char *b)
{
	for (uint i = 0;; i++) {
		uchar left = a[i], right = b[i];

		if (left != right)
			return left < right ? -1 : 1;
		if (left == 0)
			return 0;
	}
}

// The first c in s, or NULL; unlike C's, it does not find the final 0.
char *
strchr(const char *s, char c)
{
	for (; *s != 0; s++) {
		if (*s == c)
			return (char *)s;
	}
	return 0;
}
