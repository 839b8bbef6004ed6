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

// The kernel has no append mode: reads up to where writing is to begin.
static void
go_to_end(int fd)
{
	char skipped[256];

	while (read(fd, skipped, sizeof(skipped)) > 0)
		;
}

static int
open_target(uint kind, const char *path)
{
	int fd;

	if (kind == T_READ)
		fd = open(path, O_RDONLY);
	else if (kind == T_WRITE)
		fd = open(path, O_WRONLY | O_CREATE | O_TRUNC);
	else
		fd = open(path, O_RDWR | O_CREATE);
	if (fd < 0)
		fprintf(2, "sh: cannot open %s\n", path);
	else if (kind == T_APPEND)
		go_to_end(fd);
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
