// The boot arguments: options, then perhaps " -- " and a command for init.

#include "boot/platform.h"
#include "lib/string.h"

// The options end where " -- " begins.
static const char *
options_end(void)
{
	const char *s = platform.bootargs;

	for (; *s != 0; s++) {
		if (strncmp(s, "-- ", 3) == 0 &&
		    (s == platform.bootargs || s[-1] == ' '))
			break;
	}
	return s;
}

const char *
boot_command(void)
{
	const char *s = options_end();

	return *s != 0 ? s + 3 : s;
}

uint64
boot_option(const char *name, uint64 fallback)
{
	const char *end = options_end();
	size_t len = strlen(name);
	uint64 value = 0;

	for (const char *s = platform.bootargs; s < end; s++) {
		if (s != platform.bootargs && s[-1] != ' ')
			continue;
		if (strncmp(s, name, len) != 0 || s[len] != '=')
			continue;
		s += len + 1;
		if (*s < '0' || *s > '9')
			return fallback;
		for (; *s >= '0' && *s <= '9'; s++)
			value = value * 10 + (*s - '0');
		return value;
	}
	return fallback;
}
