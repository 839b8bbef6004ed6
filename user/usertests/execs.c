// exec: what the new program gets, and what a failed one leaves behind.
//
// The new program is this one: `usertests @args ...` and its like check what
// they were given and tell by their exit status.
#include "user/usertests/cases.h"

#define SELF "/usertests"

// A number that depends on every byte and border of the arguments.
static int
hash_arguments(int argc, char **argv)
{
	uint64 h = argc;

	for (int i = 0; i < argc; i++)
		for (char *p = argv[i];; p++) {
			h = mark(h, (uchar)*p);
			if (*p == 0)
				break;
		}
	return (int)(h & 0x3fffffff);
}

// What exec put on the stack's top page: the vector, and from its first string
// to the page's end nothing but the strings and zeros.  Returns the number of
// bytes that are neither.
static int
strange_bytes(int argc, char **argv)
{
	char *end = argv[argc - 1] + strlen(argv[argc - 1]) + 1;
	int strange = 0;

	for (char *at = (char *)(argv + argc + 1); at < argv[0]; at++)
		strange += *at != 0;
	for (int i = 1; i < argc; i++)
		strange += argv[i] != argv[i - 1] + strlen(argv[i - 1]) + 1;
	for (; (uint64)end % PGSIZE != 0; end++)
		strange += *end != 0;
	return strange;
}

void
exec_target(int argc, char **argv)
{
	static int zero[100];
	char c = 0;

	if (strcmp(argv[1], "@fd") == 0)
		exit(read(3, &c, 1) == 1 ? c : -2);
	if (strcmp(argv[1], "@hart") == 0)
		exit(gethart());
	if (strcmp(argv[1], "@clean") == 0)
		exit(strange_bytes(argc, argv));
	for (uint i = 0; i < 100; i++)
		EXPECT(zero[i] == 0, "bss is not zero");
	EXPECT(argv[argc] == 0, "argv does not end");
	EXPECT((uint64)argv % 8 == 0 && r_sp() % 16 == 0, "alignment");
	exit(hash_arguments(argc, argv));
}

static int
exec_status(char **argv)
{
	int pid = must_fork();

	if (pid == 0) {
		exec(SELF, argv);
		exit(-3);
	}
	return reap(pid);
}

static void
exectest(void)
{
	char *argv[] = {"echo", "exec", "works", 0};
	char text[16];
	int fd, pid;

	unlink("exec.out");
	pid = must_fork();
	if (pid == 0) {
		close(1);
		EXPECT(open("exec.out", O_CREATE | O_WRONLY) == 1, "fd 1");
		exec("/echo", argv);
		exit(9);
	}
	EXPECT(reap(pid) == 0, "echo failed");
	fd = must_open("exec.out", O_RDONLY);
	EXPECT(read(fd, text, sizeof(text)) == 11, "its output's length");
	EXPECT(memcmp(text, "exec works\n", 11) == 0, "its output");
	close(fd);
	must_unlink("exec.out");
}

// Arguments arrive byte for byte, also the most and the longest there can be.
static void
execargs(void)
{
	static char longest[3000];
	char *argv[MAXARG + 1] = {"usertests", "@args", "", "a b", "\t\n", 0};

	EXPECT(exec_status(argv) == hash_arguments(5, argv), "five");
	for (int i = 2; i < MAXARG; i++)
		argv[i] = numbered("arg", i % 4);
	argv[MAXARG] = 0;
	EXPECT(
	    exec_status(argv) == hash_arguments(MAXARG, argv), "%d", MAXARG);
	memset(longest, 'L', sizeof(longest) - 1);
	argv[2] = longest;
	argv[3] = 0;
	EXPECT(exec_status(argv) == hash_arguments(3, argv), "a long one");
}

// Arguments that do not fit make exec fail and change nothing.
static void
bigargtest(void)
{
	static char big[2 * PGSIZE];
	static char *argv[MAXARG + 9];
	int local = 4711;

	argv[0] = "usertests";
	argv[1] = "@args";
	memset(big, 'b', sizeof(big) - 1);
	argv[2] = big;
	argv[3] = 0;
	EXPECT(exec(SELF, argv) == -1, "an argument of two pages");

	big[300] = 0;
	for (int i = 2; i < MAXARG; i++)
		argv[i] = big;
	argv[MAXARG] = 0;
	EXPECT(exec(SELF, argv) == -1, "two pages of arguments");

	for (int i = 2; i < MAXARG + 8; i++)
		argv[i] = "x";
	EXPECT(exec(SELF, argv) == -1, "too many arguments");
	argv[MAXARG + 1] = 0;
	EXPECT(exec(SELF, argv) == -1, "one argument too many");
	EXPECT(local == 4711 && big[1] == 'b', "memory has changed");
}

