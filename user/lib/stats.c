// What the kernel counts, for benchmarks and tests.

#include "kernel/types.h"
#include "kernel/fcntl.h"
#include "user/drove.h"
#include "user/lib/lines.h"

// Looks for the line of /dev/memstat that begins with name, and copies its
// second word.  0, or -1 if there is none.
static int
memstat_word(const char *name, char *value, uint size)
{
	struct lines text;
	char line[80], *rest, *word;
	int fd = open("/dev/memstat", O_RDONLY), found = 0;

	if (fd < 0)
		return -1;
	lines_start(&text, fd, 0);
	while (!found && lines_next(&text, line, sizeof(line)) >= 0) {
		rest = line;
		word = next_word(&rest);
		if (word == 0 || strcmp(word, name) != 0)
			continue;
		word = next_word(&rest);
		snprintf(value, size, "%s", word ? word : "");
		found = 1;
	}
	close(fd);
	return found ? 0 : -1;
}

long
memstat_read(const char *name)
{
	char text[24]; // 20 digits and a 0 at most
	uint64 value;

	if (memstat_word(name, text, sizeof(text)) < 0 ||
	    parse_number(text, &value) < 0 || (long)value < 0)
		return -1;
	return value;
}

int
variant_name(char *name, int size)
{
	return memstat_word("variant", name, size);
}

uint64
time_hz(void)
{
	long hz = memstat_read("timebase");

	return hz > 0 ? hz : 10000000; // QEMU virt's
}
