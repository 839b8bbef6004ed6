// longwrites: calls that would keep the kernel busy for long, for
// tests/stretch.sh.
//
// usage: longwrites memstat | pipe | tables | readers | sleepers
//
//   memstat  writes a megabyte of newlines to /dev/memstat
//   pipe     writes a megabyte to a pipe that another process reads
//   tables   touches a page in each of many leaf tables, and ends
//   readers  ends a pipe that all processes there can be wait for
//   sleepers has all processes there can be sleep until the same time

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

// As many children as there can be, of which each calls body; how many.
static int
crowd(void (*body)(void))
{
	int n = 0, pid;

	while ((pid = fork()) > 0)
		n++;
	if (pid == 0) {
		body();
		exit(0);
	}
	return n;
}

static void
reap(int n)
{
	int status;

	for (int i = 0; i < n; i++)
		if (wait(&status) < 0 || status != 0)
			fail("a child did not end well");
	printf("%d processes\n", n);
}

static int ends[2];

static void
read_nothing(void)
{
	char c;

	close(ends[1]);
	if (read(ends[0], &c, 1) != 0)
		fail("a pipe gives what nobody wrote");
}

static void
end_pipe(void)
{
	int n;

	if (pipe(ends) < 0)
		fail("no pipe");
	n = crowd(read_nothing);
	sleep(3); // they run, and close their other end
	close(ends[1]);
	reap(n);
}

static int wake_up; // at this time of uptime()

static void
sleep_until_then(void)
{
	sleep(wake_up - uptime());
}

static void
sleep_together(void)
{
	wake_up = uptime() + 50; // by then all are there
	reap(crowd(sleep_until_then));
}

static int
touch_and_end(void)
{
	int status;

	if (fork() == 0) {
		touch_tables();
		exit(0);
	}
	wait(&status);
	return status;
}

int
main(int argc, char **argv)
{
	if (argc != 2)
		fail("what?");
	if (strcmp(argv[1], "memstat") == 0) {
		to_memstat();
	} else if (strcmp(argv[1], "pipe") == 0) {
		to_pipe();
	} else if (strcmp(argv[1], "tables") == 0) {
		return touch_and_end();
	} else if (strcmp(argv[1], "readers") == 0) {
		end_pipe();
	} else if (strcmp(argv[1], "sleepers") == 0) {
		sleep_together();
	} else {
		fail("what?");
	}
	return 0;
}
