// grind [seed [iterations]]: random system calls from two workers in one
// directory, with checks of what must hold whatever the other one does.
// Without iterations it runs until it is killed.  A worker writes its letter
// every PROGRESS operations.
//
// Shared are the names n0 ... in DIRECTORY, which may be files or directories
// and vanish at any time: nothing is expected of calls on them, but that they
// return.  What a worker has to itself (memory, pipes, children, the file
// named by its letter) must hold what it put there.

#include "kernel/types.h"
#include "kernel/stat.h"
#include "kernel/fcntl.h"
#include "kernel/riscv.h"
#include "user/drove.h"

#define DIRECTORY "/grindir"
#define NAMES     6
#define PROGRESS  256
#define WORKERS   2

static uint64 random_state;
static char letter; // of this worker

static void __attribute__((noreturn)) fail(const char *what)
{
	printf("\ngrind: worker %c: %s\n", letter, what);
	exit(1);
}

// Below most, by an xorshift generator: the same for the same seed.
static uint
pick(uint most)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (random_state >> 32) % most;
}

// A shared name; two results are valid at a time.
static char *
some_name(void)
{
	static char names[2][3];
	static int turn;
	char *name = names[turn ^= 1];

	name[0] = 'n';
	name[1] = '0' + pick(NAMES);
	name[2] = 0;
	return name;
}

// Memory whose contents fork must keep apart: a few pages of data.
static uchar pages[4 * PGSIZE];

static void
fill(uchar *p, uint n, uint key)
{
	for (uint i = 0; i < n; i++)
		p[i] = key + i * 7;
}

static int
filled(const uchar *p, uint n, uint key)
{
	for (uint i = 0; i < n; i++) {
		if (p[i] != (uchar)(key + i * 7))
			return 0;
	}
	return 1;
}

// The status of the only child; a worker never has two.
static int
child_status(int pid)
{
	int status;

	if (wait(&status) != pid)
		fail("wait did not return the only child");
	return status;
}

// ---- Shared names.

static void
op_write(void)
{
	int flags = O_CREATE | O_RDWR | (pick(3) == 0 ? O_TRUNC : 0);
	int fd = open(some_name(), flags);

	if (fd < 0)
		return;
	write(fd, pages, pick(3000));
	close(fd);
}

static void
op_read(void)
{
	char some[64];
	int fd = open(some_name(), O_RDONLY);

	if (fd < 0)
		return;
	while (read(fd, some, sizeof(some)) > 0 && pick(8) != 0)
		;
	close(fd);
}

static void
op_unlink(void)
{
	unlink(some_name());
}

static void
op_link(void)
{
	link(some_name(), some_name());
}

static void
op_mkdir(void)
{
	mkdir(some_name());
}

// Works in a directory that may be removed meanwhile.
static void
op_chdir(void)
{
	if (chdir(some_name()) < 0)
		return;
	int fd = open("f", O_CREATE | O_RDWR);
	if (fd >= 0) {
		write(fd, "f", 1);
		close(fd);
		unlink("f");
	}
	mkdir("../n1");
	unlink("../n2");
	if (chdir(DIRECTORY) < 0)
		fail("cannot go back to " DIRECTORY);
}

// ---- A file of its own.

static void
op_own_file(void)
{
	char name[2] = {letter, 0};
	uint n = pick(sizeof(pages) / 2), key = pick(256);
	uchar *back = pages + sizeof(pages) / 2;
	int fd = open(name, O_CREATE | O_RDWR);

	if (fd < 0)
		return; // no inode may be free
	fill(pages, n, key);
	int wrote = write(fd, pages, n);
	close(fd);
	fd = open(name, O_RDONLY);
	if (fd < 0)
		fail("cannot open its file again");
	if (wrote == (int)n) {
		if (read(fd, back, n) != wrote || !filled(back, n, key))
			fail("its file holds something else");
	}
	// Removed while open: must stay readable, here to its end.
	if (unlink(name) < 0)
		fail("cannot remove its file");
	if (wrote == (int)n && read(fd, back, 1) != 0)
		fail("its file is longer than what it wrote");
	close(fd);
}

// ---- Memory and processes.

static void
op_fork(void)
{
	uint key = pick(256), answer = pick(100);
	int pid;

	fill(pages, sizeof(pages), key);
	pid = fork();
	if (pid < 0)
		return;
	if (pid == 0) {
		if (!filled(pages, sizeof(pages), key))
			exit(200);
		fill(pages, sizeof(pages), key + 1);
		exit(answer);
	}
	if (pick(2)) {
		// A write, of what is there, while both have the page.
		volatile uchar *byte = &pages[pick(sizeof(pages))];
		*byte = *byte;
	}
	if (child_status(pid) != (int)answer)
		fail("a child saw other memory than its parent's");
	if (!filled(pages, sizeof(pages), key))
		fail("a child's writes reached its parent");
}

static void
op_kill(void)
{
	int pid = fork();

	if (pid < 0)
		return;
	if (pid == 0) {
		for (;;)
			sleep(1000);
	}
	if (pick(2))
		sleep(1);
	if (kill(pid) < 0)
		fail("cannot kill its child");
	if (child_status(pid) != -1)
		fail("a killed child has another status than -1");
}

// Leaves init a process to collect.
static void
op_orphan(void)
{
	int pid = fork();

	if (pid < 0)
		return;
	if (pid == 0) {
		fork();
		exit(0);
	}
	if (child_status(pid) != 0)
		fail("a child that exits 0 has another status");
}

