// stressfs: several processes write and read files of their own at the same
// time, for races in the file system.  Every byte read back is checked.

#include "kernel/types.h"
#include "kernel/stat.h"
#include "kernel/fcntl.h"
#include "user/drove.h"

#define WORKERS 5
#define RECORDS 20
#define RECORD  512

static char record[RECORD];

static void
fail(const char *what, const char *file)
{
	printf("stressfs: %s %s\n", what, file);
	exit(1);
}

static int
open_or_fail(const char *file, int flags)
{
	int fd = open(file, flags);

	if (fd < 0)
		fail("cannot open", file);
	return fd;
}

// What record i of worker w holds; each byte depends on both.
static void
fill(int w, int i)
{
	memset(record, 'a' + (w * RECORDS + i) % 26, RECORD);
}

static void
write_file(int w, const char *file)
{
	int fd = open_or_fail(file, O_CREATE | O_RDWR | O_TRUNC);

	for (int i = 0; i < RECORDS; i++) {
		fill(w, i);
		if (write(fd, record, RECORD) != RECORD)
			fail("short write to", file);
	}
	close(fd);
}

static void
read_file(int w, const char *file)
{
	static char seen[RECORD];
	int fd = open_or_fail(file, O_RDONLY);

	for (int i = 0; i < RECORDS; i++) {
		fill(w, i);
		if (read(fd, seen, RECORD) != RECORD)
			fail("short read from", file);
		if (memcmp(seen, record, RECORD) != 0)
			fail("wrong data in", file);
	}
	close(fd);
}

static void
work(int w)
{
	char file[] = "stressfs0";

	file[sizeof(file) - 2] += w;
	printf("write %d\n", w);
	write_file(w, file);
	printf("read %d\n", w);
	read_file(w, file);
	if (unlink(file) < 0)
		fail("cannot remove", file);
}

int
main(void)
{
	int status, failed = 0;

	printf("stressfs starting\n");
	for (int w = 0; w < WORKERS; w++) {
		int pid = fork();
		if (pid < 0)
			fail("fork failed before", "all were started");
		if (pid == 0) {
			work(w);
			exit(0);
		}
	}
	for (int w = 0; w < WORKERS; w++) {
		if (wait(&status) < 0 || status != 0)
			failed = 1;
	}
	return failed;
}
