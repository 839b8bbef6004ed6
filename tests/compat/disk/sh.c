// A shell of commands, words and > FILE: enough to use a disk that has nothing
// of ours.

#include "tests/compat/binary/foreign.h"

#define MAX_WORDS 10

static char line[200];

// Returns 0 at the end of input.
static int
read_line(void)
{
	unsigned n = 0;

	while (n < sizeof(line) - 1) {
		if (read(0, &line[n], 1) != 1)
			return 0;
		if (line[n] == '\n')
			break;
		n++;
	}
	line[n] = 0;
	return 1;
}

static int
split(char **words)
{
	int n = 0;

	for (char *s = line; *s && n < MAX_WORDS;) {
		while (*s == ' ')
			*s++ = 0;
		if (*s)
			words[n++] = s;
		while (*s && *s != ' ')
			s++;
	}
	words[n] = 0;
	return n;
}

static void
redirect(const char *path)
{
	close(1);
	if (open(path, OPEN_CREATE | OPEN_EMPTY | OPEN_WRITE) != 1)
		exit(1);
}

static void
run(char **words)
{
	for (int i = 1; words[i]; i++) {
		if (same(words[i], ">") && words[i + 1]) {
			redirect(words[i + 1]);
			words[i] = 0;
			break;
		}
	}
	exec(words[0], words);
	say("sh: cannot run ");
	say(words[0]);
	say("\n");
	exit(1);
}

int
main(void)
{
	char *words[MAX_WORDS + 1];

	for (say("$ "); read_line(); say("$ ")) {
		if (split(words) == 0)
			continue;
		if (same(words[0], "cd")) {
			if (!words[1] || chdir(words[1]) < 0)
				say("sh: cannot go there\n");
			continue;
		}
		if (fork() == 0)
			run(words);
		wait(0);
	}
	exit(0);
}
