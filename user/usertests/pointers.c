// System calls with pointers to memory that the caller may not use: they
// return -1, change nothing, and harm nobody.
#include "kernel/syscall.h"
#include "user/usertests/cases.h"

#define LONG_RUN (2 * PGSIZE) // more than a pipe holds

// write() from memory that is not there.
static void
copyin(void)
{
	int fd = must_open("copyin.f", O_CREATE | O_TRUNC | O_RDWR);
	int p[2];
	char c;

	EXPECT(pipe(p) == 0, "no pipe");
	for (int i = 0; i < NBAD; i++) {
		void *bad = (void *)bad_address(i);

		EXPECT(write(fd, bad, LONG_RUN) == -1, "file from %p", bad);
		EXPECT(write(fd, bad, 1) == -1, "one byte from %p", bad);
		EXPECT(write(p[1], bad, LONG_RUN) == -1, "pipe from %p", bad);
	}
	EXPECT(size_of("copyin.f") == 0, "something was written");
	must_write(p[1], "k", 1);
	EXPECT(read(p[0], &c, 1) == 1 && c == 'k', "the pipe had bytes");
	close(fd);
	close(p[0]);
	close(p[1]);
	must_unlink("copyin.f");
}

// read() to memory that is not there; what was to be read stays.
static void
copyout(void)
{
	char text[32];
	int fd, p[2];

	make_file("copyout.f", 3, sizeof(text));
	fd = must_open("copyout.f", O_RDONLY);
	EXPECT(pipe(p) == 0, "no pipe");
	data_fill(text, sizeof(text), 4, 0);
	must_write(p[1], text, sizeof(text));
	for (int i = 0; i < NBAD; i++) {
		void *bad = (void *)bad_address(i);

		EXPECT(read(fd, bad, LONG_RUN) == -1, "file to %p", bad);
		EXPECT(read(p[0], bad, LONG_RUN) == -1, "pipe to %p", bad);
	}
	EXPECT(read(fd, (void *)&copyout, 8) == -1, "file to text");
	EXPECT(read(p[0], (void *)&copyout, 8) == -1, "pipe to text");
	EXPECT(
	    read(fd, text, sizeof(text)) == sizeof(text), "the offset moved");
	EXPECT(data_differs(text, sizeof(text), 3, 0) < 0, "file data");
	EXPECT(
	    read(p[0], text, sizeof(text)) == sizeof(text), "bytes are lost");
	EXPECT(data_differs(text, sizeof(text), 4, 0) < 0, "pipe data");
	close(fd);
	close(p[0]);
	close(p[1]);
	must_unlink("copyout.f");
}

// Calls that take a path, with p for it (twice, for link).
static void
expect_no_path(const char *p, const char *what)
{
	// Whatever is found there should not be another run of all this.
	char *args[] = {"x", "@args", 0};

	EXPECT(open(p, O_RDONLY) == -1, "open, %s: %p", what, p);
	EXPECT(open(p, O_CREATE | O_RDWR) == -1, "create, %s: %p", what, p);
	EXPECT(unlink(p) == -1, "unlink, %s: %p", what, p);
	EXPECT(mkdir(p) == -1, "mkdir, %s: %p", what, p);
	EXPECT(mknod(p, 1, 0) == -1, "mknod, %s: %p", what, p);
	EXPECT(chdir(p) == -1, "chdir, %s: %p", what, p);
	EXPECT(link("/usertests", p) == -1, "link to, %s: %p", what, p);
	EXPECT(link(p, "copyinstr.l") == -1, "link from, %s: %p", what, p);
	EXPECT(exec(p, args) == -1, "exec, %s: %p", what, p);
}

static void
copyinstr1(void)
{
	for (int i = 0; i < NBAD; i++)
		expect_no_path((char *)bad_address(i), "bad address");
	expect_absent("copyinstr.l");
}

// The longest path there is works, one byte more does not.
static void
copyinstr2(void)
{
	static char path[MAXPATH + 1];
	static const char name[] = "usertests";
	int fd;

	memset(path, '/', sizeof(path));
	strcpy(path + MAXPATH - sizeof(name), name);
	EXPECT(strlen(path) == MAXPATH - 1, "%d bytes", strlen(path));
	fd = must_open(path, O_RDONLY);
	close(fd);

	strcpy(path + MAXPATH + 1 - sizeof(name), name);
	path[MAXPATH - sizeof(name)] = '/';
	EXPECT(strlen(path) == MAXPATH, "%d bytes", strlen(path));
	expect_no_path(path, "too long");
}

// Strings that end with the heap, or do not.
static void
copyinstr3(void)
{
	uint64 top = (uint64)sbrk(0);
	char *end, *path;
	int fd;

	EXPECT(sbrk((int)(PGROUNDUP(top) - top) + PGSIZE) != SBRK_ERROR,
	    "no heap");
	end = sbrk(0);
	EXPECT((uint64)end % PGSIZE == 0, "the heap ends at %p", end);

	path = end - 3;
	memmove(path, "/.", 3);
	fd = must_open(path, O_RDONLY);
	close(fd);
	memmove(path, "cut", 3);
	expect_no_path(path, "no end");
	end[-1] = 'x';
	expect_no_path(end - 1, "no end");
	expect_no_path(end, "no begin");
}

