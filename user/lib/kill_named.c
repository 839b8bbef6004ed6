// kill, for the program and the shell.  -N is job N: what the console's shell
// started as process N, and all that has come of it; ^P lists them.

#include "user/drove.h"

int
kill_named(const char *who, char **pids)
{
	int failed = 0;

	for (; *pids; pids++) {
		int job = **pids == '-';
		uint64 n;

		if (parse_number(*pids + job, &n) < 0 || n > 0x7fffffff ||
		    kill(job ? -(int)n : (int)n) < 0) {
			fprintf(2, "%s: no process %s\n", who, *pids);
			failed = 1;
		}
	}
	return failed;
}
