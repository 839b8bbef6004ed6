// Shared pages that the kernel writes for a process: results of system calls
// must land in the caller's own copy, also across a page boundary; and the
// kernel must not write what the process itself may not.
#include "user/cowtest/cases.h"

#define PAGES 3

// Every word of the region, so that a write beyond the result shows.
static void
fill(struct region r)
{
	uint64 *w = (uint64 *)r.base;

	for (int i = 0; i < PAGES * PGSIZE / 8; i++)
		w[i] = mark(5, i);
}

// Fails if a byte outside [at, at + n) is not as fill() left it.
static void
expect_filled_but(struct region r, char *at, int n)
{
	for (int i = 0; i < PAGES * PGSIZE; i++) {
		uint64 want = mark(5, i / 8) >> (i % 8 * 8);
		char *p = r.base + i;

		if (p >= at && p < at + n)
			continue;
		EXPECT(*p == (char)want, "byte %d has changed", i);
	}
}

// Each makes the kernel write to `at` and checks the result; they return the
// number of bytes written.
static int
by_pipe_read(char *at)
{
	enum { LEN = 400 };
	char text[LEN];
	int fd[2];

	for (int i = 0; i < LEN; i++)
		text[i] = (char)mark(6, i);
	EXPECT(pipe(fd) == 0, "no pipe");
	EXPECT(write(fd[1], text, LEN) == LEN, "short write");
	EXPECT(read(fd[0], at, LEN) == LEN, "short read");
	EXPECT(memcmp(at, text, LEN) == 0, "read the wrong bytes");
	close(fd[0]);
	close(fd[1]);
	return LEN;
}

static int
by_file_read(char *at)
{
	static char again[PGSIZE];
	int n, m, fd = open("/cowtest", O_RDONLY);

	EXPECT(fd >= 0, "cannot open /cowtest");
	n = read(fd, at, sizeof(again));
	close(fd);
	fd = open("/cowtest", O_RDONLY);
	m = read(fd, again, sizeof(again));
	close(fd);
	EXPECT(n == sizeof(again) && m == n, "read gave %d, then %d", n, m);
	EXPECT(memcmp(at, again, n) == 0, "two reads differ");
	return n;
}

static int
by_pipe(char *at)
{
	int *fd = (int *)at;
	char c = 0;

	EXPECT(pipe(fd) == 0, "no pipe");
	EXPECT(fd[0] > 2 && fd[1] > 2 && fd[0] != fd[1], "fds %d %d", fd[0],
	    fd[1]);
	EXPECT(
	    write(fd[1], "x", 1) == 1 && read(fd[0], &c, 1) == 1 && c == 'x',
	    "the pipe does not work");
	close(fd[0]);
	close(fd[1]);
	return 2 * sizeof(int);
}

static int
by_wait(char *at)
{
	int pid = must_fork();

	if (pid == 0)
		exit(0x1234567);
	EXPECT(wait((int *)at) == pid, "wait gave another pid");
	EXPECT(*(int *)at == 0x1234567, "status %x", *(int *)at);
	return sizeof(int);
}

static int
by_fstat(char *at)
{
	struct stat st;
	int fd = open("/", O_RDONLY);

	EXPECT(fstat(fd, (struct stat *)at) == 0, "fstat failed");
	memmove(&st, at, sizeof(st));
	EXPECT(st.type == T_DIR && st.ino == 1, "type %d, inode %d", st.type,
	    st.ino);
	close(fd);
	return sizeof(st);
}

static const struct {
	const char *name;
	int (*run)(char *at);
} calls[] = {
    {"read from a pipe", by_pipe_read},
    {"read from a file", by_file_read},
    {"pipe", by_pipe},
    {"wait", by_wait},
    {"fstat", by_fstat},
};

#define NCALLS (sizeof(calls) / sizeof(calls[0]))

// Offsets in the region: a page's start, its middle, and results that lie in
// two pages.
static const int offsets[] = {0, PGSIZE + 1000, PGSIZE - 4, 2 * PGSIZE - 8};

#define NOFFSETS (sizeof(offsets) / sizeof(offsets[0]))

static void
for_the_child(struct region r, uint call, int offset)
{
	char *at = r.base + offset;
	int pid = must_fork();

	if (pid == 0) {
		int n = calls[call].run(at);

		expect_filled_but(r, at, n);
		exit(0);
	}
	EXPECT(reap(pid) == 0, "%s at %d failed", calls[call].name, offset);
	expect_filled_but(r, r.base, 0);
}

static void
for_the_parent(struct region r, uint call, int offset)
{
	struct baton done;
	char *at = r.base + offset;
	int n, pid;

	baton_new(&done);
	pid = must_fork();
	if (pid == 0) {
		baton_take(&done);
		expect_filled_but(r, r.base, 0);
		exit(0);
	}
	n = calls[call].run(at);
	expect_filled_but(r, at, n);
	baton_pass(&done);
	EXPECT(
	    reap(pid) == 0, "the child saw the parent's %s", calls[call].name);
	baton_drop(&done);
	fill(r);
}

static void
kernel_writes(void)
{
	struct region r = region_new(PAGES);

	fill(r);
	for (uint call = 0; call < NCALLS; call++)
		for (uint i = 0; i < NOFFSETS; i++) {
			for_the_child(r, call, offsets[i]);
			// wait() would find the wrong child.
			if (calls[call].run != by_wait)
				for_the_parent(r, call, offsets[i]);
		}
}

// Text stays read-only, for the program and for the kernel, however often it
// has been forked.
static void
read_into_text(char *text)
{
	int fd[2];

	EXPECT(pipe(fd) == 0, "no pipe");
	EXPECT(write(fd[1], "abcdefgh", 8) == 8, "short write");
	EXPECT(read(fd[0], text, 8) == -1, "the kernel wrote to text");
	EXPECT(pipe((int *)text) == -1, "pipe wrote to text");
	close(fd[0]);
	close(fd[1]);
}

static void
text_is_safe(void)
{
	char *text = (char *)(((uint64)&text_is_safe + 7) & ~7UL);
	uint64 was = *(volatile uint64 *)text;

	for (int generation = 0; generation < 3; generation++) {
		int status, pid = must_fork();

		if (pid == 0) {
			*(volatile uint64 *)text = 0;
			exit(0);
		}
		status = reap(pid);
		EXPECT(status == -1, "a write to text: status %d", status);
		read_into_text(text);
		EXPECT(*(volatile uint64 *)text == was, "text has changed");
		pid = must_fork();
		if (pid != 0) {
			EXPECT(reap(pid) == 0, "a descendant failed");
			break;
		}
	}
}

const struct cow_case ucopy_cases[] = {
    {"kernelwrites", kernel_writes},
    {"textsafe", text_is_safe},
    {0, 0},
};
