// kill, for the program and the shell.

#include "user/drove.h"

int
kill_named(const char *who, char **pids)
{
	int failed = 0;

	for (; *pids; pids++) {
		uint64 pid;
		if (parse_number(*pids, &pid) < 0 || pid > 0x7fffffff ||
		    kill(pid) < 0) {
			fprintf(2, "%s: no process %s\n", who, *pids);
			failed = 1;
		}
	}
	return failed;
}
