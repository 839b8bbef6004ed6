// Stand-in for a course's shell: lines of words, `;` and `>`.
#include "kernel/types.h"
#include "user/user.h"
#include "kernel/fcntl.h"

char line[200];

// Cuts the words of a command off s; returns where the next one begins.
char *
cut(char *s, char **word, char **to)
{
	int n = 0;

	*to = 0;
	for (; *s && *s != ';'; s++) {
		if (strchr(" \n", *s)) {
			*s = 0;
			continue;
		}
		if (s == line || s[-1] == 0)
			word[n++] = s;
	}
	if (n > 2 && word[n - 2][0] == '>') {
		*to = word[n - 1];
		n -= 2;
	}
	word[n] = 0;
	if (*s)
		*s++ = 0;
	return s;
}

void
run(char **word, char *to)
{
	if (word[0] == 0)
		return;
	if (fork() == 0) {
		if (to) {
			close(1);
			open(to, O_CREATE | O_WRONLY);
		}
		exec(word[0], word);
		fprintf(2, "exec %s failed\n", word[0]);
		exit(1);
	}
	wait(0);
}

int
main(void)
{
	char *word[20], *at, *to;

	for (;;) {
		write(2, "$ ", 2);
		memset(line, 0, sizeof(line));
		gets(line, sizeof(line));
		if (line[0] == 0)
			exit(0);
		for (at = line; *at;) {
			at = cut(at, word, &to);
			run(word, to);
		}
	}
}
