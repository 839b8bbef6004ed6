// Another shell in place of ours, in one file, whose functions have names that
// shells tend to give them, ours among them.  It runs words as commands, and
// `;` between them.
#include "kernel/types.h"
#include "user/user.h"

#define WORDS 12

struct cmd {
	int n;
	char *word[WORDS + 1];
};

static char line[128];

void
panic(char *why)
{
	fprintf(2, "their sh: %s\n", why);
	exit(2);
}

int
fork1(void)
{
	int child;

	for (int tries = 0; tries < 3; tries++) {
		if ((child = fork()) >= 0)
			return child;
		sleep(1);
	}
	panic("no process");
	return -1;
}

// Cuts one command off *rest; an empty one has no words.
void
parsecmd(char **rest, struct cmd *c)
{
	char *at = *rest;
	int inside = 0;

	for (c->n = 0; *at != 0 && *at != ';'; at++) {
		int blank = *at <= ' ';

		if (blank)
			*at = 0;
		else if (!inside && c->n < WORDS)
			c->word[c->n++] = at;
		inside = !blank;
	}
	*rest = *at ? at + 1 : at;
	*at = 0;
	c->word[c->n] = 0;
}

// All of a line; the status is the last command's.
int
runcmd(char *text)
{
	struct cmd c;
	int status = 0;

	while (*text) {
		parsecmd(&text, &c);
		if (c.n == 0)
			continue;
		if (fork1() == 0) {
			exec(c.word[0], c.word);
			panic("no such program");
		}
		wait(&status);
	}
	return status;
}

int
main(int argc, char *argv[])
{
	if (argc == 3) {
		printf("their sh: %s\n", argv[1]);
		return runcmd(argv[2]);
	}
	for (printf("$ "); *gets(line, sizeof(line)); printf("$ "))
		runcmd(line);
	return 0;
}
