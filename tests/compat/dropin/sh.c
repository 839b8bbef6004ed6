// Another shell in place of ours, in one file, with the names that shells
// have.  It runs single commands.
#include "kernel/types.h"
#include "user/user.h"
#include "kernel/fcntl.h"

struct cmd {
	char *argv[10];
};

int fork1(void);
void panic(char *);
struct cmd *parsecmd(char *);
void runcmd(struct cmd *) __attribute__((noreturn));

int
getcmd(char *buf, int nbuf)
{
	write(2, "$ ", 2);
	memset(buf, 0, nbuf);
	gets(buf, nbuf);
	return buf[0] == 0 ? -1 : 0;
}

void
panic(char *s)
{
	fprintf(2, "%s\n", s);
	exit(1);
}

int
fork1(void)
{
	int pid = fork();

	if (pid == -1)
		panic("fork");
	return pid;
}

struct cmd *
parsecmd(char *s)
{
	struct cmd *c = malloc(sizeof(*c));
	int n = 0;

	memset(c, 0, sizeof(*c));
	while (*s && n < 9) {
		while (*s && strchr(" \t\r\n", *s))
			*s++ = 0;
		if (*s)
			c->argv[n++] = s;
		while (*s && !strchr(" \t\r\n", *s))
			s++;
	}
	return c;
}

void
runcmd(struct cmd *cmd)
{
	if (cmd->argv[0] == 0)
		exit(1);
	exec(cmd->argv[0], cmd->argv);
	fprintf(2, "exec %s failed\n", cmd->argv[0]);
	exit(1);
}

int
main(int argc, char *argv[])
{
	static char buf[100];
	int status = 0;

	if (argc == 3) { // sh -c LINE
		printf("their sh: %s\n", argv[1]);
		if (fork1() == 0)
			runcmd(parsecmd(argv[2]));
		wait(&status);
		exit(status);
	}
	while (getcmd(buf, sizeof(buf)) >= 0) {
		if (fork1() == 0)
			runcmd(parsecmd(buf));
		wait(0);
	}
	exit(0);
}
