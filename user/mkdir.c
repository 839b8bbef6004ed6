// mkdir path...: makes directories.

#include "kernel/types.h"
#include "kernel/stat.h"
#include "user/drove.h"

int
main(int argc, char **argv)
{
	int failed = 0;

	if (argc < 2) {
		fprintf(2, "usage: mkdir path...\n");
		return 1;
	}
	for (char **path = argv + 1; *path; path++) {
		if (overlong_name("mkdir", *path)) {
			failed = 1;
		} else if (mkdir(*path) < 0) {
			fprintf(2, "mkdir: cannot make %s\n", *path);
			failed = 1;
		}
	}
	return failed;
}
