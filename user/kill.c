// kill pid...: ends processes.  The shell has it built in, for when nothing can
// be forked.

#include "kernel/types.h"
#include "kernel/stat.h"
#include "user/drove.h"

int
main(int argc, char **argv)
{
	if (argc < 2) {
		fprintf(2, "usage: kill process-id...\n");
		return 1;
	}
	return kill_named("kill", argv + 1);
}
