// What becomes of output that got lost (output.h).
//
// It goes with where programs begin (start.S), so it needs nothing of the
// library but write(): a program may bring its own.

#include "kernel/types.h"
#include "user/lib/course.h"
#include "user/lib/output.h"

int output_failed;

static void
say(const char *text)
{
	int n = 0;

	while (text[n] != 0)
		n++;
	write(2, text, n);
}

int
output_status(int status, char **argv)
{
	if (!output_failed)
		return status;
	if (argv != 0 && argv[0] != 0) {
		say(argv[0]);
		say(": ");
	}
	say("write error\n");
	return status != 0 ? status : 1;
}
