// kernel/fs used by many processes at once, under many schedules.  That
// nothing deadlocks, no lock is misused and no memory is touched after it was
// freed is checked by the machine below; here, that the outcome is right.

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

#define SEEDS 20

void
start_workers(uint n, void (*work)(void *arg))
{
	static uint numbers[MAX_WORKERS] = {0, 1, 2, 3, 4, 5};

	for (uint i = 0; i < n; i++)
		host_spawn(work, &numbers[i])->files =
		    files_share(current()->files);
}

void
run_workers(uint n, void (*work)(void *arg))
{
	start_workers(n, work);
	host_join();
}

void
worker_ends(void)
{
	files_put(current()->files);
}

uint
number_of(void *arg)
{
	return *(uint *)arg;
}

static const char *
random_path(char *buf)
{
	static const char *const dirs[] = {
	    "", "a/", "b/", "a/c/", "../", "./"};

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
	run_workers(MAX_WORKERS, chaos_worker);
	for (int fd = 0; fd < 2; fd++)
		t_close(fd);
	CHECK(host_live("file") == 0 && tables_in_use() == 1);
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
			if (host_random(4) == 0)
				fs_shrink(1000);
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

void
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
	many_seeds("bulk writers", bulk);
	host_ram_pages = 64;
	many_seeds("bulk writers, small cache", bulk);
	many_seeds("chaos, small cache", chaos);
	host_ram_pages = 2048;
}
