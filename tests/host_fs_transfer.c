// kernel/fs when a transfer or an allocation fails: each in turn, and then each
// n-th for every n.
//
// The steps of host_fs_crash.c are taken from a cold cache.  Each is one call,
// and either succeeds or fails.  Then the disk is mounted without faults and
// must be sound, and as if the calls that succeeded had been the only ones:
// which they are, on another disk, to compare.  A transfer to the disk that has
// failed makes the file system read-only: nothing succeeds afterwards, and the
// call that met it may be there or not, entirely.

#include "host_fs.h"
#include "host_stubs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "fs/fs.h"
#include "kernel/fcntl.h"
#include "kernel/fs.h"
#include "sys/syscall.h"

static struct { // shared with children
	int result[NSTEPS];
	bool read_only; // a transfer to the disk failed
	bool hit;       // anything failed
} *run;

#define PAD_BYTES (MAXFILE * BSIZE)

static uchar *padded; // a disk with nothing but a large file

static void
make_pad(void)
{
	put_file("pad", 1, PAD_BYTES);
}

static void
padded_disk(void)
{
	size_t n = 2000 * BSIZE;

	make_disk(2000, 200, 30);
	if (padded == NULL) {
		host_seed(1);
		CHECK(boot(make_pad) == 0);
		padded = malloc(n);
		memcpy(padded, host_disk, n);
	}
	memcpy(host_disk, padded, n);
}

// Fills the caches with something else, so that all must be read that is
// needed next.
static void
chill(void)
{
	bool armed = host_faults.armed;
	int fd;

	host_faults.armed = false;
	fd = t_open("pad", O_RDONLY);
	CHECK(sys_read(fd, (uint64)big_scratch(), PAD_BYTES) == PAD_BYTES);
	t_close(fd);
	while (fs_shrink(1000) > 0)
		;
	host_faults.armed = armed;
}

// A disk that could not be written stays as it is.
static void
check_read_only(void)
{
	host_faults.armed = false;
	CHECK(t_mkdir("never") == -1 && t_unlink("pad") == -1);
	CHECK(t_open("never", O_CREATE | O_RDWR) == -1);
	CHECK(t_open("pad", O_RDWR | O_TRUNC) == -1);
	CHECK(t_open("pad", O_CREATE | O_RDWR) == 0);
	CHECK(sys_write(0, (uint64)scratch(), 1) == -1);
	CHECK(sys_read(0, (uint64)scratch(), 1) == 1 && t_close(0) == 0);
	CHECK(fs_sync() == -1);
}

static void
attempt(void)
{
	memset(run->result, -1, sizeof(run->result));
	host_faults.armed = true;
	for (uint i = 0; i < NSTEPS; i++) {
		chill();
		run->result[i] = try_step(i);
		if (run->result[i] < 0 && host_faults.write_hits > 0) {
			check_read_only();
			break;
		}
	}
	run->hit = host_faults.hits > 0;
	run->read_only = host_faults.write_hits > 0;
	host_faults.armed = false;
}

static uint replayed; // steps from this one on have not been called

// What succeeded succeeds again, alone.
static void
repeat(void)
{
	for (uint i = 0; i < replayed; i++)
		if (run->result[i] >= 0)
			CHECK(try_step_as(i, run->result[i]));
}

static void
just_mount(void)
{
}

static uint64
signature_of_successes(void)
{
	padded_disk();
	host_seed(1);
	CHECK(boot(repeat) == 0);
	return disk_signature();
}

// The first step that failed, in whose commit a transfer may have failed: had
// it succeeded, the disk might be that way, too.
static bool
as_if_failed_one_had_not(uint64 found)
{
	for (uint i = 0; i < NSTEPS; i++) {
		int was = run->result[i];

		if (was >= 0)
			continue;
		run->result[i] = step_result(i);
		replayed = i + 1;
		return signature_of_successes() == found;
	}
	return false;
}

static bool
outcome_is_right(void)
{
	uint64 found;

	if (boot(just_mount) != 0 || !disk_is_sound())
		return false;
	found = disk_signature();
	replayed = NSTEPS;
	return found == signature_of_successes() ||
	    (run->read_only && as_if_failed_one_had_not(found));
}

