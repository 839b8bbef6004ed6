// zombie: leaves its parent a child that it has not waited for.  The child is
// dead before its parent ends, so that init has to collect it.

#include "kernel/types.h"
#include "kernel/stat.h"
#include "user/drove.h"

int
main(void)
{
	int pid = fork();

	if (pid < 0) {
		fprintf(2, "zombie: fork failed\n");
		return 1;
	}
	if (pid > 0)
		sleep(5); // half a second is plenty for the child
	return 0;
}
