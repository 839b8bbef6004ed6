// Text devices: files under /dev whose contents are made when they are first
// read.  A read at the start of an open file takes a snapshot; further reads
// go through it and then report end of file.
#ifndef DEV_TEXTDEV_H
#define DEV_TEXTDEV_H

#include "kernel/types.h"

struct textbuf; // grows page by page; text that finds no memory is cut

void text_printf(struct textbuf *t, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

struct textdev {
	const char *name;
	// Writes the whole text.  May sleep; no locks held.
	void (*print)(struct textbuf *t);
	// Obeys one command line (0-terminated, no newline).  Returns 0; -1 if
	// it is unknown or failed; TEXT_INCOMPLETE if it is only the beginning
	// of a known one.  May be NULL: writes fail.
	int (*command)(const char *line);
};

// A command may come in several writes, as from a program that writes word by
// word; it is obeyed as soon as it is complete.
#define TEXT_INCOMPLETE 1

// Finds line among n commands, none of which begins another, and obeys it;
// returns what a textdev's command returns.  A line that is a number means the
// first of them.
struct text_command {
	const char *line;
	int (*obey)(void);
};
int text_obey(const struct text_command *commands, uint n, const char *line);

// Registers the device under a major number of dev/chardev.h.  Boot time only.
void textdev_register(int major, const struct textdev *d);

#endif