// Fills pages and gives them back, so that what the hart hands out next, for
// whatever purpose, shows where it is not overwritten.
static void
dirty_free_pages(void)
{
	int bytes = 64 * PGSIZE;
	char *area = sbrk(bytes);

	EXPECT(area != SBRK_ERROR, "no memory");
	memset(area, 0xd1, bytes);
	EXPECT(sbrk(-bytes) != SBRK_ERROR, "shrinking");
}

// The stack's top page holds the arguments and nothing of whoever had it
// before, whatever their length.
static void
execclean(void)
{
	static char text[2 * 16 + 1];
	char *argv[] = {"usertests", "@clean", text, 0};

	for (uint n = 0; n < sizeof(text); n++) {
		int strange;

		memset(text, 'c', n);
		text[n] = 0;
		dirty_free_pages();
		strange = exec_status(argv);
		EXPECT(strange == 0, "%d bytes that are nobody's with %u",
		    strange, n);
	}
}

// A read of an impossible length into the end of the heap.
static void
argptest(void)
{
	int fd = must_open(SELF, O_RDONLY);
	char c;

	EXPECT(read(fd, sbrk(0) - 1, -1) == -1, "read of -1 bytes");
	EXPECT(read(fd, &c, 1) == 1 && c == 0x7f, "the offset moved");
	close(fd);
}

// Argument vectors of which some pointer is bad, over and over: nothing leaks.
static void
badarg(void)
{
	char *argv[3] = {"usertests", (char *)0xffffffffUL, 0};

	for (int i = 0; i < 300; i++) {
		argv[1] = (char *)bad_address(i % NBAD);
		EXPECT(exec(SELF, argv) == -1, "round %d", i);
	}
}

static void
expect_no_exec(const char *path, const char *what)
{
	char *argv[] = {"x", 0};

	EXPECT(exec(path, argv) == -1, "%s", what);
}

// A whole program: the head of an ELF-64 file, one program header, and code
// that exits with 5.
#define ENTRY  3 // words of it that get bad values
#define PHOFF  4
#define PHNUM  7
#define OFFSET 9
#define VADDR  10
#define FILESZ 12
#define MEMSZ  13

// clang-format off
static const uint64 tiny_program[] = {
    0x00010102464c457fUL, 0, // ident
    0x0000000100f30002UL,    // version, RISC-V, executable
    120,                     // entry
    64,                      // the program header's place
    0,                       // no section headers
    0x0038004000000000UL,    // sizes of program header and header
    1,                       // program headers
    0x0000000500000001UL,    // R-X, to be loaded
    0, 0, 0,                 // place in the file, addresses
    136, 136, PGSIZE,        // sizes in file and memory, alignment
    0x0020089300500513UL,    // li a0, 5; li a7, 2
    0x0000000000000073UL,    // ecall
};
// clang-format on

// The status of that program with one word of it changed; 21 if exec refuses.
static int
run_spoilt(int word, uint64 value)
{
	char *argv[] = {"elf.x", 0};
	int pid, fd;

	unlink("elf.x");
	fd = must_open("elf.x", O_CREATE | O_RDWR);
	must_write(fd, tiny_program, word * 8);
	must_write(fd, &value, 8);
	must_write(
	    fd, tiny_program + word + 1, sizeof(tiny_program) - word * 8 - 8);
	close(fd);
	pid = must_fork();
	if (pid == 0) {
		exec("elf.x", argv);
		exit(21);
	}
	return reap(pid);
}

static void
make_truncated(void)
{
	uint64 sizes[2] = {2 * PGSIZE, 2 * PGSIZE};
	int fd;

	unlink("elf.x");
	fd = must_open("elf.x", O_CREATE | O_RDWR);
	must_write(fd, tiny_program, FILESZ * 8);
	must_write(fd, sizes, sizeof(sizes));
	must_write(fd, tiny_program + MEMSZ + 1,
	    sizeof(tiny_program) - (MEMSZ + 1) * 8);
	close(fd);
}

// exec fails late, when memory and files are taken already, over and over.
static void
fail_often(void)
{
	static char almost[PGSIZE - 40];
	char *argv[] = {"x", almost, 0};

	// The file ends before the segment does.
	EXPECT(run_spoilt(FILESZ, 1000) == 21, "a segment cut off");
	EXPECT(run_spoilt(MEMSZ, 1000) == 5, "a segment with zeros behind");
	make_truncated();
	memset(almost, 'a', sizeof(almost) - 1);
	for (int i = 0; i < 100; i++) {
		expect_no_exec("elf.x", "a segment cut off");
		EXPECT(exec(SELF, argv) == -1, "no room for the vector");
	}
}

static void
expect_refused(int word, uint64 value, const char *what)
{
	int status = run_spoilt(word, value);

	EXPECT(status == 21, "%s: status %d", what, status);
}

