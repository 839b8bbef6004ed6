// Its arguments in a line.

#include "tests/compat/binary/foreign.h"

int
main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		say(argv[i]);
		say(i + 1 < argc ? " " : "\n");
	}
	return 0;
}
