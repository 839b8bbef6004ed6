// The first process of a foreign disk: it finds no node for the console and
// makes it, then keeps a shell running.

#include "tests/compat/binary/foreign.h"

static char *shell[] = {"sh", 0};

static void
console(void)
{
	if (open("console", OPEN_BOTH) < 0) {
		mknod("console", 1, 0);
		open("console", OPEN_BOTH);
	}
	dup(0);
	dup(0);
}

int
main(void)
{
	console();
	for (;;) {
		int pid, ended;

		say("init: starting sh\n");
		pid = fork();
		if (pid == 0) {
			exec("sh", shell);
			say("init: no sh\n");
			exit(1);
		}
		do
			ended = wait(0);
		while (ended >= 0 && ended != pid);
	}
}
