// In the style of the newer generation: eager and lazy heap by name, pause,
// checked formats, a main that returns.
#include "kernel/param.h"
#include "kernel/types.h"
#include "kernel/stat.h"
#include "kernel/vm.h"
#include "user/user.h"
#include "kernel/fs.h"
#include "kernel/fcntl.h"
#include "kernel/syscall.h"
#include "kernel/memlayout.h"
#include "kernel/riscv.h"

#define LARGE (1024 * 1024 * 1024) // far more than there is

static void
fail(const char *what)
{
	printf("new: %s failed\n", what);
	exit(1);
}

static void
kinds(void)
{
	char *top = sbrk(0), *p;

	p = sbrk(PGSIZE);
	if (p == SBRK_ERROR || p != top)
		fail("sbrk");
	p = sbrklazy(PGSIZE);
	if (p == SBRK_ERROR || p != top + PGSIZE)
		fail("sbrklazy");
	p = sys_sbrk(PGSIZE, SBRK_EAGER);
	if (p != top + 2 * PGSIZE)
		fail("sys_sbrk eager");
	p = sys_sbrk(PGSIZE, SBRK_LAZY);
	if (p != top + 3 * PGSIZE)
		fail("sys_sbrk lazy");
	for (char *at = top; at < top + 4 * PGSIZE; at += 512)
		if (*at != 0)
			fail("zeroes");
	if (sbrk(-4 * PGSIZE) != top + 4 * PGSIZE || sbrk(0) != top)
		fail("shrinking");
	if (sbrk(LARGE) != SBRK_ERROR)
		fail("refusing what is too much");
	if (sbrk(-(int)((uint64)top + 1)) != top || sbrk(0) != top)
		fail("a break below 0 that changes nothing");
}

#define APART (100 * PGSIZE) // from one word that is used to the next

static uint64 *
word_at(char *heap, int n)
{
	return (uint64 *)(heap + (long)n * APART + 8 * (n % 500));
}

// Few pages of many are touched; that fits.  A child sees the same words.
static void
sparse(void)
{
	char *heap = sbrklazy(LARGE);
	int words = LARGE / APART, status = -1;

	if (heap == SBRK_ERROR)
		fail("a large lazy heap");
	for (int n = 0; n < words; n++)
		*word_at(heap, n) = ~(uint64)n;
	if (fork() == 0) {
		int wrong = 0;

		for (int n = 0; n < words; n++)
			wrong |= *word_at(heap, n) != ~(uint64)n;
		exit(wrong);
	}
	wait(&status);
	if (status != 0)
		fail("what the child found");
	if (sbrk(-LARGE) == SBRK_ERROR)
		fail("giving it back");
}

// System calls reach pages that are not there yet, and none that never are.
static void
lazy_buffers(void)
{
	char *p = sbrk(0);
	int fds[2];

	sbrklazy(4 * PGSIZE);
	if (pipe(fds) != 0 || write(fds[1], p + PGSIZE, 16) != 16 ||
	    read(fds[0], p + 2 * PGSIZE - 8, 16) != 16)
		fail("lazy buffers");
	if (open(p + 3 * PGSIZE, O_RDONLY) != -1)
		fail("an empty name");
	if (write(fds[1], p + 5 * PGSIZE, 1) != -1 ||
	    write(fds[1], (char *)MAXVA - 8, 16) != -1 ||
	    write(fds[1], (char *)0xfffffffffffffff8UL, 16) != -1)
		fail("refusing bad buffers");
	close(fds[0]);
	close(fds[1]);
}

int
main(int argc, char *argv[])
{
	uint64 big = 0x123456789abcdefUL;
	int before = uptime();

	kinds();
	sparse();
	lazy_buffers();
	if (pause(2) != 0 || uptime() - before < 1)
		fail("pause");
	printf("new: %d %u %ld %lu %lld %llu %x %lx %llx %p %s %c %%\n", -1,
	    7u, -2L, 3UL, -4LL, 5ULL, 0xbeef, big, 6ULL, (void *)big, "s",
	    'c');
	fprintf(1, "new: %d arguments, last %s\n", argc, argv[argc - 1]);
	return 3; // the exit status
}
