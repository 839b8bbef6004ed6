// cat [file...]: copies files, or descriptor 0, to descriptor 1.

#include "kernel/types.h"
#include "kernel/stat.h"
#include "kernel/fcntl.h"
#include "user/drove.h"

static char block[4096];

static int
copy_out(int fd, const char *name)
{
	int n;

	while ((n = read(fd, block, sizeof(block))) > 0) {
		if (write(1, block, n) != n) {
			fprintf(2, "cat: output failed\n");
			return -1;
		}
	}
	if (n < 0)
		fprintf(2, "cat: %s: unreadable\n", name);
	return n;
}

int
main(int argc, char **argv)
{
	int failed = 0;

	if (argc < 2)
		return copy_out(0, "standard input") < 0;
	for (int i = 1; i < argc; i++) {
		int fd = open(argv[i], O_RDONLY);
		if (fd < 0) {
			fprintf(2, "cat: %s: no such file\n", argv[i]);
			failed = 1;
			continue;
		}
		if (copy_out(fd, argv[i]) < 0)
			failed = 1;
		close(fd);
	}
	return failed;
}
