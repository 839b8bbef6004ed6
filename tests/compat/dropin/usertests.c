// Tests of a course in place of ours, in one file, whose functions have names
// that ours have too: copyin, mem, spawn, data_fill.
#include "kernel/param.h"
#include "kernel/types.h"
#include "kernel/stat.h"
#include "user/user.h"
#include "kernel/fs.h"
#include "kernel/fcntl.h"
#include "kernel/syscall.h"
#include "kernel/memlayout.h"
#include "kernel/riscv.h"

int
copyin(void)
{
	return write(1, (void *)KERNBASE, 1) == -1 &&
	       write(1, (void *)TRAMPOLINE, 8) == -1 &&
	       write(1, (void *)-1L, 1) == -1;
}

void
data_fill(char *at, int n)
{
	while (n-- > 0)
		at[n] = 'd' + n % 7;
}

int
mem(void)
{
	char *block = malloc(3 * BSIZE);

	if (block == 0)
		return 0;
	data_fill(block, 3 * BSIZE);
	int right = block[8] == 'e' && block[3 * BSIZE - 1] == 'd' + 3071 % 7;
	free(block);
	return right;
}

int
spawn(int (*body)(void))
{
	int status = -1;

	if (fork() == 0)
		exit(body() ? 0 : 1);
	wait(&status);
	return status;
}

int
main(int argc, char *argv[])
{
	if (spawn(copyin) != 0 || spawn(mem) != 0) {
		printf("THEIR TESTS FAILED\n");
		exit(1);
	}
	printf("THEIR TESTS PASSED\n");
	exit(0);
}
