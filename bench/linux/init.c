// The first process on Linux: sets up what benchmarks need, runs the command
// that is its arguments, says how it ended, and powers off.
//
// The kernel hands over what stands behind "--" on its command line.  The
// last line on the console, "init: status N", is for the host, which cannot
// see a status otherwise.

#include "kernel/types.h"
#include "kernel/fcntl.h"
#include "kernel/stat.h"
#include "user/drove.h"
#include "bench/linux/compat.h"

#define LINUX_PR_SET_THP_DISABLE 41
#define LINUX_SIGPIPE            13
#define LINUX_POWER_OFF          0x4321fedc

static void
write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);

	if (fd >= 0) {
		write(fd, text, strlen(text));
		close(fd);
	}
}

static void
set_up(void)
{
	uint64 ignore[3] = {1, 0, 0};

	LINUX_CALL(mount, "proc", "/proc", "proc", 0, 0);
	// Programs may read the cycle and instret CSRs themselves.
	write_file("/proc/sys/kernel/perf_user_access", "2");
	// Pages of 4 KiB, as Drove has; inherited by all.
	LINUX_CALL(prctl, LINUX_PR_SET_THP_DISABLE, 1);
	// Writing to a pipe without readers is an error, not the end.
	LINUX_CALL(rt_sigaction, LINUX_SIGPIPE, ignore, 0, sizeof(uint64));
}

static int
run(char **argv)
{
	char path[128];
	int status = -1, pid = fork();

	if (pid == 0) {
		snprintf(path, sizeof(path), "/%s", argv[0]);
		exec(path, argv);
		fprintf(2, "init: no program %s\n", path);
		exit(127);
	}
	while (pid > 0 && wait(&status) != pid)
		;
	return status;
}

static void __attribute__((noreturn)) power_off(void)
{
	LINUX_CALL(reboot, 0xfee1dead, 0x28121969, LINUX_POWER_OFF, 0);
	for (;;)
		sleep(10);
}

int
main(int argc, char **argv)
{
	int status = -1;

	set_up();
	if (argc > 1)
		status = run(argv + 1);
	else
		fprintf(2, "init: no command behind -- on the command line\n");
	printf("init: status %d\n", status);
	power_off();
}
