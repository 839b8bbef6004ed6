// kernel/fs cut off at any write, and mounted again.

#include "host_fs.h"
#include "host_stubs.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "fs/files.h"
#include "fs/fs.h"
#include "kernel/fcntl.h"
#include "kernel/fs.h"
#include "kernel/param.h"
#include "kernel/stat.h"
#include "sys/syscall.h"

// --- one process: each call is there entirely or not at all ---

struct step {
	const char *call;
	const char *path;
	const char *path2;
	int n;
};

// Every step is one operation of the file system (plus the freeing of what it
// leaves without a name).
static const struct step steps[] = {
    {"create", "a", NULL, 0},
    {"append", "a", NULL, 5000},
    {"mkdir", "d", NULL, 0},
    {"create", "d/b", NULL, 0},
    {"append", "d/b", NULL, 10000},
    {"append", "d/b", NULL, 9000},
    {"link", "a", "d/a", 0},
    {"unlink", "a", NULL, 0},
    {"append", "d/a", NULL, 100},
    {"mkdir", "d/e", NULL, 0},
    {"link", "d/a", "d/e/x", 0},
    {"empty", "d/b", NULL, 0},
    {"append", "d/b", NULL, 12000},
    {"unlink", "d/b", NULL, 0},
    {"create", "c", NULL, 0},
    {"append", "c", NULL, 12288},
    {"append", "c", NULL, 1},
    {"unlink", "d/a", NULL, 0},
    {"unlink", "d/e/x", NULL, 0},
    {"unlink", "d/e", NULL, 0},
    {"unlink", "d", NULL, 0},
    {"mkdir", "d", NULL, 0},
    {"create", "d/last", NULL, 0},
};

_Static_assert(sizeof(steps) / sizeof(steps[0]) == NSTEPS, "host_fs.h");

static struct { // shared with children
	uint limit; // run so many steps
	uint done;  // calls that have returned
	uint progress[4];
	long writes;
} *shared;

static int
append(const char *path, uint seed, int n)
{
	int fd = t_open(path, O_RDWR), r;

	if (fd < 0)
		return -1;
	do
		r = (int)sys_read(fd, (uint64)big_scratch(), BIG_SIZE);
	while (r > 0);
	for (int i = 0; i < n; i++)
		big_scratch()[i] = pattern(seed, (uint)i);
	if (r == 0)
		r = (int)sys_write(fd, (uint64)big_scratch(), n);
	t_close(fd);
	return r;
}

static int
open_close(const char *path, int flags)
{
	int fd = t_open(path, flags);

	return fd < 0 ? -1 : t_close(fd);
}

// n: for appends, so many bytes.
static int
step_with(uint i, int n)
{
	const struct step *s = &steps[i];

	if (strcmp(s->call, "create") == 0)
		return open_close(s->path, O_CREATE | O_RDWR);
	if (strcmp(s->call, "empty") == 0)
		return open_close(s->path, O_TRUNC | O_RDWR);
	if (strcmp(s->call, "append") == 0)
		return append(s->path, i, n);
	if (strcmp(s->call, "mkdir") == 0)
		return t_mkdir(s->path);
	if (strcmp(s->call, "link") == 0)
		return t_link(s->path, s->path2);
	return t_unlink(s->path);
}

int
step_result(uint i)
{
	return steps[i].n;
}

int
try_step(uint i)
{
	return step_with(i, steps[i].n);
}

bool
try_step_as(uint i, int result)
{
	return step_with(i, result) == result;
}

void
take_step(uint i)
{
	CHECK(try_step(i) == step_result(i));
}

static void
take_steps(void)
{
	for (uint i = 0; i < shared->limit; i++) {
		take_step(i);
		shared->done = i + 1;
	}
	shared->writes = host_writes;
}

static void
just_mount(void)
{
}

uint64 step_signature[NSTEPS + 1];

// Without crashes; also finds out how many writes there are.
bool
rehearse(void)
{
	if (shared == NULL)
		shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CHECK(shared != MAP_FAILED);
	for (uint i = 0; i <= NSTEPS; i++) {
		make_disk(2000, 200, 30);
		shared->limit = i;
		if (boot(take_steps) != 0 || !disk_is_sound())
			return false;
		step_signature[i] = disk_signature();
		if (i > 0 && step_signature[i] == step_signature[i - 1])
			return false;
	}
	return true;
}

// Mounts, and is itself cut off, at an earlier write each time; then lets it
// finish.
static int
recover(bool with_cuts)
{
	for (long cut = with_cuts ? 12 : 0; cut > 0; cut--) {
		int status;

		host_cut = cut;
		status = boot(just_mount);
		if (status != 0 && status != HOST_EXIT_CUT)
			return status;
	}
	host_cut = 0;
	return boot(just_mount);
}

