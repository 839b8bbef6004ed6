// kernel/fs used by many processes at once, under many schedules.  That nothing
// deadlocks, no lock is misused and no memory is touched after it was freed is
// checked by the machine below; here, that the outcome is right.

#include "host_fs.h"
#include "host_stubs.h"

#include <stdio.h>
#include <string.h>

#include "fs/files.h"
#include "fs/fs.h"
#include "kernel/fcntl.h"
#include "kernel/fs.h"
#include "kernel/stat.h"
#include "sys/syscall.h"

#define SEEDS   20
#define WORKERS 6

static uint left; // workers still at work

// Lets n processes run work, each with a share of the first one's files, as
// fork would give it.
static void
start_workers(uint n, void (*work)(void *arg))
{
	static uint numbers[WORKERS] = {0, 1, 2, 3, 4, 5};

	left = n;
	for (uint i = 0; i < n; i++)
		host_spawn(work, &numbers[i])->files =
		    files_share(current()->files);
}

static void
await_workers(void)
{
	while (left > 0)
		host_yield();
}

static void
run_workers(uint n, void (*work)(void *arg))
{
	start_workers(n, work);
	await_workers();
}

static void
worker_ends(void)
{
	files_put(current()->files);
	left--;
}

static uint
number_of(void *arg)
{
	return *(uint *)arg;
}

static const char *
random_path(char *buf)
{
	static const char *const dirs[] = {"", "a/", "b/", "a/c/", "../", "./"};

	sprintf(buf, "%s%c", dirs[host_random(6)], "xyzabc"[host_random(6)]);
	return buf;
}

static void
random_io(int fd)
{
	static uchar buf[8192];
	uint n = host_random(4) == 0 ? host_random(8000) : host_random(300);

	if (host_random(3) == 0)
		t_read(fd, buf, (int)n);
	else
		t_write(fd, buf, (int)n);
}

static void
random_call(void)
{
	static const int modes[] = {O_RDONLY, O_RDWR, O_CREATE | O_RDWR,
	    O_CREATE | O_WRONLY | O_TRUNC, O_TRUNC | O_WRONLY};
	char p[16], q[16];

	switch (host_random(12)) {
	case 0:
		t_mkdir(random_path(p));
		break;
	case 1:
	case 2:
		t_unlink(random_path(p));
		break;
	case 3:
		t_link(random_path(p), random_path(q));
		break;
	case 4:
		t_chdir(host_random(3) == 0 ? "/" : random_path(p));
		break;
	case 5:
	case 6:
	case 7:
		t_open(random_path(p), modes[host_random(5)]);
		break;
	case 8:
		t_close((int)host_random(8));
		break;
	case 9:
		fs_shrink(host_random(20));
		break;
	default:
		random_io((int)host_random(8));
	}
}

static void
chaos_worker(void *arg)
{
	(void)arg;
	for (int i = 0; i < 150; i++)
		random_call();
	worker_ends();
}

static void
chaos(void)
{
	t_mkdir("a");
	t_mkdir("b");
	t_open("x", O_CREATE | O_RDWR);
	t_open("a/x", O_CREATE | O_RDWR);
	run_workers(WORKERS, chaos_worker);
	for (int fd = 0; fd < 2; fd++)
		t_close(fd);
	CHECK(host_live("file") == 0 && host_live("files") == 1);
}

// In one directory: of all who make or remove the same name, one succeeds.
static uint made, removed;

static void
contender(void *arg)
{
	(void)arg;
	for (int i = 0; i < 30; i++) {
		made += t_mkdir("same") == 0;
		removed += t_unlink("same") == 0;
		made += t_link("f", "same") == 0;
		removed += t_unlink("same") == 0;
	}
	worker_ends();
}

static void
contention(void)
{
	made = removed = 0;
	put_file("f", 1, 10);
	run_workers(4, contender);
	CHECK(made - removed == (t_unlink("same") == 0));
	CHECK(made > 30);
}

// Writes through one shared offset do not overlap.
#define RECORD  100
#define RECORDS 40

