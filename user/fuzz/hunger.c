// Whatever there is, taken, and random calls without it.  Others go on
// meanwhile, and find nothing left either.

#include "user/fuzz/fuzz.h"

#define STEPS 40 // calls in want
#define CHUNK (16 * BSIZE)
#define BIG   6   // files that the default disk's free blocks fit into
#define MANY  160 // files, about as many as the default disk has inodes

static void
go_without(void)
{
	for (uint i = 0; i < STEPS; i++)
		random_call();
}

// Others die of this, so it must be asked for.
void
eat_memory(void)
{
	uint piece = 4 << 20;

	if (!plan.hungry)
		return;
	while (piece >= PGSIZE)
		if (sbrk((int)piece) == SBRK_ERROR)
			piece /= 2;
	go_without();
	exit(0);
}

// The names are the same each time: what a process that was killed has left
// goes at the next meal.
static const char *
meal(char kind, int n)
{
	static char name[40];

	snprintf(name, sizeof(name), SCRATCH "/meal-%c%d", kind, n);
	return name;
}

static void
clear_table(char kind, int n)
{
	for (int i = 0; i < n; i++)
		unlink(meal(kind, i));
}

void
eat_disk(void)
{
	int files = 0, fd;

	clear_table('d', BIG);
	while (files < BIG &&
	       (fd = open(meal('d', files++), O_CREATE | O_RDWR)) >= 0) {
		while (write(fd, arena_spot(CHUNK), CHUNK) == CHUNK)
			;
		while (write(fd, arena_spot(BSIZE), BSIZE) == BSIZE)
			;
		close(fd);
	}
	go_without();
	clear_table('d', files);
	exit(0);
}

void
eat_inodes(void)
{
	int files = 0, fd;

	clear_table('i', MANY);
	while (files < MANY &&
	       (fd = open(meal('i', files), O_CREATE | O_RDWR)) >= 0) {
		close(fd);
		files++;
	}
	go_without();
	clear_table('i', files);
	exit(0);
}