static void
op_sbrk(void)
{
	int n = 1 + pick(6 * PGSIZE);
	char *old = sbrk(n);

	if (old == SBRK_ERROR)
		return;
	for (int i = 0; i < n; i += 1 + pick(PGSIZE)) {
		if (old[i] != 0)
			fail("new heap is not zero");
		old[i] = letter;
	}
	// The page that the heap ends in stays, with what it holds.
	memset(old, 0, n);
	if (sbrk(-n) != old + n || sbrk(0) != old)
		fail("sbrk is off");
}

static void
op_pipe(void)
{
	uint n = pick(sizeof(pages)), key = pick(256), got = 0;
	int ends[2], pid, k;

	if (pipe(ends) < 0)
		return;
	pid = fork();
	if (pid == 0) {
		close(ends[0]);
		fill(pages, n, key);
		exit(write(ends[1], pages, n) == (int)n ? 0 : 1);
	}
	close(ends[1]);
	memset(pages, 0, sizeof(pages));
	while (got < n && (k = read(ends[0], pages + got, n - got)) > 0)
		got += k;
	close(ends[0]);
	if (pid < 0)
		return;
	if (got != n || !filled(pages, n, key))
		fail("a pipe gave something else");
	if (child_status(pid) != 0)
		fail("a pipe's writer failed");
}

// echo through a pipe: exec, descriptors over exec.
static void
op_exec(void)
{
	char *argv[] = {"/echo", "grind", "meal", 0}, text[16];
	int ends[2], pid, got = 0, k;

	if (pipe(ends) < 0)
		return;
	pid = fork();
	if (pid == 0) {
		close(1);
		if (dup(ends[1]) != 1)
			exit(1);
		close(ends[0]);
		close(ends[1]);
		exec(argv[0], argv);
		exit(2);
	}
	close(ends[1]);
	while (got < (int)sizeof(text) &&
	       (k = read(ends[0], text + got, sizeof(text) - got)) > 0)
		got += k;
	close(ends[0]);
	if (pid < 0)
		return;
	// Memory may be too short for exec: then there is no text either.
	if (child_status(pid) == 0 &&
	    (got != 11 || memcmp(text, "grind meal\n", 11) != 0))
		fail("echo printed something else");
}

static void
op_bad_pointers(void)
{
	void *bad = (void *)(MAXVA + pick(1000) * PGSIZE);
	int ends[2];

	if (pipe(ends) < 0)
		return;
	if (write(ends[1], bad, 10) >= 0 || pipe(bad) >= 0 ||
	    open(bad, O_RDONLY) >= 0 || wait(bad) >= 0)
		fail("a bad pointer was taken");
	close(ends[0]);
	close(ends[1]);
}

static void
op_hart(void)
{
	uint64 all = nharts() < 64 ? (1UL << nharts()) - 1 : ~0UL;

	if (setaffinity(1UL << pick(nharts())) < 0 || setaffinity(all) < 0)
		fail("cannot choose a hart");
}

// What is to happen more often is listed more than once.
// clang-format off
static void (*const operations[])(void) = {
    op_write, op_write, op_read, op_read, op_unlink, op_unlink, op_link,
    op_link, op_mkdir, op_chdir, op_chdir, op_own_file, op_own_file, op_fork,
    op_fork, op_kill, op_orphan, op_sbrk, op_sbrk, op_pipe, op_exec,
    op_bad_pointers, op_hart,
};
// clang-format on

static void
work(int which, uint64 seed, uint64 iterations)
{
	letter = 'a' + which;
	// Any state but 0 will do; the constant spreads small seeds.
	random_state = (2 * seed + which + 1) * 0x9e3779b97f4a7c15UL;
	for (uint64 i = 1; iterations == 0 || i <= iterations; i++) {
		operations[pick(sizeof(operations) / sizeof(*operations))]();
		if (i % PROGRESS == 0)
			write(1, &letter, 1);
	}
	exit(0);
}

static void
clean_up(void)
{
	char name[] = "n0/f";

	for (int i = 0; i < NAMES; i++) {
		name[1] = '0' + i;
		name[2] = '/';
		unlink(name);
		name[2] = 0;
		unlink(name);
	}
	chdir("/");
	unlink(DIRECTORY);
}

static void
end_workers(const int *pids, int n)
{
	for (int i = 0; i < n; i++)
		kill(pids[i]);
}

// Runs the workers; if one fails, the others are ended.  Returns the status
// to exit with.
static int
run_workers(uint64 seed, uint64 iterations)
{
	int pids[WORKERS] = {0}, status, failed = 0;

	for (int i = 0; i < WORKERS && !failed; i++) {
		pids[i] = fork();
		if (pids[i] == 0)
			work(i, seed, iterations);
		if (pids[i] < 0) {
			printf("grind: fork failed\n");
			end_workers(pids, i);
			failed = 1;
		}
	}
	while (wait(&status) >= 0) {
		if (status == 0 || failed)
			continue;
		failed = 1;
		end_workers(pids, WORKERS);
	}
	return failed;
}

int
main(int argc, char **argv)
{
	uint64 seed = 1, iterations = 0;

	if (argc > 3 || (argc > 1 && parse_number(argv[1], &seed) < 0) ||
	    (argc > 2 && parse_number(argv[2], &iterations) < 0)) {
		fprintf(2, "usage: grind [seed [iterations]]\n");
		return 1;
	}
	mkdir(DIRECTORY);
	if (chdir(DIRECTORY) < 0) {
		fprintf(2, "grind: cannot use " DIRECTORY "\n");
		return 1;
	}
	int failed = run_workers(seed, iterations);
	clean_up();
	printf("\ngrind: %s\n", failed ? "FAILED" : "done");
	return failed;
}
