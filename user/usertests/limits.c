// The ends of what there is: processes, blocks, inodes, memory.  Whatever runs
// out, the call that wanted more fails, and all of it is there again later.
#include "user/usertests/cases.h"

static void
leave(long status)
{
	exit((int)status);
}

// Children that only exit, as many as can be until somebody waits.
static void
forktest(void)
{
	enum { MOST = 1000 };
	int n = 0;

	while (n < MOST) {
		int pid = fork();

		if (pid == 0)
			exit(7);
		if (pid < 0)
			break;
		n++;
	}
	EXPECT(n > 10, "only %d processes", n);
	EXPECT(n < MOST, "fork never fails");
	reap_all(n, 7);
	EXPECT(wait(0) == -1, "a child too many");
	EXPECT(outcome_of(leave, 8) == 8, "fork after all have gone");
}

// Living children until fork fails; it goes on failing, changes nothing, and
// works again when one has gone.
static int
fork_to_the_limit(struct gate *g)
{
	int n = 0;

	for (;; n++) {
		int pid = fork();

		if (pid < 0)
			return n;
		if (pid == 0) {
			gate_wait(g);
			exit(n & 0xff);
		}
	}
}

static void
forkmany(void)
{
	int first = 0;

	for (int round = 0; round < 2; round++) {
		struct gate g;
		int n, sum = 0;

		gate_new(&g);
		n = fork_to_the_limit(&g);
		EXPECT(n > 20, "only %d processes", n);
		if (round == 0)
			first = n;
		EXPECT(n + 8 > first, "%d processes, then %d", first, n);
		for (int i = 0; i < 5; i++)
			EXPECT(fork() == -1, "fork at the limit");
		gate_open(&g);
		for (int i = 0; i < n; i++) {
			int status = -99;

			EXPECT(wait(&status) > 0, "child %d of %d", i, n);
			sum += status - (i & 0xff);
		}
		EXPECT(sum == 0, "statuses are off by %d", sum);
		EXPECT(wait(0) == -1, "a child too many");
	}
}

// Writes from bad addresses in the middle of a file's life leak no blocks.
static void
badwrite(void)
{
	int fd;

	for (int i = 0; i < FSSIZE / 4; i++) {
		unlink("junk");
		fd = must_open("junk", O_CREATE | O_WRONLY);
		EXPECT(write(fd, (char *)bad_address(i % NBAD), 1) == -1,
		    "round %d", i);
		close(fd);
	}
	make_file("junk", 1, 200 * BSIZE);
	expect_file("junk", 1, 200 * BSIZE);
	must_unlink("junk");
}

// Fills the disk; returns the number of blocks that were written.
static int
fill_disk(int *files)
{
	static char block[BSIZE];
	int blocks = 0;

	for (*files = 0; *files < 100; ++*files) {
		int fd = open(
		    numbered("fill", *files), O_CREATE | O_TRUNC | O_WRONLY);

		if (fd < 0)
			return blocks;
		for (uint b = 0; b < MAXFILE; b++) {
			data_fill(block, 64, *files, b);
			if (write(fd, block, BSIZE) != BSIZE) {
				close(fd);
				++*files;
				return blocks;
			}
			blocks++;
		}
		close(fd);
	}
	return blocks;
}

static void
check_filled(int files, int blocks)
{
	static char block[BSIZE];

	for (int i = 0; i < files; i++) {
		int fd = must_open(numbered("fill", i), O_RDONLY);

		for (uint b = 0; b < MAXFILE && blocks > 0; b++, blocks--) {
			EXPECT(read(fd, block, BSIZE) == BSIZE, "block %d", b);
			EXPECT(data_differs(block, 64, i, b) < 0,
			    "block %d of file %d", b, i);
		}
		close(fd);
		must_unlink(numbered("fill", i));
	}
	EXPECT(blocks == 0, "%d blocks are missing", blocks);
}

// A command whose output has no room must fail.
static void
shell_fails(char *line)
{
	char *argv[] = {"sh", "-c", line, 0};
	int pid = must_fork(), status;

	if (pid == 0) {
		close(2);
		exec("/sh", argv);
		exit(0);
	}
	status = reap(pid);
	EXPECT(status > 0, "%s: status %d", line, status);
}

