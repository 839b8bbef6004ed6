// Strings that begin alike.

#include "user/drove.h"

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
