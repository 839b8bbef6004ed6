// A program that has functions of its own with the names of all that Drove has
// beyond the course, of other types, and uses most of the course's library.
#include "kernel/types.h"
#include "kernel/stat.h"
#include "kernel/fcntl.h"
#include "user/user.h"

static int calls;

#define OWN(name)                      \
	void *name(void *x, long y);   \
	void *name(void *x, long y)    \
	{                              \
		calls += (int)y;       \
		return x;              \
	}

OWN(strncmp)
OWN(snprintf)
OWN(parse_number)
OWN(memstat_read)
OWN(variant_name)
OWN(time_hz)
OWN(poweroff)
OWN(setaffinity)
OWN(gethart)
OWN(nharts)
OWN(sync)
OWN(reboot)
OWN(overlong_name)
OWN(kill_named)

// Those that a library may have under the hood.
OWN(tell_device)
OWN(run_program)
OWN(exec_program)
OWN(next_word)
OWN(lines_next)

int
main(int argc, char *argv[])
{
	void *(*own[])(void *, long) = {strncmp, snprintf, parse_number,
	    memstat_read, variant_name, time_hz, poweroff, setaffinity,
	    gethart, nharts, sync, reboot, overlong_name, kill_named,
	    tell_device, run_program, exec_program, next_word,
	    lines_next};
	int n = sizeof(own) / sizeof(own[0]);
	char line[8], *copy = malloc(16);
	struct stat st;

	for (int i = 0; i < n; i++)
		if (own[i](copy, 1) != copy)
			exit(1);
	if (statistics(line, sizeof(line)) < 0 || stat("/", &st) < 0 ||
	    st.type != T_DIR || argc < 2 || atoi(argv[1]) != 17)
		exit(1);
	strcpy(copy, argv[1]);
	if (strcmp(copy, "17") != 0 || strlen(copy) != 2 ||
	    strchr(copy, '7') != copy + 1 || memcmp(copy, "17", 3) != 0)
		exit(1);
	free(copy);
	if (gets(line, sizeof(line)) != line || line[0] != 0)
		exit(1);
	printf("own: %d of %d\n", calls, n);
	exit(0);
}