// Runs with the faults and looks at the outcome.
static bool
survives(struct host_faults faults, const char *what)
{
	int status;

	padded_disk();
	host_seed(faults.at);
	memset(run, 0, sizeof(*run));
	host_faults = faults;
	status = boot(attempt);
	memset(&host_faults, 0, sizeof(host_faults));
	if (status == 0 && outcome_is_right())
		return true;
	printf("%s number %ld, every %ld: status %d %s\n", what, faults.at,
	    faults.every, status, host_panic_text);
	return false;
}

// The n-th fails, for all n that there are, and then every n-th.
static bool
all_numbers(struct host_faults kind, const char *what)
{
	uint n = 0;

	do {
		struct host_faults f = kind;

		f.at = ++n;
		if (!survives(f, what))
			return false;
	} while (run->hit);
	for (uint every = 1; every < n; every += 1 + every / 2) {
		struct host_faults f = kind;

		f.at = f.every = every;
		if (!survives(f, what))
			return false;
	}
	return n > NSTEPS;
}

// --- while mounting ---

static uchar *interrupted; // a disk that was left with a full log

static void
leave_a_log(void)
{
	for (uint i = 0; i < 8; i++)
		take_step(i);
	host_cut = 1;
	take_step(8);
}

static bool
make_interrupted(void)
{
	size_t n = 2000 * BSIZE;

	make_disk(2000, 200, 30);
	host_seed(1);
	if (boot(leave_a_log) != HOST_EXIT_CUT)
		return false;
	host_cut = 0;
	interrupted = malloc(n);
	memcpy(interrupted, host_disk, n);
	return *(uint *)(host_disk + 2 * BSIZE) > 3;
}

// Behind a mount: what is in the log is there, even if it could not be written
// home, unless it could not be read; and nothing can be changed then.
static void
use_mounted(void)
{
	bool faulty = host_faults.hits > 0;
	bool unread = faulty && host_faults.reads;

	run->hit = faulty;
	host_faults.armed = false;
	CHECK(unread || file_has("d/a", 1, 5000));
	if (faulty && host_faults.writes)
		CHECK(t_mkdir("new") == -1 && fs_sync() == -1);
	else if (t_mkdir("new") == 0)
		CHECK(t_unlink("new") == 0);
	else
		CHECK(unread);
}

// Only where the disk cannot be read at all may the mount fail.
static bool
mounts_with(struct host_faults faults, uint64 want)
{
	int status;

	memcpy(host_disk, interrupted, 2000 * BSIZE);
	host_seed(faults.at);
	run->hit = true;
	host_faults = faults;
	host_faults.armed = true;
	status = boot(use_mounted);
	memset(&host_faults, 0, sizeof(host_faults));
	if (status == 0 || (status == HOST_EXIT_PANIC && !faults.writes))
		if (boot(just_mount) == 0 && disk_is_sound() &&
		    disk_signature() == want)
			return true;
	printf("mount, number %ld: status %d %s\n", faults.at, status,
	    host_panic_text);
	return false;
}

static bool
mounts_with_faults(struct host_faults faults)
{
	uint64 want;

	if (!make_interrupted() || boot(just_mount) != 0)
		return false;
	want = disk_signature();
	do {
		faults.at++;
		if (!mounts_with(faults, want))
			return false;
	} while (run->hit);
	free(interrupted);
	return faults.at > 3;
}

void
transfer_tests(void)
{
	run = mmap(NULL, sizeof(*run), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CHECK(run != MAP_FAILED);
	host_ram_pages = 64; // a cache of the smallest size
	verdict("every read fails",
	    all_numbers((struct host_faults){.reads = true}, "read"));
	verdict("every write or flush fails",
	    all_numbers((struct host_faults){.writes = true}, "write"));
	verdict("every allocation fails",
	    all_numbers((struct host_faults){.allocs = true}, "allocation"));
	verdict("a mount whose writes fail",
	    mounts_with_faults((struct host_faults){.writes = true}));
	verdict("a mount whose reads fail",
	    mounts_with_faults((struct host_faults){.reads = true}));
	host_ram_pages = 2048;
}
