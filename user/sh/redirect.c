// Redirections: files in the place of descriptors.

#include "kernel/types.h"
#include "kernel/fcntl.h"
#include "user/sh/sh.h"

int
move_descriptor(int fd, int to)
{
	uint below = 0;
	int got;

	if (fd == to)
		return 0;
	close(to);
	// dup takes the lowest free one: fill up those below meanwhile.
	while ((got = dup(fd)) >= 0 && got < to)
		below |= 1 << got;
	for (int i = 0; i < to; i++) {
		if (below & 1 << i)
			close(i);
	}
	close(fd);
	return got == to ? 0 : -1;
}

static int
open_target(uint kind, const char *path)
{
	int fd, flags = O_RDONLY;

	if (kind == T_WRITE)
		flags = O_WRONLY | O_CREATE | O_TRUNC;
	else if (kind == T_APPEND)
		flags = O_WRONLY | O_CREATE | O_APPEND;
	if (kind != T_READ && overlong_name("sh", path))
		return -1;
	fd = open(path, flags);
	if (fd < 0)
		fprintf(2, "sh: cannot open %s\n", path);
	return fd;
}

int
redirect(int at, int end, int use)
{
	for (; at < end; at++) {
		struct token *t = &tokens[at];
		if (!(t->kind & T_REDIRECTIONS))
			continue;
		int fd = open_target(t->kind, tokens[++at].text);
		if (fd < 0)
			return -1;
		if (!use)
			close(fd);
		else if (move_descriptor(fd, t->value) < 0)
			return -1;
	}
	return 0;
}
