// The contents of files.

#include "tests/compat/binary/foreign.h"

static char buffer[512];

int
main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		int fd = open(argv[i], OPEN_READ), n;

		if (fd < 0) {
			say("cat: no ");
			say(argv[i]);
			say("\n");
			exit(1);
		}
		while ((n = read(fd, buffer, sizeof(buffer))) > 0)
			write(1, buffer, n);
		close(fd);
	}
	return 0;
}
