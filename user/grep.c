// grep pattern [file...]: prints the lines that match.
//
//   c  that byte    .  any byte    x*  any number of x, none included
//   ^ (first), $ (last): the line's beginning and end    \c  c itself
//
// A pattern is a row of elements, each an atom that may be starred.  Matching
// follows all alternatives at once: bit i of a state says that the elements
// before i can match what was just read, so a line is read once and never
// backed up in, whatever the pattern.  Status: 0 a line matched, 1 none did, 2
// error.

#include "kernel/types.h"
#include "kernel/stat.h"
#include "kernel/fcntl.h"
#include "user/drove.h"

#define MOST_ELEMENTS 63 // and one bit for "all matched"

static struct {
	uint64 accepts[256]; // bit i: element i's atom is or contains the byte
	uint64 starred;      // bit i: element i may repeat or be left out
	uint64 done;         // the bit behind the last element
	int at_start, at_end; // anchored
} pattern;

static void
add_element(uint i, const char *s, int literal)
{
	uint64 bit = 1UL << i;

	if (*s == '.' && !literal) {
		for (int c = 0; c < 256; c++)
			pattern.accepts[c] |= bit;
	} else {
		pattern.accepts[(uchar)*s] |= bit;
	}
}

static int
compile(const char *s)
{
	uint n = 0;

	pattern.at_start = *s == '^';
	s += pattern.at_start;
	for (; *s != 0; s++) {
		if (s[0] == '$' && s[1] == 0) {
			pattern.at_end = 1;
			break;
		}
		if (*s == '*' && n > 0) {
			pattern.starred |= 1UL << (n - 1);
			continue;
		}
		if (n == MOST_ELEMENTS)
			return -1;
		int literal = s[0] == '\\' && s[1] != 0;
		s += literal;
		add_element(n++, s, literal);
	}
	pattern.done = 1UL << n;
	return 0;
}

// Adds what can be reached by leaving starred elements out.
static uint64
skip_starred(uint64 state)
{
	uint64 more = state;

	do {
		state = more;
		more |= (state & pattern.starred) << 1;
	} while (more != state);
	return state;
}

static int
matches(const char *line, uint n)
{
	uint64 state = skip_starred(1);

	for (uint i = 0; i < n; i++) {
		if ((state & pattern.done) && !pattern.at_end)
			return 1;
		uint64 taken = state & pattern.accepts[(uchar)line[i]];
		uint64 stay = taken & pattern.starred;
		state = stay | (taken ^ stay) << 1;
		if (!pattern.at_start)
			state |= 1;
		state = skip_starred(state);
	}
	return (state & pattern.done) != 0;
}

// Input not yet dealt with; holds a whole line at least, and grows for it.
static struct {
	char *text;
	uint size, used;
} in;

static int
grow(void)
{
	uint size = in.size ? 2 * in.size : 1024;
	char *text = malloc(size);

	if (text == 0) {
		fprintf(2, "grep: no memory for a line\n");
		return -1;
	}
	if (in.used > 0)
		memmove(text, in.text, in.used);
	free(in.text);
	in.text = text;
	in.size = size;
	return 0;
}

// Prints the line if it matches; returns whether it did.
static int
handle(char *line, uint n)
{
	int size = n + 1;

	if (!matches(line, n))
		return 0;
	line[n] = '\n';
	if (write(1, line, size) != size) {
		fprintf(2, "grep: write error\n");
		exit(2);
	}
	return 1;
}

// Deals with all whole lines of in, and keeps the rest.
static int
handle_lines(void)
{
	uint start = 0;
	int found = 0;

	for (uint i = 0; i < in.used; i++) {
		if (in.text[i] == '\n') {
			found |= handle(in.text + start, i - start);
			start = i + 1;
		}
	}
	in.used -= start;
	memmove(in.text, in.text + start, in.used);
	return found;
}

// Returns 1 if a line of fd matched, 0 if none did, -1 on error.
static int
search(int fd)
{
	int found = 0, n;

	in.used = 0;
	for (;;) {
		// One byte stays free for a newline at the end.
		if (in.used + 1 >= in.size && grow() < 0)
			return -1;
		n = read(fd, in.text + in.used, in.size - 1 - in.used);
		if (n <= 0)
			break;
		in.used += n;
		found |= handle_lines();
	}
	if (in.used > 0)
		found |= handle(in.text, in.used);
	return n < 0 ? -1 : found;
}

int
main(int argc, char **argv)
{
	int found = 0, failed = 0;

	if (argc < 2) {
		fprintf(2, "usage: grep pattern [file...]\n");
		return 2;
	}
	if (compile(argv[1]) < 0) {
		fprintf(2, "grep: pattern longer than %d\n", MOST_ELEMENTS);
		return 2;
	}
	if (argc == 2) {
		found = search(0);
		failed = found < 0;
	}
	for (int i = 2; i < argc; i++) {
		int fd = open(argv[i], O_RDONLY);
		int result = fd < 0 ? -1 : search(fd);
		if (result < 0) {
			fprintf(2, "grep: cannot read %s\n", argv[i]);
			failed = 1;
		}
		found |= result > 0;
		close(fd);
	}
	return failed ? 2 : !found;
}
