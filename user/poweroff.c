// poweroff [status]: writes what is pending and ends the machine; the emulator
// exits with the status, 0..255, or 0.

#include "kernel/types.h"
#include "kernel/stat.h"
#include "user/drove.h"

int
main(int argc, char **argv)
{
	uint64 status = 0;

	if (argc > 2 ||
	    (argc == 2 &&
	        (parse_number(argv[1], &status) < 0 || status > 255))) {
		fprintf(2, "usage: poweroff [status, 0..255]\n");
		return 1;
	}
	poweroff((int)status);
	return 1;
}