// A full disk: what needs a block fails and leaves no trace.
static void
diskfull(void)
{
	int files, blocks, first = 0;

	for (int round = 0; round < 2; round++) {
		int made = 0;

		for (int i = 0; i < 100; i++)
			unlink(numbered("fill", i));
		blocks = fill_disk(&files);
		EXPECT(blocks > 100, "only %d blocks", blocks);
		if (round == 0)
			first = blocks;
		EXPECT(blocks == first, "%d blocks, then %d", first, blocks);
		// Names may still fit into the directory, directories not
		// for long.
		while (made < 20 && mkdir(numbered("full", made)) == 0)
			made++;
		EXPECT(made < 20, "20 directories on a full disk");
		expect_absent(numbered("full", made));
		shell_fails("ls > zz.full");
		must_unlink("zz.full");
		check_filled(files, blocks);
		for (int i = 0; i < made; i++)
			must_unlink(numbered("full", i));
	}
}

// As many files as there are inodes.
static int
make_all_files(void)
{
	for (int n = 0;; n++) {
		int fd = open(numbered("zz", n), O_CREATE | O_WRONLY);

		if (fd < 0)
			return n;
		close(fd);
		EXPECT(n < 20000, "there is no end of inodes");
	}
}

static void
outofinodes(void)
{
	int first = 0;

	for (int round = 0; round < 2; round++) {
		int n = make_all_files();

		EXPECT(n > 10, "only %d files", n);
		if (round == 0)
			first = n;
		EXPECT(n == first, "%d files, then %d", first, n);
		EXPECT(mkdir("zzd") == -1, "mkdir without an inode");
		EXPECT(mknod("zzd", 1, 0) == -1, "mknod without an inode");
		for (int i = 0; i < n; i++)
			must_unlink(numbered("zz", i));
		EXPECT(entries(".", "zz") == 0, "names are left");
	}
}

// Takes all memory but so many pages.  sbrk stops at what the kernel keeps for
// itself; that goes to lazy pages then, which a system call either brings in
// or fails for.
static void
take_all_but(long spare)
{
	long chunk = 1L << 26;
	char *at, *end;

	while (chunk >= PGSIZE)
		if (sbrk((int)chunk) == SBRK_ERROR)
			chunk /= 2;
	at = sbrklazy(1 << 30);
	end = at + (1 << 30);
	while (at < end && fstat(0, (struct stat *)at) == 0)
		at += PGSIZE;
	sbrk((int)(at - end - spare * PGSIZE));
}

// Programs start, or fail to, with any amount of memory left.
static void
exec_in_need(long spare)
{
	char *argv[] = {"usertests", "@args", "need", 0};

	take_all_but(spare);
	exec("/usertests", argv);
	exit(-5);
}

static void
execout(void)
{
	int good = 0, bad = 0;

	for (int spare = 0; spare < 60; spare += 3) {
		int status = outcome_of(exec_in_need, spare);

		if (status == -5 || status == -1)
			bad++;
		else
			good++;
	}
	EXPECT(good > 0, "exec never works");
	EXPECT(bad > 0, "exec works without memory");
}

// Closing works without any memory, also in those that have shared their
// descriptors with others until then; or who reads a pipe would not learn that
// it has ended.
#define CLOSERS 150

static int ready[2], hungry[2], full[2], closed[2], over[2];

static void
take_byte(int fd)
{
	char byte;

	EXPECT(read(fd, &byte, 1) == 1, "no byte");
	EXPECT(byte != 'f', "close has failed");
}

static void
close_in_need(long unused)
{
	(void)unused;
	must_write(ready[1], "r", 1); // this stack is a copy by now
	take_byte(full[0]);
	must_write(closed[1], close(ready[0]) == 0 ? "c" : "f", 1);
	take_byte(over[0]); // nobody gives any memory back before
}

static void
take_bytes(int fd)
{
	for (int i = 0; i < CLOSERS; i++)
		take_byte(fd);
}

static void
give_bytes(int fd)
{
	static char bytes[CLOSERS];

	must_write(fd, bytes, CLOSERS);
}

static void
eat_for_closers(long unused)
{
	(void)unused;
	take_byte(hungry[0]);
	take_all_but(0);
	give_bytes(full[1]);
	for (;;)
		sleep(100);
}

