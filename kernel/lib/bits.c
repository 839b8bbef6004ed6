// What the compiler calls for __builtin_ctzl on a CPU without Zbb.

#include "kernel/types.h"

int __ctzdi2(unsigned long x);

// Number of zero bits below the lowest one (x != 0): halves the range that it
// can be in.
int
__ctzdi2(unsigned long x)
{
	int n = 0;

	for (int width = 32; width > 0; width /= 2) {
		unsigned long low = (1UL << width) - 1;

		if ((x & low) == 0) {
			x >>= width;
			n += width;
		}
	}
	return n;
}