static void
appender(void *arg)
{
	uchar record[RECORD];

	memset(record, 'A' + (int)number_of(arg), RECORD);
	for (int i = 0; i < RECORDS; i++)
		CHECK(t_write(0, record, RECORD) == RECORD);
	worker_ends();
}

static void
shared_offset(void)
{
	uint count[4] = {0};
	uchar record[RECORD];

	CHECK(t_open("f", O_CREATE | O_RDWR) == 0);
	run_workers(4, appender);
	CHECK(t_open("f", O_RDONLY) == 1);
	for (int i = 0; i < 4 * RECORDS; i++) {
		CHECK(t_read(1, record, RECORD) == RECORD);
		for (int j = 1; j < RECORD; j++)
			CHECK(record[j] == record[0]);
		count[record[0] - 'A']++;
	}
	CHECK(t_read(1, record, 1) == 0);
	for (int i = 0; i < 4; i++)
		CHECK(count[i] == RECORDS);
}

// Files of their own, larger than a transaction, and an almost full cache.
static void
bulk_writer(void *arg)
{
	uint me = number_of(arg);
	uchar buf[4000];
	char name[8];
	int fd;

	sprintf(name, "bulk%u", me);
	for (uint round = 0; round < 2; round++) {
		fd = t_open(name, O_CREATE | O_RDWR | O_TRUNC);
		for (uint at = 0; at < 40 * sizeof(buf); at += sizeof(buf)) {
			for (uint i = 0; i < sizeof(buf); i++)
				buf[i] = pattern(me + round, at + i);
			CHECK(t_write(fd, buf, sizeof(buf)) == sizeof(buf));
		}
		t_close(fd);
	}
	worker_ends();
}

static void
bulk(void)
{
	char name[8];

	run_workers(4, bulk_writer);
	for (uint i = 0; i < 4; i++) {
		sprintf(name, "bulk%u", i);
		CHECK(file_has(name, i + 1, 40 * 4000));
	}
}

// Pipes.

#define STREAM 60000

static void
make_pipe(int *rd, int *wr)
{
	int *fds = (int *)scratch();

	CHECK(sys_pipe((uint64)fds) == 0);
	*rd = fds[0];
	*wr = fds[1];
}

static int pipe_rd, pipe_wr;

static void
stream_writer(void *arg)
{
	uchar buf[8192];

	(void)arg;
	t_close(pipe_rd);
	for (uint at = 0; at < STREAM;) {
		uint n = host_random(2) ? 1 + host_random(10)
		                        : 1 + host_random(8192);

		if (n > STREAM - at)
			n = STREAM - at;
		for (uint i = 0; i < n; i++)
			buf[i] = pattern(9, at + i);
		CHECK(t_write(pipe_wr, buf, (int)n) == (int)n);
		at += n;
	}
	worker_ends();
}

static void
stream_reader(void *arg)
{
	uchar buf[8192];
	int got;
	uint at = 0;

	(void)arg;
	t_close(pipe_wr);
	do {
		int n = 1 + (int)host_random(8192);

		got = t_read(pipe_rd, buf, n);
		CHECK(got >= 0 && got <= n);
		for (int i = 0; i < got; i++)
			CHECK(buf[i] == pattern(9, at + (uint)i));
		at += (uint)got;
		if (host_random(10) == 0)
			CHECK(sys_read(pipe_rd, 64, 1) <= 0);
	} while (got > 0);
	CHECK(at == STREAM);
	worker_ends();
}

static void
pipe_part(void *arg)
{
	if (number_of(arg) == 0)
		stream_writer(arg);
	else
		stream_reader(arg);
}

static void
pipe_stream(void)
{
	long pages = host_live_pages();

	make_pipe(&pipe_rd, &pipe_wr);
	start_workers(2, pipe_part);
	t_close(pipe_rd);
	t_close(pipe_wr);
	await_workers();
	CHECK(host_live_pages() == pages);
}

// Whole records of several writers, read by several readers piecemeal.
static uint pipe_count[256];

