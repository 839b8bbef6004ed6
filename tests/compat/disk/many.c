// Makes files until the disk is full or MOST of them are there, says how many
// there are, and removes them again.

#include "tests/compat/binary/foreign.h"

#define MOST 300

static char name[] = "many000", block[1024];

static char *
numbered(int n)
{
	name[4] = '0' + n / 100;
	name[5] = '0' + n / 10 % 10;
	name[6] = '0' + n % 10;
	return name;
}

int
main(void)
{
	int n, fd, whole = 1;

	for (n = 0; n < MOST && whole; n++) {
		fd = open(numbered(n), OPEN_CREATE | OPEN_WRITE);
		if (fd < 0)
			break;
		memset(block, n, sizeof(block));
		whole = write(fd, block, sizeof(block)) == sizeof(block);
		close(fd);
	}
	say("many: ");
	say_number(n);
	say("\n");
	while (n-- > 0)
		CLAIM(unlink(numbered(n)) == 0);
	return 0;
}
