// kill pid...: ends processes.

#include "kernel/types.h"
#include "kernel/stat.h"
#include "user/drove.h"

int
main(int argc, char **argv)
{
	int failed = 0;

	if (argc < 2) {
		fprintf(2, "usage: kill process-id...\n");
		return 1;
	}
	for (int i = 1; i < argc; i++) {
		uint64 pid;
		if (parse_number(argv[i], &pid) < 0 || pid > 0x7fffffff ||
		    kill(pid) < 0) {
			fprintf(2, "kill: no process %s\n", argv[i]);
			failed = 1;
		}
	}
	return failed;
}
