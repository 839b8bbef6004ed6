// A program without start code: main is where the kernel jumps to, and it
// finds its arguments as if it had been called.

#include "tests/compat/binary/foreign.h"

static char zeros[10000];
static int counter = 41;

int
main(int argc, char **argv)
{
	CLAIM(argc == 2);
	CLAIM(same(argv[0], "direct") && same(argv[1], "entry"));
	CLAIM(argv[2] == 0);
	CLAIM((word)argv % 16 == 0);
	for (unsigned i = 0; i < sizeof(zeros); i++)
		CLAIM(zeros[i] == 0);
	zeros[9999] = ++counter;
	CLAIM(zeros[9999] == 42);
	say("direct: ok\n");
	exit(0);
}
