// Counts free memory as course tests do, by taking it page by page in a child
// until there is no more.  They do it before and after whatever they run, and
// call it a loss if the second count is smaller by a single page.
//
//   pages PROGRAM [ARG]...  counts, runs the program, counts again; its status
//                           is 1 if pages are lost or the program's is not 0
#include "kernel/types.h"
#include "kernel/stat.h"
#include "user/user.h"
#include "kernel/riscv.h"

static void
take_all(int report)
{
	char *p;

	while ((p = sbrk(PGSIZE)) != SBRK_ERROR) {
		p[PGSIZE - 1] = 1;
		if (write(report, "x", 1) != 1)
			break;
	}
	exit(0);
}

static int
count(void)
{
	int fds[2], n = 0, pid;
	char c;

	if (pipe(fds) < 0 || (pid = fork()) < 0) {
		printf("pages: cannot count\n");
		exit(1);
	}
	if (pid == 0) {
		close(fds[0]);
		take_all(fds[1]);
	}
	close(fds[1]);
	while (read(fds[0], &c, 1) == 1)
		n++;
	close(fds[0]);
	wait(0);
	return n;
}

static int
run(char *argv[])
{
	int status = -1;

	if (fork() == 0) {
		exec(argv[0], argv);
		exit(127);
	}
	wait(&status);
	return status;
}

int
main(int argc, char *argv[])
{
	int before = count(), status, after;

	if (argc < 2) {
		printf("pages: %d\n", before);
		exit(0);
	}
	status = run(argv + 1);
	after = count();
	printf("pages: %d before, %d after\n", before, after);
	exit(status != 0 || after < before);
}