// Results to memory that is not there, or not writable.
static void
expect_no_results(void *bad)
{
	int fd, pid, status;

	EXPECT(pipe(bad) == -1, "pipe to %p", bad);
	fd = must_open("/", O_RDONLY);
	EXPECT(fd == 3, "pipe to %p left descriptors open", bad);
	EXPECT(fstat(fd, bad) == -1, "fstat to %p", bad);
	close(fd);
	pid = must_fork();
	if (pid == 0)
		exit(17);
	EXPECT(wait(bad) == -1, "wait to %p", bad);
	status = reap(pid);
	EXPECT(status == 17, "status %d after wait to %p", status, bad);
}

static void
badptr(void)
{
	char *args[] = {"usertests", "@", 0};
	uint64 *text = (uint64 *)((uint64)&badptr & ~7UL);
	uint64 was = *text;

	for (int i = 3; i < NOFILE; i++)
		close(i);
	for (int i = 0; i < NBAD; i++) {
		char *bad = (char *)bad_address(i);

		expect_no_results(bad);
		EXPECT(exec("/usertests", (char **)bad) == -1,
		    "exec with arguments at %p", bad);
		args[1] = bad;
		EXPECT(exec("/usertests", args) == -1,
		    "exec with an argument at %p", bad);
	}
	expect_no_results(text);
	// Text begins at 0; only wait() takes that for "no result, please".
	EXPECT(pipe(0) == -1, "pipe to 0");
	EXPECT(*text == was, "text has changed");
}

// Memory that ends in the middle of what a call is to use.  A transfer may
// stop there, if it says so.
static void
cutoff(void)
{
	enum { GOOD = 96 };
	char *end, *at;
	int n, fd, p[2];

	EXPECT(sbrk(2 * PGSIZE) != SBRK_ERROR, "no heap");
	end = (char *)PGROUNDUP((uint64)sbrk(0));
	at = end - GOOD;
	fd = must_open("cutoff.f", O_CREATE | O_TRUNC | O_RDWR);
	EXPECT(pipe(p) == 0, "no pipe");
	EXPECT(sbrk((int)(end - sbrk(0))) != SBRK_ERROR, "no heap");

	data_fill(at, GOOD, 9, 0);
	n = write(fd, at, 2 * GOOD);
	EXPECT(n == -1 || n == GOOD, "write to a file gave %d", n);
	EXPECT(size_of("cutoff.f") == (n < 0 ? 0 : GOOD), "size %ld, not %d",
	    size_of("cutoff.f"), n);
	n = write(p[1], at, 2 * GOOD);
	EXPECT(n == -1 || n == GOOD, "write to a pipe gave %d", n);
	EXPECT(pipe((int *)(end - 4)) == -1, "pipe over the end");
	EXPECT(
	    fstat(fd, (struct stat *)(end - 8)) == -1, "fstat over the end");
	close(p[0]);
	close(p[1]);
	close(fd);
	must_unlink("cutoff.f");
}

// Numbers that are no system call.
static void
badnum(void)
{
	// clang-format off
	static const long numbers[] = {
	    0, -1, 22, 31, SYS_reboot + 1, 63, 64, 255, 1000, 1L << 32,
	    (1L << 32) + 11, 0x7fffffffffffffffL, (long)(1UL << 63),
	};
	// clang-format on

	for (uint i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		long got = raw_call(numbers[i], 1, 2, 3);

		EXPECT(got == -1, "call %ld gave %ld", numbers[i], got);
	}
	EXPECT(raw_call(SYS_getpid, 0, 0, 0) == getpid(), "getpid");
}

// Arguments that are ints: the upper halves of their registers do not count,
// or make the call fail; negative lengths and descriptors always do.
static void
badint(void)
{
	static const int fds[] = {
	    -1, NOFILE, NOFILE + 1, 1000, 0x7fffffff, (int)0x80000000};
	char c = 0;
	struct stat st;
	int fd = must_open("/usertests", O_RDONLY);

	for (uint i = 0; i < sizeof(fds) / sizeof(fds[0]); i++) {
		EXPECT(read(fds[i], &c, 1) == -1, "read from %d", fds[i]);
		EXPECT(write(fds[i], &c, 1) == -1, "write to %d", fds[i]);
		EXPECT(fstat(fds[i], &st) == -1, "fstat of %d", fds[i]);
		EXPECT(dup(fds[i]) == -1, "dup of %d", fds[i]);
		EXPECT(close(fds[i]) == -1, "close of %d", fds[i]);
	}
	EXPECT(read(fd, &c, -1) == -1, "read of -1 bytes");
	EXPECT(write(1, &c, -1) == -1, "write of -1 bytes");
	EXPECT(read(fd, &c, (int)0x80000000) == -1, "read of INT_MIN bytes");
	EXPECT(read(fd, &c, 0) == 0, "read of no bytes");
	EXPECT(read(fd, &c, 1) == 1 && c == 0x7f, "the file's first byte");
	EXPECT(write(fd, &c, 1) == -1, "write to what is open for reading");
	close(fd);
	EXPECT(close(fd) == -1, "closed twice");
}

const struct usertest pointer_tests[] = {
    {"copyin", copyin, 0},
    {"copyout", copyout, 0},
    {"copyinstr1", copyinstr1, 0},
    {"copyinstr2", copyinstr2, 0},
    {"copyinstr3", copyinstr3, 0},
    {"badptr", badptr, 0},
    {"cutoff", cutoff, 0},
    {"badnum", badnum, 0},
    {"badint", badint, 0},
    {0, 0, 0},
};
