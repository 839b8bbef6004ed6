// wc [file...]: prints "lines words bytes name" for each.

#include "kernel/types.h"
#include "kernel/stat.h"
#include "kernel/fcntl.h"
#include "user/drove.h"

struct counts {
	uint64 lines, words, bytes;
	int in_word; // the last byte seen belongs to a word
};

static void
count(struct counts *c, const char *text, int n)
{
	c->bytes += n;
	for (int i = 0; i < n; i++) {
		int space = strchr(" \t\r\n\v\f", text[i]) != 0;
		if (text[i] == '\n')
			c->lines++;
		if (!space && !c->in_word)
			c->words++;
		c->in_word = !space;
	}
}

static int
count_file(int fd, const char *name)
{
	static char text[2048];
	struct counts c = {0};
	int n;

	while ((n = read(fd, text, sizeof(text))) > 0)
		count(&c, text, n);
	if (n < 0) {
		fprintf(2, "wc: %s: unreadable\n", name);
		return 1;
	}
	printf("%lu %lu %lu %s\n", c.lines, c.words, c.bytes, name);
	return 0;
}

int
main(int argc, char **argv)
{
	int failed = 0;

	if (argc < 2)
		return count_file(0, "");
	for (int i = 1; i < argc; i++) {
		int fd = open(argv[i], O_RDONLY);
		if (fd < 0) {
			fprintf(2, "wc: %s: no such file\n", argv[i]);
			failed = 1;
			continue;
		}
		failed |= count_file(fd, argv[i]);
		close(fd);
	}
	return failed;
}
