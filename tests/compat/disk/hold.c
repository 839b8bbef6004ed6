// Has a file open that has no name any more, for as long as it is let.

#include "tests/compat/binary/foreign.h"

static char block[1024];

int
main(void)
{
	int fd = open("nameless", OPEN_CREATE | OPEN_BOTH);

	CLAIM(fd >= 0);
	for (int i = 0; i < 40; i++)
		CLAIM(write(fd, block, sizeof(block)) == (int)sizeof(block));
	CLAIM(unlink("nameless") == 0);
	say("holding\n");
	for (;;)
		sleep(1000);
}
