// init: the first process.  Opens the console for everybody, then keeps a
// shell running and collects the processes that lost their parent.
//
// With an argument, which is a whole command line (the boot option that `make
// run` passes), it runs that through the shell instead, and powers the machine
// off with its status.

#include "kernel/types.h"
#include "kernel/stat.h"
#include "kernel/fcntl.h"
#include "kernel/file.h"
#include "user/drove.h"

// mkfs makes the nodes of all other devices.
static void
ensure_node(const char *path, int number)
{
	struct stat st;

	if (stat(path, &st) < 0 && mknod(path, number, 0) < 0)
		fprintf(2, "init: cannot make the node %s\n", path);
}

// Descriptors 0, 1 and 2 are the console from here on.
static void
open_console(void)
{
	int fd = open("console", O_RDWR);

	if (fd < 0) {
		mknod("console", CONSOLE, 0);
		fd = open("console", O_RDWR);
	}
	// Without a console there is nobody to tell but the host.
	if (fd != 0 || dup(fd) != 1 || dup(fd) != 2)
		poweroff(1);
}

static int
start(char **argv)
{
	int pid = fork();

	if (pid == 0) {
		exec(argv[0], argv);
		fprintf(2, "init: cannot run %s\n", argv[0]);
		exit(127);
	}
	if (pid < 0)
		fprintf(2, "init: fork failed\n");
	return pid;
}

// Collects whatever ends until pid does; returns the status of that, -1 if
// there is no such child.
static int
collect_until(int pid)
{
	int ended, status;

	do {
		ended = wait(&status);
	} while (ended >= 0 && ended != pid);
	return ended == pid ? status : -1;
}

static void
run_and_power_off(char *line)
{
	char *argv[] = {"/sh", "-c", line, 0};
	int pid = start(argv);
	int status = pid < 0 ? -1 : collect_until(pid);

	// A status of the host has 8 bits; none but 0 may come out as 0.
	poweroff(status < 0 || status > 255 ? 255 : status);
}

// A shell that ended at once, or could not be started, will do so again: the
// next one waits, twice as long each time, up to a minute.
static void
pause_between(int ticks_it_lived)
{
	static int pause = 1; // ticks of a tenth of a second

	if (ticks_it_lived >= 20) {
		pause = 1;
		return;
	}
	sleep(pause);
	if (pause < 600)
		pause *= 2;
}

int
main(int argc, char **argv)
{
	char *shell[] = {"/sh", 0};

	open_console();
	ensure_node("statistics", STATS);
	if (argc > 1)
		run_and_power_off(argv[1]);
	for (;;) {
		int began = uptime(), pid;

		printf("init: starting sh\n");
		pid = start(shell);
		if (pid >= 0)
			collect_until(pid);
		sync(); // whoever leaves the shell may switch off next
		pause_between(uptime() - began);
	}
}