static void
closeout(void)
{
	int eater;

	EXPECT(pipe(ready) == 0 && pipe(hungry) == 0 && pipe(full) == 0 &&
	           pipe(closed) == 0 && pipe(over) == 0,
	    "no pipe");
	eater = spawn(eat_for_closers, 0);
	for (int i = 0; i < CLOSERS; i++)
		spawn(close_in_need, 0);
	take_bytes(ready[0]);
	must_write(hungry[1], "h", 1);
	take_bytes(closed[0]);
	give_bytes(over[1]);
	reap_all(CLOSERS, 0);
	EXPECT(kill(eater) == 0, "kill");
	EXPECT(reap(eater) == -1, "the eater's end");
}

// fork with any amount of memory left: it fails, or one of the two is killed
// for want of a copy, or all is well.
#define FORK_FAILED 11
#define CHILD_DIED  12
#define FORK_WORKED 13

static void
fork_in_need(long spare)
{
	int pid;

	take_all_but(spare);
	pid = fork();
	if (pid == 0)
		exit(FORK_WORKED);
	if (pid < 0)
		exit(FORK_FAILED);
	exit(reap(pid) == FORK_WORKED ? FORK_WORKED : CHILD_DIED);
}

static void
forkout(void)
{
	char variant[16];
	int failed = 0, worked = 0;
	// The child needs a page table for each 2 MiB of what its parent has.
	int tables = free_pages() / 512;

	for (int spare = 0; spare < tables + 100; spare += tables / 4 + 4) {
		int status = outcome_of(fork_in_need, spare);

		EXPECT(status == FORK_FAILED || status == CHILD_DIED ||
		           status == FORK_WORKED || status == -1,
		    "status %d with %d pages", status, spare);
		failed += status == FORK_FAILED;
		worked += status == FORK_WORKED;
	}
	EXPECT(failed > 0, "fork works without memory");
	// Where fork copies at once, a parent that has nearly all cannot.
	variant[0] = 0;
	variant_name(variant, sizeof(variant));
	EXPECT(worked > 0 || strcmp(variant, "eager") == 0,
	    "fork fails with memory");
}

// More than the file system keeps in memory when that is short.
#define MOVES_BLOCKS 200

static void
read_moves(long unused)
{
	static char block[BSIZE];
	int fd = must_open("moves", O_RDONLY);

	(void)unused;
	for (int i = 0; i < MOVES_BLOCKS; i++)
		EXPECT(read(fd, block, BSIZE) == BSIZE && block[i] == (char)i,
		    "block %d", i);
	close(fd);
}

static void
make_moves(void)
{
	static char block[BSIZE];
	int fd = must_open("moves", O_CREATE | O_WRONLY);

	for (int i = 0; i < MOVES_BLOCKS; i++) {
		block[i] = (char)i;
		must_write(fd, block, BSIZE);
	}
	close(fd);
}

// The kernel stacks of processes that are gone are given back when memory runs
// short, and their successors' are made of other pages.  That must be news to
// every hart that comes near one: also to the hart, here an idle one, that
// serves the disk for a process that waits on another.
static void
stackmoves(void)
{
	make_moves();
	EXPECT(setaffinity(1UL << (nharts() - 1)) == 0, "setaffinity");
	for (int i = 0; i < 20; i++) {
		// Caches and stacks are given up; then a page less for the new
		// ones to be made of.
		empty_caches();
		EXPECT(sbrk(PGSIZE) != SBRK_ERROR, "no heap");
		EXPECT(outcome_of(read_moves, 0) == 0, "child %d", i);
	}
	must_unlink("moves");
}

const struct usertest limit_tests[] = {
    {"forktest", forktest, 0},
    {"forkmany", forkmany, 0},
    {"closeout", closeout, 0},
    {"stackmoves", stackmoves, NEEDS_HARTS | NEEDS_PAGES},
    {"forkout", forkout, SLOW | NEEDS_PAGES},
    {"badwrite", badwrite, 1},
    {"execout", execout, 1},
    {"diskfull", diskfull, 1},
    {"outofinodes", outofinodes, 1},
    {0, 0, 0},
};
