// Programs of ours that students and scripts rely on: what they say and exit
// with when something goes wrong, and what the shell promises.
#include "user/usertests/cases.h"

// Runs a program with descriptor 1 as given.  What it says on descriptor 2
// goes to said, 0-terminated.  Returns its status.
static int
run_with(int out, char **argv, char *said, int size)
{
	int fd[2], pid, n, used = 0;
	char name[MAXPATH];

	snprintf(name, sizeof(name), "/%s", argv[0]);
	EXPECT(pipe(fd) == 0, "no pipe");
	pid = must_fork();
	if (pid == 0) {
		if (out != 1) {
			close(1);
			if (dup(out) != 1)
				exit(-2);
		}
		close(2);
		if (dup(fd[1]) != 2)
			exit(-2);
		close(fd[0]);
		close(fd[1]);
		exec(name, argv);
		exit(-3);
	}
	close(fd[1]);
	while ((n = read(fd[0], said + used, size - 1 - used)) > 0)
		used += n;
	said[used] = 0;
	close(fd[0]);
	return reap(pid);
}

static int
contains(const char *text, const char *part)
{
	for (; *text != 0; text++)
		if (strncmp(text, part, strlen(part)) == 0)
			return 1;
	return 0;
}

// Runs a line in the shell; returns its status.
static int
shell(const char *line)
{
	char text[256], *argv[] = {"sh", "-c", (char *)line, 0};

	return run_with(1, argv, text, sizeof(text));
}

// A program whose output cannot be written says so and fails.
static void
lostoutput(void)
{
	static char *const lines[][4] = {
	    {"ls", 0},
	    {"wc", "lost.f", 0},
	    {"cat", "lost.f", 0},
	    {"echo", "words", 0},
	    {"grep", "a", "lost.f", 0},
	    {"memstat", 0}, // the last: not every kernel has its device
	};
	uint n = sizeof(lines) / sizeof(lines[0]) - !tells_pages();
	char said[256];
	int fd = must_open("lost.f", O_CREATE | O_TRUNC | O_RDWR);

	must_write(fd, "a line\n", 7);
	close(fd);
	fd = must_open("lost.f", O_RDONLY); // no write to it works
	for (uint i = 0; i < n; i++) {
		char **argv = (char **)lines[i];

		EXPECT(run_with(1, argv, said, sizeof(said)) == 0,
		    "%s fails", argv[0]);
		EXPECT(run_with(fd, argv, said, sizeof(said)) > 0,
		    "%s does not mind", argv[0]);
		EXPECT(contains(said, argv[0]) && contains(said, "output") +
		        contains(said, "write error") > 0,
		    "%s says \"%s\"", argv[0], said);
	}
	close(fd);
	must_unlink("lost.f");
}

// What would be cut to another name is refused by whatever changes names.
static void
longnames(void)
{
	static const char *const lines[] = {
	    "rm fourteen-bytes-and-more",
	    "rm ./fourteen-bytes.",
	    "mkdir fourteen-bytesX",
	    "mkdir fourteen-bytesX/below",
	    "ln fourteen-bytesX long.l",
	    "ln long.f fourteen-bytesX",
	    "echo lost > fourteen-bytes-and-more",
	    "echo lost >> fourteen-bytes-and-more",
	};

	make_file("fourteen-bytes", 51, 900);
	make_file("long.f", 52, 10);
	for (uint i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		EXPECT(shell(lines[i]) > 0, "%s", lines[i]);
	expect_file("fourteen-bytes", 51, 900);
	expect_absent("long.l");
	EXPECT(shell("echo good > fourteen-bytes") == 0, "14 bytes");
	EXPECT(size_of("fourteen-bytes") == 5, "not written");
	EXPECT(shell("rm fourteen-bytes long.f") == 0, "rm");
	expect_absent("fourteen-bytes");
}

// A script goes on behind a command that fails, whatever its status, and ends
// at a line that is none.
static void
scripts(void)
{
	static const char text[] = "sh -c 'exit 2'\n"
	                           "grep\n"
	                           "cd a b\n"
	                           "echo on > script.on\n"
	                           "echo ( > script.no\n"
	                           "echo no > script.no\n";
	int fd = must_open("script.f", O_CREATE | O_TRUNC | O_RDWR);

	must_write(fd, text, sizeof(text) - 1);
	close(fd);
	EXPECT(shell("sh script.f") == 2, "status of a syntax error");
	EXPECT(size_of("script.on") == 3, "the script stopped early");
	expect_absent("script.no");
	must_unlink("script.f");
	must_unlink("script.on");
}

// >> at the same time: no line is lost.
enum { APPENDERS = 3, LINES = 5 };

static void
append_lines(long who)
{
	char line[64];

	snprintf(line, sizeof(line), "echo line of %ld >> append.l", who);
	for (int i = 0; i < LINES; i++)
		EXPECT(shell(line) == 0, "%s", line);
}

static void
shellappend(void)
{
	for (long i = 0; i < APPENDERS; i++)
		spawn(append_lines, i);
	reap_all(APPENDERS, 0);
	EXPECT(size_of("append.l") ==
	        APPENDERS * LINES * strlen("line of 0\n"),
	    "%ld bytes", size_of("append.l"));
	must_unlink("append.l");
}

// The shell can kill when nobody can fork.
static void
wait_long(long unused)
{
	(void)unused;
	for (;;)
		sleep(1000);
}

// Children behind room until there can be no more; they let go of ready.
static void
fill_processes(struct gate *room, struct gate *ready)
{
	for (;;) {
		int pid = fork();

		if (pid < 0)
			return;
		if (pid == 0) {
			gate_open(ready);
			gate_wait(room);
			exit(0);
		}
	}
}

static void
shellkill(void)
{
	struct gate room, ready;
	char line[64], *argv[] = {"sh", "-c", line, 0};
	int victim = spawn(wait_long, 0), killer, status, pid;
	int killed = 0, done = 0;

	snprintf(line, sizeof(line), "kill %d; exit 5", victim);
	gate_new(&ready);
	killer = must_fork();
	if (killer == 0) {
		gate_wait(&ready);
		exec("/sh", argv);
		exit(-3);
	}
	gate_new(&room);
	fill_processes(&room, &ready);
	gate_open(&ready);
	while (!killed || !done) {
		pid = wait(&status);
		EXPECT(pid == killer || pid == victim, "wait gave %d", pid);
		EXPECT(status == (pid == victim ? -1 : 5), "status %d", status);
		killed |= pid == victim;
		done |= pid == killer;
		// Without the kill nothing would end.
		if (done && !killed)
			kill(victim);
	}
	gate_open(&room);
	while (wait(0) > 0)
		;
}

const struct usertest program_tests[] = {
    {"lostoutput", lostoutput, 0},
    {"longnames", longnames, 0},
    {"scripts", scripts, 0},
    {"shellappend", shellappend, 0},
    {"shellkill", shellkill, 0},
    {0, 0, 0},
};
