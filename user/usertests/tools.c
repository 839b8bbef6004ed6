// What the cases of usertests share.
#include "user/usertests/cases.h"

int
spawn(void (*body)(long), long arg)
{
	int pid = must_fork();

	if (pid == 0) {
		body(arg);
		exit(0);
	}
	return pid;
}

int
outcome_of(void (*body)(long), long arg)
{
	return reap(spawn(body, arg));
}

void
expect_killed(void (*body)(long), long arg, const char *what)
{
	int status = outcome_of(body, arg);

	EXPECT(status == -1, "%s (%lx): status %d", what, arg, status);
}

// Nothing is ever written to a gate: a read ends when the last writing end is
// closed, which is the maker's once all children have closed theirs.
void
gate_new(struct gate *g)
{
	EXPECT(pipe(g->fd) == 0, "no pipe");
}

void
gate_wait(struct gate *g)
{
	char c;

	close(g->fd[1]);
	EXPECT(read(g->fd[0], &c, 1) == 0, "the gate gave a byte");
	close(g->fd[0]);
}

void
gate_open(struct gate *g)
{
	close(g->fd[0]);
	close(g->fd[1]);
}

long
raw_call(long number, long a, long b, long c)
{
	register long a0 __asm__("a0") = a;
	register long a1 __asm__("a1") = b;
	register long a2 __asm__("a2") = c;
	register long a7 __asm__("a7") = number;

	__asm__ volatile("ecall"
	                 : "+r"(a0)
	                 : "r"(a1), "r"(a2), "r"(a7)
	                 : "memory");
	return a0;
}

uint64
bad_address(int i)
{
	// clang-format off
	static const uint64 fixed[NBAD - 2] = {
	    KERNBASE,             // RAM, by its physical address
	    TRAPFRAME,            // the last pages of the user's half
	    TRAMPOLINE,
	    MAXVA,                // the first address that is too high
	    MAXVA + PGSIZE,
	    1UL << 39,            // bits 63..38 differ
	    1UL << 63,
	    0xffffffc000000000UL, // the kernel's half begins
	    0xffffffc080000000UL,
	    0xffffffffffffffffUL, // wraps
	};
	// clang-format on
	uint64 top = (uint64)sbrk(0);

	if (i == 0)
		return PGROUNDUP(top);
	if (i == 1)
		return PGROUNDUP(top) + 64 * PGSIZE;
	return fixed[i - 2];
}

char
data_at(uint64 seed, int i)
{
	return (char)(mark(seed, i / 8) >> (i % 8 * 8));
}

void
data_fill(void *to, int n, uint64 seed, int from)
{
	for (int i = 0; i < n; i++)
		((char *)to)[i] = data_at(seed, from + i);
}

int
data_differs(const void *at, int n, uint64 seed, int from)
{
	for (int i = 0; i < n; i++)
		if (((const char *)at)[i] != data_at(seed, from + i))
			return i;
	return -1;
}

int
must_open(const char *path, int flags)
{
	int fd = open(path, flags);

	EXPECT(fd >= 0, "cannot open %s with flags %x", path, flags);
	return fd;
}

void
must_write(int fd, const void *from, int n)
{
	int got = write(fd, from, n);

	EXPECT(got == n, "write of %d bytes gave %d", n, got);
}

#define CHUNK 2048

void
make_file(const char *path, uint64 seed, int size)
{
	static char chunk[CHUNK];
	int fd = must_open(path, O_CREATE | O_TRUNC | O_WRONLY);

	for (int at = 0; at < size; at += CHUNK) {
		int n = size - at < CHUNK ? size - at : CHUNK;

		data_fill(chunk, n, seed, at);
		must_write(fd, chunk, n);
	}
	close(fd);
}

void
expect_file(const char *path, uint64 seed, int size)
{
	static char chunk[CHUNK];
	int fd = must_open(path, O_RDONLY);
	int at = 0, n, wrong;

	while ((n = read(fd, chunk, CHUNK)) > 0) {
		wrong = data_differs(chunk, n, seed, at);
		EXPECT(wrong < 0, "byte %d of %s is wrong", at + wrong, path);
		at += n;
	}
	EXPECT(n == 0, "reading %s failed at %d", path, at);
	EXPECT(at == size, "%s has %d bytes, not %d", path, at, size);
	close(fd);
}

void
expect_absent(const char *path)
{
	int fd = open(path, O_RDONLY);

	EXPECT(fd < 0, "%s is there", path);
}

void
must_unlink(const char *path)
{
	EXPECT(unlink(path) == 0, "cannot unlink %s", path);
}

uint64
size_of(const char *path)
{
	struct stat st;

	EXPECT(stat(path, &st) == 0, "cannot stat %s", path);
	return st.size;
}

char *
numbered(const char *stem, int n)
{
	static char names[4][DIRSIZ + 1];
	static uint next;
	char *name = names[next++ % 4];
	int length = snprintf(name, sizeof(names[0]), "%s%d", stem, n);

	EXPECT(length <= DIRSIZ, "%s%d is too long for a name", stem, n);
	return name;
}

int
entries(const char *dir, const char *prefix)
{
	struct dirent e;
	int n, found = 0;
	int fd = must_open(dir, O_RDONLY);

	while ((n = read(fd, &e, sizeof(e))) == sizeof(e))
		if (e.inum != 0 &&
		    strncmp(e.name, prefix, strlen(prefix)) == 0)
			found++;
	EXPECT(n == 0, "reading directory %s gave %d", dir, n);
	close(fd);
	return found;
}

void
empty_caches(void)
{
	int fd = open("/dev/memstat", O_WRONLY);

	if (fd >= 0) {
		write(fd, "shrink", 6);
		close(fd);
	}
}

int
tells_pages(void)
{
	return memstat_read("free_pages") > 0;
}

// Of the least machine that kernels like this are made for, 16 MiB are free.
#define SURELY_FREE 4096

long
free_pages(void)
{
	long n = memstat_read("free_pages");

	return n > 0 ? n : SURELY_FREE;
}
