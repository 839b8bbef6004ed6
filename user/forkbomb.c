// forkbomb: takes every process there is, for tests of how one gets rid of it.
//
// usage: forkbomb
//
// Each process forks for as long as it can, and tries again when it cannot.
// The first one says so when it fails for the first time.

#include "kernel/types.h"
#include "user/user.h"

int
main(void)
{
	int first = getpid(), said = 0;

	for (;;) {
		int pid = fork();

		if (pid < 0 && !said && getpid() == first) {
			said = 1;
			printf("forkbomb: no process is left\n");
		}
		if (pid == 0 && fork() < 0)
			said = 1; // nothing more to say
	}
}
