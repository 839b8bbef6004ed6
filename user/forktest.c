// forktest: forks until the kernel has no more processes (or MOST times), and
// checks that each child is collected exactly once and that a failed fork
// left things as they were.

#include "kernel/types.h"
#include "kernel/stat.h"
#include "user/drove.h"

#define MOST 1000

static void
fail(const char *what, int n)
{
	printf("forktest: %s (after %d)\n", what, n);
	exit(1);
}

// Children that end at once may be gone before the limit is reached; these
// wait for their parent to close the pipe.
static int
fork_children(const int *gate)
{
	int children, pid;
	char byte;

	for (children = 0; children < MOST; children++) {
		pid = fork();
		if (pid < 0)
			break;
		if (pid == 0) {
			close(gate[1]);
			exit(read(gate[0], &byte, 1) == 0 ? 0 : 1);
		}
	}
	return children;
}

static void
collect(int children)
{
	int status;

	for (int i = 0; i < children; i++) {
		if (wait(&status) < 0)
			fail("wait stopped early", i);
		if (status != 0)
			fail("a child failed", i);
	}
	if (wait(0) >= 0)
		fail("wait found one too many", children);
}

int
main(void)
{
	int gate[2], children;

	printf("fork test\n");
	if (pipe(gate) < 0)
		fail("no pipe", 0);
	children = fork_children(gate);
	close(gate[1]);
	if (children == 0)
		fail("fork never worked", 0);
	collect(children);

	// All is free again: one more must work.
	if (pipe(gate) < 0)
		fail("no second pipe", children);
	int pid = fork();
	if (pid < 0)
		fail("fork fails after all have ended", children);
	if (pid == 0)
		exit(0);
	collect(1);
	printf("fork test OK\n");
	return 0;
}