static bool
cut_steps_at(long cut)
{
	uint64 found;
	int status;

	make_disk(2000, 200, 30);
	host_seed((uint64)cut);
	shared->done = 0;
	host_cut = cut;
	status = boot(take_steps);
	host_cut = 0;
	// With another schedule there may be fewer writes than cut.
	if (status != HOST_EXIT_CUT && status != 0) {
		printf("cut %ld: status %d\n", cut, status);
		return false;
	}
	if (recover(cut % 3 == 0) != 0 || !disk_is_sound()) {
		printf("cut %ld: not sound\n", cut);
		return false;
	}
	found = disk_signature();
	if (found == step_signature[shared->done] ||
	    (shared->done < NSTEPS && found == step_signature[shared->done + 1]))
		return true;
	printf("cut %ld: not as after %u steps or one more\n", cut,
	    shared->done);
	return false;
}

static bool
cut_steps(void)
{
	long total = shared->writes;
	bool ok = true;

	for (long cut = 1; cut <= total && ok; cut++)
		ok = cut_steps_at(cut);
	return ok && total > 2 * NSTEPS;
}

// --- several processes: what has returned is there ---

#define LETTERS 1500 // bytes of a process's file, all equal

static void
writer(void *arg)
{
	uint me = (uint)(uint64)arg;
	uchar buf[LETTERS];
	char name[8], other[8];

	snprintf(name, sizeof(name), "w%u", me);
	snprintf(other, sizeof(other), "v%u", me);
	for (uint i = 1; i <= 12; i++) {
		int fd = t_open(name, O_CREATE | O_RDWR);

		memset(buf, (int)i, LETTERS);
		CHECK(t_write(fd, buf, LETTERS) == LETTERS);
		shared->progress[me] = i;
		t_close(fd);
		if (i % 3 == 0)
			put_file(other, i, 20000); // several operations
		else
			t_unlink(other);
	}
	files_put(current()->files);
}

static void
writers(void)
{
	for (uint64 i = 0; i < 4; i++)
		host_spawn(writer, (void *)i)->files =
		    files_share(current()->files);
	host_join();
	shared->writes = host_writes;
}

static void
check_writers(void)
{
	uchar buf[LETTERS];
	char name[8];

	for (uint me = 0; me < 4; me++) {
		int fd, n;

		snprintf(name, sizeof(name), "w%u", me);
		fd = t_open(name, O_RDONLY);
		CHECK(fd >= 0 || shared->progress[me] == 0);
		if (fd < 0)
			continue;
		n = t_read(fd, buf, LETTERS);
		CHECK(n == LETTERS || (n == 0 && shared->progress[me] == 0));
		for (int i = 1; i < n; i++)
			CHECK(buf[i] == buf[0]);
		CHECK(n == 0 || buf[0] >= shared->progress[me]);
		t_close(fd);
	}
}

static bool
cut_writers_at(uint seed, long cut)
{
	int status;

	make_disk(2000, 200, seed % 2 ? 30 : 100);
	host_seed(seed);
	memset(shared->progress, 0, sizeof(shared->progress));
	host_cut = cut;
	status = boot(writers);
	host_cut = 0;
	if (cut == 0)
		return status == 0 && disk_is_sound();
	// With another schedule there may be fewer writes than cut.
	if ((status == HOST_EXIT_CUT || status == 0) &&
	    recover(seed % 3 == 0) == 0 && disk_is_sound() &&
	    boot(check_writers) == 0)
		return true;
	printf("seed %u, cut %ld: status %d\n", seed, cut, status);
	return false;
}

static bool
cut_writers(void)
{
	bool ok = cut_writers_at(1, 0);
	long total = shared->writes;

	for (uint seed = 1; seed <= scaled(150) && ok; seed++) {
		host_seed(seed * 17);
		ok = cut_writers_at(seed, 1 + host_random((uint)total));
	}
	return ok;
}

// --- a crash while an unlinked file is open ---

static void
leave_orphans(void)
{
	put_file("big", 1, 100000);
	CHECK(t_mkdir("d") == 0);
	CHECK(t_open("big", O_RDWR) == 0 && t_chdir("d") == 0);
	CHECK(t_unlink("/big") == 0 && t_unlink("/d") == 0);
	fs_sync();
	host_cut = 1;
	t_mkdir("/never");
}

static bool
orphans(void)
{
	uint64 empty;

	make_disk(2000, 200, 30);
	empty = disk_signature();
	return boot(leave_orphans) == HOST_EXIT_CUT &&
	    boot(just_mount) == 0 && disk_is_sound() &&
	    disk_signature() == empty;
}

void
crash_tests(void)
{
	verdict("orphans after a crash", orphans());
	verdict("steps without a crash", rehearse());
	verdict("a crash at every write", cut_steps());
	verdict("crashes among several processes", cut_writers());
}
