// rm path...: removes names.  A directory must be empty.

#include "kernel/types.h"
#include "kernel/stat.h"
#include "user/drove.h"

int
main(int argc, char **argv)
{
	int failed = 0;

	if (argc < 2) {
		fprintf(2, "usage: rm path...\n");
		return 1;
	}
	for (int i = 1; i < argc; i++) {
		if (overlong_name("rm", argv[i])) {
			failed = 1;
		} else if (unlink(argv[i]) < 0) {
			fprintf(2, "rm: cannot remove %s\n", argv[i]);
			failed = 1;
		}
	}
	return failed;
}
