// Commands that run in the shell's own process: they act on it, or have to work
// when nothing can be forked.

#include "user/sh/sh.h"

static int
change_directory(int argc, char **argv)
{
	const char *to = argc > 1 ? argv[1] : "/";

	if (argc > 2) {
		fprintf(2, "sh: cd takes one directory\n");
		return ST_SYNTAX;
	}
	if (chdir(to) < 0) {
		fprintf(2, "sh: cd: no directory %s\n", to);
		return ST_FAILED;
	}
	return 0;
}

static int
leave(int argc, char **argv)
{
	uint64 status = work.status;

	if (argc > 1 && parse_number(argv[1], &status) < 0) {
		fprintf(2, "sh: exit: not a number: %s\n", argv[1]);
		status = ST_SYNTAX;
	}
	exit(status);
}

static int
wait_for_all(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	while (wait(0) >= 0)
		;
	return 0;
}

static int
kill_processes(int argc, char **argv)
{
	if (argc > 1)
		return kill_named("sh: kill", argv + 1);
	fprintf(2, "sh: kill takes process numbers\n");
	return ST_SYNTAX;
}

static const struct {
	const char *name;
	builtin *run;
} builtins[] = {
    {"cd", change_directory},
    {"exit", leave},
    {"kill", kill_processes},
    {"wait", wait_for_all},
};

builtin *
find_builtin(const char *name)
{
	for (uint i = 0; i < sizeof(builtins) / sizeof(builtins[0]); i++) {
		if (strcmp(name, builtins[i].name) == 0)
			return builtins[i].run;
	}
	return 0;
}
