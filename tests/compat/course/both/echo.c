// Stand-in: its arguments.
#include "kernel/types.h"
#include "kernel/stat.h"
#include "user/user.h"

int
main(int argc, char *argv[])
{
	for (int i = 1; i < argc; i++)
		fprintf(1, "%s%s", argv[i], i + 1 < argc ? " " : "\n");
	exit(0);
}
