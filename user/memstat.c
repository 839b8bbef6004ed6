// memstat [command argument...]: how the command changed the kernel's memory
// counters; those that it did not change are left out.  Without a command:
// the counters as they are.

#include "kernel/types.h"
#include "kernel/stat.h"
#include "kernel/fcntl.h"
#include "user/drove.h"
#include "user/lib/lines.h"
#include "user/lib/run.h"

#define DEVICE "/dev/memstat"

// More than the kernel has: a few dozen, and one or two for each of 64 harts.
#define MOST_COUNTERS 256
#define NAME_SIZE     24

static struct counter {
	char name[NAME_SIZE];
	uint64 value;
} before[MOST_COUNTERS];

static int nbefore;

static int
open_device(void)
{
	int fd = open(DEVICE, O_RDONLY);

	if (fd < 0) {
		fprintf(2, "memstat: cannot read " DEVICE "\n");
		exit(1);
	}
	return fd;
}

static void
print_device(void)
{
	char text[512];
	int n, fd = open_device();

	while ((n = read(fd, text, sizeof(text))) > 0)
		if (write(1, text, n) != n) {
			fprintf(2, "memstat: write error\n");
			exit(1);
		}
	close(fd);
}

// Splits "name value ..." in place; -1 if the line has another form (such as
// the variant's name, which is no number).
static int
parse_line(char *line, char **name, uint64 *value)
{
	char *number;

	*name = next_word(&line);
	number = next_word(&line);
	return *name && number ? parse_number(number, value) : -1;
}

static void
note(const char *name, uint64 value)
{
	if (nbefore == MOST_COUNTERS)
		return; // then its change is not shown
	snprintf(before[nbefore].name, NAME_SIZE, "%s", name);
	before[nbefore++].value = value;
}

static void
print_change(const char *name, uint64 value)
{
	for (int i = 0; i < nbefore; i++) {
		long change = value - before[i].value;
		if (strncmp(before[i].name, name, NAME_SIZE - 1) != 0)
			continue;
		if (change != 0)
			printf("%-22s %12ld\n", name, change);
		return;
	}
}

// Calls take for each counter.
static void
each_counter(void (*take)(const char *name, uint64 value))
{
	struct lines text;
	char line[120], *name;
	uint64 value;
	int fd = open_device();

	lines_start(&text, fd, 0);
	while (lines_next(&text, line, sizeof(line)) >= 0) {
		if (parse_line(line, &name, &value) == 0)
			take(name, value);
	}
	close(fd);
}

int
main(int argc, char **argv)
{
	int status;

	if (argc < 2) {
		print_device();
		return 0;
	}
	each_counter(note);
	status = run_program("memstat", argv + 1);
	each_counter(print_change);
	return status;
}
