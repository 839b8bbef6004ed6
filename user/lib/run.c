// Finding and running programs.

#include "kernel/types.h"
#include "kernel/fcntl.h"
#include "kernel/param.h"
#include "kernel/stat.h"
#include "user/drove.h"
#include "user/lib/run.h"

int
exec_program(const char *who, char **argv)
{
	const char *name = argv[0];
	char in_root[MAXPATH] = "";
	struct stat st;

	exec(name, argv);
	if (!strchr(name, '/')) {
		snprintf(in_root, sizeof(in_root), "/%s", name);
		exec(in_root, argv);
	}
	if (stat(name, &st) < 0 && (!*in_root || stat(in_root, &st) < 0)) {
		fprintf(2, "%s: %s: not found\n", who, name);
		return RUN_NOT_FOUND;
	}
	fprintf(2, "%s: %s: cannot run\n", who, name);
	return RUN_CANNOT;
}

int
run_program(const char *who, char **argv)
{
	int ended, status = -1, pid = fork();

	if (pid == 0)
		exit(exec_program(who, argv));
	if (pid < 0) {
		fprintf(2, "%s: fork failed\n", who);
		return -1;
	}
	do {
		ended = wait(&status);
	} while (ended >= 0 && ended != pid);
	return status;
}

int
tell_device(const char *who, const char *device, const char *text)
{
	int n = strlen(text), wrote = -1, fd = open(device, O_WRONLY);

	if (fd >= 0) {
		wrote = write(fd, text, n);
		close(fd);
	}
	if (wrote == n)
		return 0;
	fprintf(2, "%s: cannot write \"%s\" to %s\n", who, text, device);
	return -1;
}
