// ln old new: gives a file a second name.

#include "kernel/types.h"
#include "kernel/stat.h"
#include "user/drove.h"

int
main(int argc, char **argv)
{
	if (argc != 3) {
		fprintf(2, "usage: ln old new\n");
		return 1;
	}
	if (overlong_name("ln", argv[1]) || overlong_name("ln", argv[2]))
		return 1;
	if (link(argv[1], argv[2]) == 0)
		return 0;
	fprintf(2, "ln: cannot link %s to %s\n", argv[2], argv[1]);
	return 1;
}