static void
record_part(void *arg)
{
	uint me = number_of(arg);
	uchar buf[5000];
	int got;

	memset(buf, (int)me, sizeof(buf));
	if (me < 3) {
		t_close(pipe_rd);
		for (int i = 0; i < 10; i++)
			CHECK(t_write(pipe_wr, buf, 5000) == 5000);
	} else {
		t_close(pipe_wr);
		while ((got = t_read(pipe_rd, buf, 500)) > 0)
			for (int i = 0; i < got; i++)
				pipe_count[buf[i]]++;
		CHECK(got == 0);
	}
	worker_ends();
}

static void
pipe_records(void)
{
	make_pipe(&pipe_rd, &pipe_wr);
	start_workers(5, record_part);
	t_close(pipe_wr);
	await_workers();
	for (int i = 0; i < 3; i++)
		CHECK(pipe_count[i] == 50000);
	t_close(pipe_rd);
}

static int sleeper_result;

static void
sleeper(void *arg)
{
	uchar buf[5000];

	memset(buf, 0, sizeof(buf));
	if (number_of(arg) == 0)
		sleeper_result = t_read(pipe_rd, buf, 1);
	else
		sleeper_result = t_write(pipe_wr, buf, 5000);
	worker_ends();
}

// What ends a wait: the other end's closing, or kill.
static void
pipe_ends(void)
{
	static uint reads = 0, writes = 1;

	for (int i = 0; i < 4; i++) {
		struct proc *p;

		make_pipe(&pipe_rd, &pipe_wr);
		p = host_spawn(sleeper, i % 2 == 0 ? &reads : &writes);
		p->files = files_share(current()->files);
		left = 1;
		for (int j = 0; j < 200; j++)
			host_yield();
		CHECK(left == 1);
		if (i >= 2) {
			host_kill(p);
			while (left > 0)
				host_yield();
			CHECK(sleeper_result == -1);
		} else {
			// It holds both ends itself; end the wait by hand.
			CHECK(i == 1 || t_write(pipe_wr, "x", 1) == 1);
			while (i == 1 && left > 0)
				CHECK(t_read(pipe_rd, scratch(), 100) > 0);
			while (left > 0)
				host_yield();
			CHECK(sleeper_result == (i == 0 ? 1 : 5000));
		}
		t_close(pipe_rd);
		t_close(pipe_wr);
	}
	make_pipe(&pipe_rd, &pipe_wr);
	t_close(pipe_rd);
	CHECK(t_write(pipe_wr, "x", 1) == -1);
	t_close(pipe_wr);
	make_pipe(&pipe_rd, &pipe_wr);
	CHECK(t_write(pipe_wr, "xy", 2) == 2 && t_close(pipe_wr) == 0);
	CHECK(sys_read(pipe_rd, 64, 2) == -1); // no byte is lost
	CHECK(t_read(pipe_rd, scratch(), 5) == 2);
	CHECK(t_read(pipe_rd, scratch(), 5) == 0);
	CHECK(sys_fstat(pipe_rd, (uint64)scratch()) == -1);
	CHECK(t_close(pipe_rd) == 0);
}

static void
many_seeds(const char *name, void (*body)(void))
{
	bool ok = true;

	for (uint seed = 1; seed <= scaled(SEEDS) && ok; seed++) {
		make_disk(2000, 200, seed % 2 ? 30 : 60);
		host_seed(seed);
		ok = boot(body) == 0 && disk_is_sound();
		if (!ok)
			printf("seed %u:\n", seed);
	}
	verdict(name, ok);
}

void
race_tests(void)
{
	many_seeds("chaos", chaos);
	many_seeds("one name, many processes", contention);
	many_seeds("shared offset", shared_offset);
	host_ram_pages = 64;
	many_seeds("bulk writers, small cache", bulk);
	many_seeds("chaos, small cache", chaos);
	host_ram_pages = 2048;
	many_seeds("pipe: one stream", pipe_stream);
	many_seeds("pipe: records", pipe_records);
	many_seeds("pipe: ends", pipe_ends);
}
