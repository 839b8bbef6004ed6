// 0-terminated strings.

#include "kernel/types.h"
#include "user/user.h"

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
strncmp(const char *a, const char *b, uint most)
{
	for (uint i = 0; i < most; i++) {
		uchar left = a[i], right = b[i];
		if (left != right)
			return left < right ? -1 : 1;
		if (left == 0)
			break;
	}
	return 0;
}

int
strcmp(const char *a, const char *b)
{
	return strncmp(a, b, ~0u);
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