static void
execbad(void)
{
	int status;

	expect_no_exec("no-such-program", "nothing");
	expect_no_exec("/", "a directory");
	expect_no_exec("/console", "a device");
	make_file("elf.x", 1, 0);
	expect_no_exec("elf.x", "an empty file");
	make_file("elf.x", 1, 3000);
	expect_no_exec("elf.x", "noise");
	must_unlink("elf.x");

	EXPECT(run_spoilt(PHNUM, 1) == 5, "a good program");
	status = run_spoilt(ENTRY, 1UL << 40);
	EXPECT(status == 21 || status == -1, "entry outside: %d", status);
	status = run_spoilt(ENTRY, ~0UL);
	EXPECT(status == 21 || status == -1, "entry outside: %d", status);
	expect_refused(0, 0, "no magic number");
	expect_refused(PHOFF, 1UL << 40, "headers beyond the file");
	expect_refused(PHOFF, ~0UL, "headers that wrap");
	expect_refused(PHNUM, 0xffff, "more headers than there are");
	expect_refused(OFFSET, 1UL << 40, "contents beyond the file");
	expect_refused(VADDR, KERNBASE << 10, "an address too high");
	expect_refused(VADDR, ~0UL << 12, "an address that wraps");
	expect_refused(
	    VADDR, 0xffffffc000000000UL, "an address of the kernel's");
	expect_refused(FILESZ, 1000, "more in the file than in memory");
	expect_refused(MEMSZ, 1UL << 40, "more than there is memory");
	expect_refused(MEMSZ, ~0UL, "a size that wraps");
	fail_often();
	must_unlink("elf.x");
	expect_no_exec("elf.x", "what is gone");
}

// Code that exits with 1 if exec left anything in a register but the stack
// pointer, argc in a0 and argv in a1; with 2 if argv is not the stack pointer.
extern const char clean_registers[], clean_registers_end[];

// clang-format off
__asm__("	.text\n"
        "	.balign 8\n"
        "	.option push\n"
        "	.option norvc\n"
        "clean_registers:\n"
        ".irp	n, 3, 4, 5, 6, 7, 8, 9, 12, 13, 14, 15, 16, 17, 18, 19\n"
        "	or	x1, x1, x\\n\n"
        ".endr\n"
        ".irp	n, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31\n"
        "	or	x1, x1, x\\n\n"
        ".endr\n"
        "	snez	a0, ra\n"
        "	xor	a1, a1, sp\n"
        "	snez	a1, a1\n"
        "	slli	a1, a1, 1\n"
        "	or	a0, a0, a1\n"
        "	li	a7, 2\n" // exit
        "	ecall\n"
        "	.balign 8\n"
        "clean_registers_end:\n"
        "	.option pop\n");
// clang-format on

// A new program sees no register of the old one's, nor of the kernel's.
static void
execregisters(void)
{
	uint64 size = clean_registers_end - clean_registers;
	uint64 header[15];
	char *argv[] = {"elf.x", 0};
	int fd, status, pid;

	memcpy(header, tiny_program, sizeof(header));
	header[FILESZ] = header[MEMSZ] = sizeof(header) + size;
	unlink("elf.x");
	fd = must_open("elf.x", O_CREATE | O_RDWR);
	must_write(fd, header, sizeof(header));
	must_write(fd, clean_registers, size);
	close(fd);
	pid = must_fork();
	if (pid == 0) {
		exec("elf.x", argv);
		exit(21);
	}
	status = reap(pid);
	EXPECT(status == 0, "status %d", status);
	must_unlink("elf.x");
}

// Descriptors, directory and affinity survive exec; memory does not.
static void
execkeeps(void)
{
	char *by_fd[] = {"usertests", "@fd", 0};
	char *by_hart[] = {"usertests", "@hart", 0};
	int n = nharts();

	for (int fd = 3; fd < NOFILE; fd++)
		close(fd);
	make_file("keep.f", 77, 8);
	EXPECT(open("keep.f", O_RDONLY) == 3, "descriptor 3");
	EXPECT(exec_status(by_fd) == data_at(77, 0), "first byte");
	EXPECT(exec_status(by_fd) == data_at(77, 1), "second byte");
	close(3);
	EXPECT(exec_status(by_fd) == -2, "a closed descriptor is open");
	must_unlink("keep.f");
	for (int hart = 0; hart < n; hart += 3) {
		EXPECT(setaffinity(1UL << hart) == 0, "setaffinity");
		EXPECT(exec_status(by_hart) == hart, "hart %d", hart);
	}
}

// Many exec the same program at once, and write to its data.
static void
exec_often(long times)
{
	char *argv[] = {"usertests", "@args", "often", 0};
	int want = hash_arguments(3, argv);

	for (int i = 0; i < times; i++)
		EXPECT(exec_status(argv) == want, "round %d", i);
}

