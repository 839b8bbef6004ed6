// In the style of the lab in which heap became lazy: more heap than there is
// memory, of which little is touched; what is given back is gone; and whoever
// touches more than there is gets killed, rather than a malloc that fails.
#include "kernel/types.h"
#include "kernel/stat.h"
#include "kernel/param.h"
#include "kernel/memlayout.h"
#include "kernel/riscv.h"
#include "user/user.h"

#define LARGE (8L * (PHYSTOP - KERNBASE)) // bytes: eight times memory

static char *
large(void)
{
	char *heap = sbrk(LARGE);

	if (heap == (char *)-1L) {
		printf("lazy: no room\n");
		exit(1);
	}
	return heap;
}

static void
sparse(void)
{
	char *heap = large(), *at;

	for (at = heap; at < heap + LARGE; at += 64 * PGSIZE)
		*(char **)(at + 8) = at;
	for (at = heap; at < heap + LARGE; at += 64 * PGSIZE)
		if (*(char **)(at + 8) != at || *(char **)at != 0)
			exit(1);
}

// Children give it back, and die of a touch of what they had touched before.
static void
given_back(void)
{
	char *heap = large(), *at;
	int status;

	for (at = heap; at < heap + LARGE; at += LARGE / 16)
		*at = 1;
	for (at = heap; at < heap + LARGE; at += LARGE / 16) {
		if (fork() == 0) {
			if (sbrk(-LARGE) != heap + LARGE)
				exit(0);
			*at = 2;
			exit(0);
		}
		wait(&status);
		if (status != -1 || *at != 1)
			exit(1);
	}
}

// A list of blocks, of which only the first bytes are ever touched.
static void
too_much(void)
{
	void **list = 0, **block;

	while ((block = malloc(16 * 1024 * 1024)) != 0) {
		*block = list;
		list = block;
	}
}

// Nor may all of it be read: that takes as much as writing does.
static void
read_too_much(void)
{
	char *heap = large(), *at;
	int sum = 0;

	for (at = heap; at < heap + LARGE; at += PGSIZE)
		sum += *at;
	printf("lazy: read it all, %d\n", sum);
}

static int
outcome(void (*body)(void))
{
	int status = 0;

	if (fork() == 0) {
		body();
		exit(0);
	}
	wait(&status);
	return status;
}

int
main(int argc, char *argv[])
{
	static const struct {
		char *name;
		void (*body)(void);
		int wanted;
	} tests[] = {{"sparse", sparse, 0}, {"given back", given_back, 0},
	    {"too much", too_much, -1}, {"read too much", read_too_much, -1}};
	int failed = 0;

	for (int i = 0; i < 4; i++) {
		int status = outcome(tests[i].body);

		if (status == tests[i].wanted)
			continue;
		printf("lazy: %s FAILED, status %d\n", tests[i].name, status);
		failed = 1;
	}
	if (!failed)
		printf("lazy: all well\n");
	exit(failed);
}
