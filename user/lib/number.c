// Decimal numbers in text.

#include "kernel/types.h"
#include "user/lib/course.h"

// The digits that s begins with, 0 if there are none.  No sign: course
// programs rely on "-1" not being a number.
int
atoi(const char *s)
{
	uint value = 0; // what does not fit wraps

	for (; *s >= '0' && *s <= '9'; s++)
		value = value * 10 + (uint)(*s - '0');
	return (int)value;
}
