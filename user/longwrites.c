// longwrites: calls that would keep the kernel busy for long, for
// tests/stretch.sh.
//
// usage: longwrites memstat | pipe | tables
//
//   memstat  writes a megabyte of newlines to /dev/memstat
//   pipe     writes a megabyte to a pipe that another process reads
//   tables   touches a page in each of many leaf tables, and ends

#include "kernel/types.h"
#include "kernel/riscv.h"
#include "kernel/fcntl.h"
#include "kernel/vm.h"
#include "user/drove.h"

#define MEGABYTE (1 << 20)
#define SPAN     (512L * PGSIZE) // of a leaf table

// Half of what the machine of the test has, for with each goes a table.
#define TABLES 16000

static int
fail(const char *what)
{
	fprintf(2, "longwrites: %s\n", what);
	exit(1);
}

static char *
newlines(void)
{
	char *text = sbrk(MEGABYTE);

	if (text == SBRK_ERROR)
		fail("no memory");
	memset(text, '\n', MEGABYTE);
	return text;
}

static void
to_memstat(void)
{
	int fd = open("/dev/memstat", O_WRONLY);

	if (fd < 0 || write(fd, newlines(), MEGABYTE) != MEGABYTE)
		fail("cannot write to /dev/memstat");
}

static void
to_pipe(void)
{
	static char some[PGSIZE];
	int fd[2];

	if (pipe(fd) < 0)
		fail("no pipe");
	if (fork() == 0) {
		close(fd[1]);
		while (read(fd[0], some, sizeof(some)) > 0)
			;
		exit(0);
	}
	close(fd[0]);
	if (write(fd[1], newlines(), MEGABYTE) != MEGABYTE)
		fail("cannot write to the pipe");
	close(fd[1]);
	wait(0);
}

static void
touch_tables(void)
{
	char *from = sbrk(0);

	for (int i = 0; i < TABLES; i++) {
		if (sys_sbrk(SPAN, SBRK_LAZY) == SBRK_ERROR)
			fail("no more addresses");
		from[i * SPAN] = 1;
	}
}

int
main(int argc, char **argv)
{
	int status;

	if (argc != 2)
		fail("what?");
	if (strcmp(argv[1], "memstat") == 0) {
		to_memstat();
	} else if (strcmp(argv[1], "pipe") == 0) {
		to_pipe();
	} else if (strcmp(argv[1], "tables") == 0) {
		if (fork() == 0) {
			touch_tables();
			exit(0);
		}
		wait(&status);
		return status;
	} else {
		fail("what?");
	}
	return 0;
}
