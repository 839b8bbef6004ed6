// Decimal numbers in text.

#include "kernel/types.h"
#include "user/user.h"

// Reads digits into *value; returns how many there were, -1 if the number
// does not fit.
static int
digits(const char *s, uint64 *value)
{
	int n;

	*value = 0;
	for (n = 0; s[n] >= '0' && s[n] <= '9'; n++) {
		if (__builtin_mul_overflow(*value, 10, value) ||
		    __builtin_add_overflow(*value, s[n] - '0', value))
			return -1;
	}
	return n;
}

// The digits that s begins with, 0 if there are none.  No sign: course
// programs rely on "-1" not being a number.
int
atoi(const char *s)
{
	uint64 value;

	digits(s, &value);
	return (int)value;
}

int
parse_number(const char *s, uint64 *value)
{
	int n = digits(s, value);

	return n > 0 && s[n] == 0 ? 0 : -1;
}