static void
execcrowd(void)
{
	for (int i = 0; i < 4; i++)
		spawn(exec_often, 12);
	reap_all(4, 0);
}

// A program under a name by which harts remember it, over and over another:
// whoever executes it after a change gets the changed one.
#define FRESH "/fresh.x"

// So many harts, more would only take longer.
static int
fresh_harts(void)
{
	return nharts() < 3 ? nharts() : 3;
}

// Writes the program whose status is version, from the file's start.  Every
// other one can write its code, so that it has a page of its own.
static void
write_version(int fd, int version)
{
	uint64 program[sizeof(tiny_program) / 8];

	memcpy(program, tiny_program, sizeof(program));
	program[8] = version % 2 ? 0x0000000700000001UL : 0x0000000500000001UL;
	program[15] = 0x0020089300000513UL | (uint64)version << 20;
	must_write(fd, program, sizeof(program));
	close(fd);
}

// Makes FRESH the program of that version in one of the ways there are.
static void
change_to(int version)
{
	switch (version % 4) {
	case 0:
		must_unlink(FRESH);
		write_version(must_open(FRESH, O_CREATE | O_WRONLY), version);
		break;
	case 1:
		write_version(must_open(FRESH, O_WRONLY), version);
		break;
	case 2:
		write_version(must_open(FRESH, O_WRONLY | O_TRUNC), version);
		break;
	case 3:
		write_version(must_open("fresh.n", O_CREATE | O_WRONLY), version);
		must_unlink(FRESH);
		EXPECT(link("fresh.n", FRESH) == 0, "link");
		must_unlink("fresh.n");
		break;
	}
}

// 0 if there is no such program at the moment.
static int
run_fresh(void)
{
	char *argv[] = {"fresh", 0};
	int pid = must_fork();

	if (pid == 0) {
		exec(FRESH, argv);
		exit(0);
	}
	return reap(pid);
}

// On one hart while the program changes: versions never go back.
static void
run_on(long hart)
{
	int last = 0;

	EXPECT(setaffinity(1UL << hart) == 0, "setaffinity");
	while (last < 1999) {
		int version = run_fresh();

		EXPECT(version == 0 || version >= last,
		    "hart %d: %d after %d", (int)hart, version, last);
		if (version > last)
			last = version;
	}
}

// Everyone knows the last version by now.
static void
expect_fresh(int version)
{
	for (int hart = 0; hart < fresh_harts(); hart++) {
		EXPECT(setaffinity(1UL << hart) == 0, "setaffinity");
		for (int i = 0; i < 3; i++) {
			int got = run_fresh();

			EXPECT(got == version, "hart %d: %d, not %d", hart,
			    got, version);
		}
	}
}

static void
execfresh(void)
{
	write_version(must_open(FRESH, O_CREATE | O_WRONLY), 1);
	for (int version = 2; version < 20; version++) {
		expect_fresh(version - 1);
		change_to(version);
	}
	for (int hart = 0; hart < fresh_harts(); hart++)
		spawn(run_on, hart);
	for (int version = 20; version < 40; version++) {
		change_to(version);
		expect_fresh(version);
	}
	change_to(1999);
	reap_all(fresh_harts(), 0);
	must_unlink(FRESH);
}

// So many files looked at in between that nobody remembers the program's.
#define FORGET 800

static void
execforgotten(void)
{
	int n = 0, fd;

	write_version(must_open(FRESH, O_CREATE | O_WRONLY), 1);
	while (n < FORGET &&
	    (fd = open(numbered("forget", n), O_CREATE | O_WRONLY)) >= 0) {
		close(fd);
		n++;
	}
	for (int version = 2; version < 10; version++) {
		struct stat st;

		expect_fresh(version - 1);
		for (int i = 0; i < n; i++)
			EXPECT(stat(numbered("forget", i), &st) == 0, "stat");
		write_version(
		    must_open(FRESH, version % 2 ? O_WRONLY : O_WRONLY | O_TRUNC),
		    version);
		expect_fresh(version);
	}
	for (int i = 0; i < n; i++)
		must_unlink(numbered("forget", i));
	must_unlink(FRESH);
}

const struct usertest exec_tests[] = {
    {"exectest", exectest, 0},
    {"execargs", execargs, 0},
    {"bigargtest", bigargtest, 0},
    {"execclean", execclean, 0},
    {"execregisters", execregisters, 0},
    {"argptest", argptest, 0},
    {"badarg", badarg, 0},
    {"execbad", execbad, 0},
    {"execkeeps", execkeeps, NEEDS_HARTS},
    {"execcrowd", execcrowd, 0},
    {"execfresh", execfresh, NEEDS_HARTS},
    {"execforgotten", execforgotten, NEEDS_HARTS},
    {0, 0, 0},
};
