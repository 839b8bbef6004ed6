// fsexercise [seed]: uses a file system that may be damaged in any way.
//
// First it walks through all that can be reached and reads it; then several
// processes at once do to what it has found, and with it, whatever the file
// system calls allow.  Any of that may fail, with a message of the kernel's;
// what may not happen is that the kernel dies or a call never comes back.
//
// The last line is `FSEXERCISE OK` with counts, or `FSEXERCISE HUNG`.

#include <stdbool.h>
#include <stddef.h>

#include "user/testing.h"
#include "kernel/fs.h"
#include "kernel/param.h"

#define WORKERS    4
#define STEPS      120 // of a worker
#define MAX_PATHS  300
#define MAX_DIRS   60
#define MAX_DEPTH  5 // directories may lead in circles
#define MAX_VISITS 2000
#define PATIENCE   2000 // ticks of 100 ms: for what hangs

static char paths[MAX_PATHS][MAXPATH];
static char dirs[MAX_DIRS][MAXPATH]; // those of the paths that are directories
static uint npaths, ndirs, visits, failures;
static uint64 seed = 1;
static char buffer[16 * BSIZE];

// Keeps at most MAX_PATHS, of which later ones replace random ones.
static void
remember(const char *path)
{
	uint at = npaths < MAX_PATHS ? npaths++ : below(&seed, MAX_PATHS);

	strcpy(paths[at], path);
}

// Opens what is no device: those wait for somebody to type, for instance.
static int
open_stored(const char *path, int flags)
{
	struct stat st;

	if (stat(path, &st) < 0 || st.type == T_DEVICE)
		return -1;
	return open(path, flags);
}

static void
read_whole(int fd)
{
	int n;

	for (uint i = 0; i <= MAXFILE * BSIZE / sizeof(buffer); i++) {
		n = read(fd, buffer, sizeof(buffer));
		failures += n < 0;
		if (n <= 0)
			break;
	}
}

static void walk(const char *path, int depth);

static void
walk_entries(int fd, const char *path, int depth)
{
	char below_path[MAXPATH], name[DIRSIZ + 1];
	struct dirent e;

	while (visits < MAX_VISITS && read(fd, &e, sizeof(e)) == sizeof(e)) {
		if (e.inum == 0)
			continue;
		memmove(name, e.name, DIRSIZ);
		name[DIRSIZ] = 0;
		if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
			continue;
		if (snprintf(below_path, MAXPATH, "%s/%s", path, name) <
		    MAXPATH)
			walk(below_path, depth + 1);
	}
}

static void
walk(const char *path, int depth)
{
	struct stat st;
	int fd;

	visits++;
	remember(path);
	fd = open_stored(path, O_RDONLY);
	if (fd < 0) {
		failures++;
		return;
	}
	if (fstat(fd, &st) < 0 || st.type != T_DIR || depth == MAX_DEPTH) {
		read_whole(fd);
	} else {
		if (ndirs < MAX_DIRS)
			strcpy(dirs[ndirs++], path);
		walk_entries(fd, path, depth);
	}
	close(fd);
}

// --- what the workers do ---

static const char *
any_path(void)
{
	return paths[below(&seed, npaths)];
}

// One of a few names below something known.  Two are good at a time.
static char *
any_name(void)
{
	static const char *const last[] = {
	    "new", "n2", "..", ".", "f0", "d", "x/new", "../new"};
	static char names[2][MAXPATH];
	static int turn;

	turn ^= 1;
	snprintf(names[turn], MAXPATH, "%s/%s", any_path(),
	    last[below(&seed, sizeof(last) / sizeof(*last))]);
	return names[turn];
}

static int
step_read(void)
{
	int fd = open_stored(any_path(), O_RDONLY);

	if (fd < 0)
		return -1;
	read_whole(fd);
	close(fd);
	return 0;
}

static int
write_some(int fd, bool at_end)
{
	int n;

	if (fd < 0)
		return -1;
	if (at_end)
		read_whole(fd);
	n = write(fd, buffer, below(&seed, sizeof(buffer)));
	close(fd);
	return n < 0 ? -1 : 0;
}

static int
step_write(void)
{
	return write_some(open_stored(any_path(), O_RDWR), below(&seed, 2));
}

static int
step_truncate(void)
{
	int fd = open_stored(any_path(), O_RDWR | O_TRUNC);

	return fd < 0 ? -1 : close(fd);
}

static int
step_create(void)
{
	const char *name = any_name();
	struct stat st;

	if (stat(name, &st) == 0 && st.type == T_DEVICE)
		return -1;
	return write_some(open(name, O_CREATE | O_RDWR), false);
}

static int
step_unlink(void)
{
	return unlink(any_path());
}

// Again and again what often fails: two processes that lock the same things
// in different orders meet sooner or later.
static int
step_hammer(void)
{
	if (ndirs == 0)
		return -1;
	for (int i = 0; i < 100; i++)
		if (unlink(dirs[below(&seed, ndirs)]) == 0)
			break;
	return 0;
}

static int
step_unlink_name(void)
{
	return unlink(any_name());
}

static int
step_link(void)
{
	return link(any_path(), any_name());
}

static int
step_mkdir(void)
{
	return mkdir(any_name());
}

static int
step_mknod(void)
{
	return mknod(any_name(), 5, 0);
}

static int
step_chdir(void)
{
	int r = chdir(any_path());

	if (r == 0) {
		mkdir("new");
		unlink("n2");
		r = unlink("new");
	}
	chdir("/");
	return r;
}

static int (*const steps[])(void) = {step_read, step_write, step_truncate,
    step_create, step_create, step_unlink, step_hammer, step_unlink_name,
    step_link, step_mkdir, step_mknod, step_chdir};

static void __attribute__((noreturn))
work(uint number)
{
	seed = mark(seed, number);
	for (uint i = 0; i < STEPS; i++)
		steps[below(&seed, sizeof(steps) / sizeof(*steps))]();
	exit(0);
}

int
main(int argc, char **argv)
{
	int clock, left = WORKERS;

	if (argc > 1)
		parse_number(argv[1], &seed);
	clock = must_fork();
	if (clock == 0) {
		sleep(PATIENCE);
		printf("FSEXERCISE HUNG\n");
		poweroff(99);
	}
	walk("/.", 0);
	for (uint i = 0; i < WORKERS; i++)
		if (must_fork() == 0)
			work(i);
	while (left > 0) {
		int pid = wait(NULL);

		EXPECT(pid > 0 && pid != clock, "wait gave %d", pid);
		left--;
	}
	kill(clock);
	walk("/.", 0);
	printf("FSEXERCISE OK visits=%u failures=%u\n", visits, failures);
	return 0;
}
