// sh: the shell.
//
//   sh              commands from descriptor 0, with a prompt on the console
//   sh file         commands from a file
//   sh -c 'line'    one line
//
// A line: commands joined by | && || ; & and grouped by ( ), with redirections
// [digit]< [digit]> [digit]>> anywhere among the words, '..' and ".." and
// backslashes for quoting, and # for a comment.  Built in: cd, exit [status],
// kill, wait.  At most LINE_SIZE - 1 bytes, MAXARG - 1 arguments, STAGES
// commands in a pipeline.
//
// A line becomes an array of tokens, is checked as a whole, and is then run
// straight from that array.  A process of the shell is a range of tokens it
// still has to run (struct work).  Running a command in another process is
// a fork whose child narrows its range to that command's tokens and goes on
// in the same loop; so nothing here recurses, and the stack stays small for
// any depth of ( ).  A process that has nothing to do after its range is
// final: it execs the last command of the range instead of forking for it.

#include "kernel/types.h"
#include "kernel/stat.h"
#include "kernel/fcntl.h"
#include "user/lib/course.h"
#include "user/lib/run.h"
#include "user/sh/sh.h"

struct lines input;

// Runs the text as one line, and leaves its status in work.  -1 if it is no
// line that can be run.
static int
run_text(const char *text, int final)
{
	if (tokens_parse(text) < 0) {
		work.status = ST_SYNTAX;
		return -1;
	}
	work.at = 0;
	work.end = ntokens;
	work.final = final;
	work.status = run();
	return 0;
}

static int
is_console(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && st.type == T_DEVICE;
}

static int
line_too_long(void)
{
	fprintf(2, "sh: line of more than %d bytes\n", LINE_SIZE - 1);
	work.status = ST_SYNTAX;
	return -1;
}

// Runs every line of fd.  A console goes on after a line it could not use,
// anything else ends there.
static void
run_lines(int fd)
{
	static char line[LINE_SIZE];
	int console = is_console(fd), length, r;

	// A console hands out single lines; other input may be the commands'
	// too if it is our descriptor 0.
	lines_start(&input, fd, fd == 0 && !console);
	for (;;) {
		if (console)
			fprintf(2, "$ ");
		length = lines_next(&input, line, sizeof(line));
		if (length < 0)
			return;
		if (length >= LINE_SIZE)
			r = line_too_long();
		else
			r = run_text(line, 0);
		if (r < 0 && !console)
			return;
	}
}

static void
run_script(const char *path)
{
	int fd = open(path, O_RDONLY);

	if (fd < 0) {
		fprintf(2, "sh: cannot open %s\n", path);
		exit(RUN_NOT_FOUND);
	}
	run_lines(fd);
}

int
main(int argc, char **argv)
{
	input.fd = -1;
	if (argc == 1) {
		run_lines(0);
	} else if (argc == 3 && strcmp(argv[1], "-c") == 0) {
		if (strlen(argv[2]) >= LINE_SIZE) {
			line_too_long();
			exit(ST_SYNTAX);
		}
		run_text(argv[2], 1);
	} else if (argc == 2 && argv[1][0] != '-') {
		run_script(argv[1]);
	} else {
		fprintf(2, "usage: sh [file | -c line]\n");
		exit(ST_SYNTAX);
	}
	exit(work.status);
}
