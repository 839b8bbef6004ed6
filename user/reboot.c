// reboot: writes what is pending and starts the machine again.

#include "kernel/types.h"
#include "kernel/stat.h"
#include "user/drove.h"

int
main(int argc, char **argv)
{
	(void)argv;
	if (argc == 1)
		reboot();
	fprintf(2, "usage: reboot\n");
	return 1;
}
