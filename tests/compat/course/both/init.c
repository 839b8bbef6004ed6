// Stand-in for a course's first process: a console, and a shell again and again.
#include "kernel/types.h"
#include "kernel/stat.h"
#include "kernel/spinlock.h"
#include "kernel/sleeplock.h"
#include "kernel/fs.h"
#include "kernel/file.h"
#include "user/user.h"
#include "kernel/fcntl.h"

char *words[] = { "sh", 0 };

int
main(void)
{
	int shell, got;

	while (open("console", O_RDWR) < 0)
		if (mknod("console", CONSOLE, 0) < 0)
			exit(1);
	dup(0);
	dup(0);
	for (;;) {
		printf("init: starting sh\n");
		if ((shell = fork()) == 0) {
			exec(words[0], words);
			exit(1);
		}
		do
			got = wait((int *)0);
		while (got >= 0 && got != shell);
	}
}
