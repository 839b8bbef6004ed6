// How a program finds its arguments and its stack.  It runs itself with
// vectors of all lengths.

#include "tests/compat/binary/foreign.h"

#define PAGE      4096
#define MOST_ARGS 31 // the 32nd is the end

static char *
number(char *to, int n)
{
	to += 3;
	*--to = 0;
	*--to = '0' + n % 10;
	*--to = '0' + n / 10;
	return to;
}

// From argv[1] on: the same name with its place, in two digits, behind it.
static void
check_arguments(int argc, char **argv)
{
	char *low = (char *)(argv + argc + 1), digits[3];

	CLAIM(argc >= 2 && argc <= MOST_ARGS);
	CLAIM(argv[argc] == 0);
	for (int i = 2; i < argc; i++)
		CLAIM(same(argv[i], number(digits, i)));
	for (int i = 0; i < argc; i++)
		CLAIM(argv[i] >= low);
}

static void
check_stack(int argc, char **argv)
{
	char *top = argv[argc - 1] + length(argv[argc - 1]);
	volatile char *local;
	char here;

	CLAIM(entry_sp % 16 == 0);
	CLAIM(entry_a0 == (word)argc && entry_a1 == (word)argv);
	CLAIM(entry_sp <= (word)argv);
	// All of it lies in one page, the top one of a stack of at least one.
	CLAIM(entry_sp / PAGE == (word)top / PAGE);
	local = &here;
	CLAIM((word)local < entry_sp);
	// Heap begins above the stack, at a page.
	CLAIM(sbrk(0) > top && (word)sbrk(0) % PAGE == 0);
}

static void
run_with(char *self, int argc)
{
	char *argv[MOST_ARGS + 1], digits[MOST_ARGS][3];
	int status = -1, pid;

	argv[0] = self;
	argv[1] = "again";
	for (int i = 2; i < argc; i++)
		argv[i] = number(digits[i], i);
	argv[argc] = 0;
	pid = fork();
	CLAIM(pid >= 0);
	if (pid == 0) {
		exec(self, argv);
		exit(9);
	}
	CLAIM(wait(&status) == pid);
	CLAIM(status == 0);
}

int
main(int argc, char **argv)
{
	if (argc > 1 && same(argv[1], "again")) {
		check_arguments(argc, argv);
		check_stack(argc, argv);
		return 77; // the start code exits with 0
	}
	for (int n = 2; n <= MOST_ARGS; n++)
		run_with(argv[0], n);
	say("start: ok\n");
	return 0;
}
