// sync: returns when all that was written is in its place on the disk.

#include "kernel/types.h"
#include "kernel/stat.h"
#include "user/drove.h"

int
main(int argc, char **argv)
{
	(void)argv;
	if (argc != 1) {
		fprintf(2, "usage: sync\n");
		return 1;
	}
	if (sync() == 0)
		return 0;
	fprintf(2, "sync: the disk has not taken everything\n");
	return 1;
}
