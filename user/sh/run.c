// Running the tokens of a line.  Nothing here recurses: see user/sh.c.

#include "kernel/types.h"
#include "kernel/fcntl.h"
#include "kernel/param.h"
#include "user/lib/run.h"
#include "user/sh/sh.h"

struct work work;

// The child of a fork goes on as a process that runs [at, end) and exits.
static void
become(int at, int end)
{
	work.at = at;
	work.end = end;
	work.final = 1;
	if (input.fd > 2)
		close(input.fd);
	input.fd = -1;
}

// Waits until the n processes have ended; returns the status of the last.
static int
wait_for(const int *pids, int n)
{
	int left = n, result = ST_FAILED, ended, status;

	while (left > 0 && (ended = wait(&status)) >= 0) {
		for (int i = 0; i < n; i++) {
			if (pids[i] != ended)
				continue;
			left--;
			if (i == n - 1)
				result = status;
		}
	}
	return result;
}

static int
fork_or_complain(void)
{
	int pid = fork();

	if (pid < 0)
		fprintf(2, "sh: fork failed\n");
	return pid;
}

// The arguments of the command [at, end), as exec wants them; their number, -1
// if they are too many.
static int
gather(int at, int end, char **argv)
{
	int argc = 0;

	for (at = tokens_argument(at, end); at < end;
	     at = tokens_argument(at + 1, end)) {
		if (argc == MAXARG - 1) {
			fprintf(2, "sh: more than %d arguments\n", MAXARG - 1);
			return -1;
		}
		argv[argc++] = tokens[at].text;
	}
	argv[argc] = 0;
	return argc;
}

// Becomes the program of [at, end).
static void
run_program_here(int at, int end)
{
	static char *argv[MAXARG];

	if (gather(at, end, argv) < 0)
		exit(RUN_CANNOT);
	exit(exec_program("sh", argv));
}

// Runs [work.at, end), a single command, in this process, which has nothing
// else to do.  Returns only to go on with the inside of ( ).
static void
run_here(int end)
{
	int at = work.at, inside = tokens[at].kind == T_OPEN;

	if (redirect(inside ? tokens[at].value : at, end, 1) < 0)
		exit(ST_FAILED);
	if (!inside)
		run_program_here(at, end);
	become(at + 1, tokens[at].value);
}

// A command with no words, or a built-in one: neither needs a process.
static int
run_small(builtin *b, int end)
{
	char *argv[MAXARG];
	int argc;

	if (redirect(work.at, end, 0) < 0)
		return ST_FAILED;
	if (b == 0)
		return 0;
	argc = gather(work.at, end, argv);
	return argc < 0 ? RUN_CANNOT : b(argc, argv);
}

// Runs [work.at, end), a single command, and waits for it.
static void
run_command(int end)
{
	builtin *b = 0;
	int name = tokens_argument(work.at, end), pid;

	if (tokens[work.at].kind != T_OPEN) {
		if (name < end)
			b = find_builtin(tokens[name].text);
		if (name == end || b != 0) {
			work.status = run_small(b, end);
			work.at = end;
			return;
		}
	}
	if (work.final && end == work.end) {
		run_here(end);
		return;
	}
	pid = fork_or_complain();
	if (pid == 0) {
		become(work.at, end);
		return;
	}
	work.status = wait_for(&pid, pid > 0);
	work.at = end;
}

// Starts [work.at, end), one command of a pipeline.  *from, the pipe it reads
// or -1, is closed and replaced by the next command's.  Returns its pid, 0 in
// the new process, -1 on failure.
static int
start_stage(int end, int last, int *from)
{
	int next[2] = {-1, -1}, pid;

	if (!last && pipe(next) < 0) {
		fprintf(2, "sh: no pipe\n");
		return -1;
	}
	pid = fork_or_complain();
	if (pid == 0) {
		close(next[0]);
		if ((*from >= 0 && move_descriptor(*from, 0) < 0) ||
		    (!last && move_descriptor(next[1], 1) < 0))
			exit(ST_FAILED);
		become(work.at, end);
		return 0;
	}
	close(*from);
	close(next[1]);
	*from = next[0];
	return pid;
}

static void
run_pipeline(int end)
{
	int pids[STAGES], n = 0, from = -1, failed = 0;

	while (work.at < end && !failed) {
		int stop = tokens_find(work.at, end, T_PIPE);
		if (n == STAGES) {
			fprintf(2, "sh: pipeline of more than %d\n", STAGES);
			failed = 1;
			break;
		}
		pids[n] = start_stage(stop, stop == end, &from);
		if (pids[n] == 0)
			return;
		if (pids[n] > 0)
			n++;
		else
			failed = 1;
		work.at = stop + 1;
	}
	close(from);
	work.status = wait_for(pids, n);
	if (failed)
		work.status = ST_FAILED;
	work.at = end;
}

// Starts the list item [work.at, end) without waiting for it.  It must not
// take what is typed to the shell.
static void
run_in_background(int end)
{
	int pid = fork_or_complain(), null;

	if (pid == 0) {
		null = open("/dev/null", O_RDONLY);
		if (null >= 0)
			move_descriptor(null, 0);
		become(work.at, end);
		return;
	}
	work.status = pid < 0 ? ST_FAILED : 0;
	work.at = end + 1;
}

// Steps over the connective at work.at and over the pipelines that && and ||
// leave out.
static void
step_over_connectives(void)
{
	while (work.at < work.end) {
		uint kind = tokens[work.at].kind;
		int ok = work.status == 0;

		work.at++;
		if (kind == T_SEQ || (kind == T_AND && ok) ||
		    (kind == T_OR && !ok))
			return;
		work.at = tokens_find(work.at, work.end, T_SEQ | T_AND | T_OR);
	}
}

int
run(void)
{
	while (work.at < work.end) {
		int item = tokens_find(work.at, work.end, T_SEQ | T_BACK);
		if (item < work.end && tokens[item].kind == T_BACK) {
			run_in_background(item);
			continue;
		}
		int end = tokens_find(work.at, item, T_AND | T_OR);
		if (tokens_find(work.at, end, T_PIPE) == end)
			run_command(end);
		else
			run_pipeline(end);
		// A new process has narrowed its range, to before end.
		if (work.at == end)
			step_over_connectives();
	}
	if (work.final)
		exit(work.status);
	return work.status;
}
