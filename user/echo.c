// echo word...: prints the words, a blank between each two.  The line goes out
// in one write: a device may take each write as one command.

#include "kernel/types.h"
#include "kernel/stat.h"
#include "user/drove.h"

// The words joined and ended by a newline, and their length; NULL if there is
// no memory.
static char *
join(char **words, uint *length)
{
	uint size = 2; // the newline, and the 0 that strcpy leaves
	char *text, *to;

	for (char **w = words; *w; w++)
		size += strlen(*w) + 1;
	text = to = malloc(size);
	if (text == 0)
		return 0;
	for (char **w = words; *w; w++) {
		if (w != words)
			*to++ = ' ';
		strcpy(to, *w);
		to += strlen(*w);
	}
	*to++ = '\n';
	*length = to - text;
	return text;
}

int
main(int argc, char **argv)
{
	uint length = 0;
	char *text = argc > 0 ? join(argv + 1, &length) : 0;

	if (text == 0 || write(1, text, length) != (int)length) {
		fprintf(2, "echo: %s\n", text ? "write error" : "no memory");
		return 1;
	}
	return 0;
}
