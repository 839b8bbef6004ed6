// Numbers in arguments, without tolerance.

#include "user/drove.h"

int
parse_number(const char *s, uint64 *value)
{
	const char *first = s;

	*value = 0;
	for (; *s >= '0' && *s <= '9'; s++) {
		if (__builtin_mul_overflow(*value, 10, value) ||
		    __builtin_add_overflow(*value, *s - '0', value))
			return -1;
	}
	return s > first && *s == 0 ? 0 : -1;
}
