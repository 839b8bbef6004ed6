// Lines of text from a descriptor, and the words of a line.
#ifndef LIB_LINES_H
#define LIB_LINES_H

#include "kernel/types.h"

#define LINES_BUFFER 256

struct lines {
	int fd;
	uint step; // bytes to ask for at a time
	uint at;   // next byte of text
	uint have; // bytes in text
	char text[LINES_BUFFER];
};

// With shared set, not a byte beyond the line is taken from fd, so that
// another process finds the rest.
void lines_start(struct lines *l, int fd, int shared);

// Stores the next line without its newline, cut to size - 1 bytes, and returns
// the length it really had; -1 at the end of the text or on a read error.
int lines_next(struct lines *l, char *line, uint size);

// Cuts the next blank-separated word off *rest and returns it, NULL if there
// is none.
char *next_word(char **rest);

#endif
