// What kernel/fs does when nothing goes wrong: one process, all calls.

#include "host_fs.h"
#include "host_stubs.h"

#include <stdio.h>
#include <string.h>

#include "fs/files.h"
#include "fs/fs.h"
#include "kernel/fcntl.h"
#include "kernel/fs.h"
#include "kernel/param.h"
#include "kernel/stat.h"
#include "sys/syscall.h"

#define BAD_ADDRESS 0x4000UL // outside host_user
#define MAX_FILE    (MAXFILE * BSIZE)

static struct stat
stat_of(const char *path)
{
	int fd = t_open(path, O_RDONLY);
	struct stat *st = (struct stat *)scratch();

	CHECK(fd >= 0);
	CHECK(sys_fstat(fd, (uint64)st) == 0);
	CHECK(t_close(fd) == 0);
	return *st;
}

static bool
exists(const char *path)
{
	int fd = t_open(path, O_RDONLY);

	if (fd >= 0)
		t_close(fd);
	return fd >= 0;
}

static void
test_contents(void)
{
	static const int sizes[] = {0, 1, 1023, 1024, 1025, 12 * 1024,
	    12 * 1024 + 1, 13 * 1024, 50000, 200000, MAX_FILE};

	for (uint i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		put_file("f", i, sizes[i]);
		CHECK(file_has("f", i, sizes[i]));
		CHECK(stat_of("f").size == (uint64)sizes[i]);
	}
	CHECK(t_unlink("f") == 0);
}

static void
test_offsets(void)
{
	int fd = t_open("f", O_CREATE | O_RDWR), fd2;
	char buf[32];

	CHECK(t_write(fd, "hello world", 11) == 11);
	CHECK(t_read(fd, buf, 5) == 0);
	fd2 = t_open("f", O_RDWR);
	CHECK(t_read(fd2, buf, 6) == 6 && memcmp(buf, "hello ", 6) == 0);
	CHECK(sys_dup(fd2) == fd2 + 1);
	CHECK(t_write(fd2 + 1, "W", 1) == 1);
	CHECK(t_read(fd2, buf, 32) == 4 && memcmp(buf, "orld", 4) == 0);
	t_close(fd2);
	CHECK(t_read(fd2 + 1, buf, 32) == 0);
	CHECK(t_read(fd2, buf, 1) == -1);
	// Behind a file that has been cut meanwhile nothing can be written.
	CHECK(t_open("f", O_TRUNC | O_WRONLY) == fd2);
	CHECK(t_write(fd, "x", 1) == -1);
	CHECK(t_write(fd2, "abc", 3) == 3);
	CHECK(stat_of("f").size == 3);
}

static void
test_modes(void)
{
	int rd, wr;
	char c;

	put_file("f", 1, 100);
	rd = t_open("f", O_RDONLY);
	wr = t_open("f", O_WRONLY);
	CHECK(t_write(rd, "x", 1) == -1 && t_read(wr, &c, 1) == -1);
	CHECK(t_read(rd, &c, 0) == 0 && t_write(wr, &c, 0) == 0);
	CHECK(sys_read(rd, (uint64)scratch(), -1) == -1);
	CHECK(sys_write(wr, (uint64)scratch(), -1) == -1);
	CHECK(sys_read(rd, (uint64)scratch(), 1L << 32) == -1);
	CHECK(sys_read(-1, (uint64)scratch(), 1) == -1);
	CHECK(sys_read(NOFILE, (uint64)scratch(), 1) == -1);
	CHECK(sys_close(5) == -1 && sys_close(1L << 40) == -1);
	CHECK(sys_dup(7) == -1 && sys_fstat(7, (uint64)scratch()) == -1);
	CHECK(t_open("nothing", O_RDONLY) == -1);
	CHECK(t_open("f/x", O_RDONLY) == -1);
	CHECK(t_open("f/x", O_CREATE | O_WRONLY) == -1);
	CHECK(t_open(".", O_RDWR) == -1);
	CHECK(t_open(".", O_CREATE | O_RDWR) == -1);
	CHECK(t_open("..", O_CREATE | O_RDWR) == -1);
	CHECK(t_open("/", O_CREATE) == -1 && t_open("", O_RDONLY) == -1);
	CHECK(t_open("", O_CREATE | O_RDWR) == -1);
	CHECK(t_open("/", O_RDONLY) == 2);
}

static void
test_bad_memory(void)
{
	uchar *last = host_user + HOST_USER_SIZE - 10;
	int fd = t_open("f", O_CREATE | O_RDWR);

	CHECK(sys_write(fd, BAD_ADDRESS, 10) == -1);
	CHECK(sys_write(fd, (uint64)last, 11) == -1);
	CHECK(sys_write(fd, (uint64)last, MAX_FILE) == -1);
	CHECK(stat_of("f").size == 0);
	CHECK(sys_write(fd, (uint64)last, 10) == 10);
	t_close(fd);
	fd = t_open("f", O_RDWR);
	CHECK(sys_read(fd, BAD_ADDRESS, 10) == -1);
	// The offset has not moved.
	CHECK(sys_read(fd, (uint64)last, 10) == 10);
	CHECK(sys_open(BAD_ADDRESS, O_CREATE) == -1);
	CHECK(sys_pipe(BAD_ADDRESS) == -1);
	CHECK(sys_pipe((uint64)host_user + HOST_USER_SIZE - 4) == -1);
	CHECK(sys_fstat(fd, BAD_ADDRESS) == -1);
	CHECK(sys_link(BAD_ADDRESS, BAD_ADDRESS) == -1);
	CHECK(sys_dup(fd) == 1); // nothing has been left behind
	memset(scratch(), 'x', MAXPATH);
	CHECK(sys_open((uint64)scratch(), O_CREATE) == -1); // too long
}

static void
test_too_big(void)
{
	int fd;

	put_file("f", 1, MAX_FILE - 100);
	fd = t_open("f", O_RDWR);
	CHECK(sys_read(fd, (uint64)big_scratch(), BIG_SIZE) == MAX_FILE - 100);
	CHECK(t_write(fd, scratch(), 101) == -1);
	CHECK(stat_of("f").size == MAX_FILE - 100);
	CHECK(t_write(fd, scratch(), 100) == 100);
	CHECK(t_write(fd, scratch(), 1) == -1);
	CHECK(stat_of("f").size == MAX_FILE);
}

static void
test_names(void)
{
	CHECK(t_mkdir("a") == 0 && t_mkdir("a/b") == 0 && t_mkdir("a") == -1);
	CHECK(t_mkdir("a/b/") == -1 && t_mkdir("") == -1);
	CHECK(t_mkdir("/") == -1);
	CHECK(t_mkdir(".") == -1 && t_mkdir("..") == -1);
	CHECK(stat_of("a").nlink == 2 && stat_of("a/b").nlink == 1);
	CHECK(stat_of("a/b/..").ino == stat_of("/a").ino);
	CHECK(stat_of("/../../..").ino == ROOTINO);
	put_file("a/b/f", 1, 10);
	CHECK(t_unlink("a/b") == -1 && t_unlink("a") == -1);
	CHECK(t_unlink("a/.") == -1 && t_unlink("a/b/..") == -1);
	CHECK(t_unlink("a/b/g") == -1 && t_unlink("/") == -1);
	CHECK(t_link("a/b/f", "a/g") == 0 && t_link("a/b/f", "a/g") == -1);
	CHECK(t_link("a/b", "a/h") == -1 && t_link("a/x", "a/y") == -1);
	CHECK(t_link("a/g", "x/y") == -1 && t_link("a/g", "") == -1);
	CHECK(t_link("a/g", "a/b/..") == -1 && t_link("a/g", "a/.") == -1);
	CHECK(stat_of("a/g").nlink == 2);
	CHECK(t_unlink("a/b/f") == 0 && file_has("a/g", 1, 10));
	CHECK(t_chdir("a/b") == 0 && t_chdir("../g") == -1);
	CHECK(exists("../g") && exists("../../a/g") && !exists("g"));
	CHECK(t_unlink("../b") == 0);
	// A removed directory: nothing can be found or made in it.
	CHECK(t_open("f", O_CREATE) == -1 && t_mkdir("d") == -1);
	CHECK(!exists("..") && t_link("/a/g", "g") == -1);
	CHECK(t_chdir("/a") == 0 && stat_of(".").nlink == 1);
	CHECK(t_unlink("g") == 0 && t_chdir("..") == 0 && t_unlink("a") == 0);
	// Names are cut to 14 bytes.
	put_file("12345678901234567", 3, 5);
	CHECK(exists("12345678901234") && exists("12345678901234xyz"));
	CHECK(!exists("1234567890123"));
}

static void
test_many_names(void)
{
	char name[16];

	CHECK(t_mkdir("d") == 0);
	put_file("f", 1, 1);
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < 300; i++) {
			snprintf(name, sizeof(name), "d/x%d", i);
			CHECK(t_link("f", name) == 0);
		}
		CHECK(stat_of("f").nlink == 301);
		CHECK(stat_of("d").size == 302 * sizeof(struct dirent));
		for (int i = 0; i < 300; i++) {
			snprintf(name, sizeof(name), "d/x%d", i * 7 % 300);
			CHECK(t_unlink(name) == 0 && !exists(name));
		}
	}
	CHECK(t_unlink("d") == 0);
}

static void
test_unlinked_open(void)
{
	int fd = t_open("f", O_CREATE | O_RDWR), fd2;
	char buf[8];

	CHECK(t_write(fd, "abcdef", 6) == 6);
	fd2 = t_open("f", O_RDWR);
	CHECK(t_unlink("f") == 0 && !exists("f"));
	CHECK(t_read(fd2, buf, 8) == 6 && memcmp(buf, "abcdef", 6) == 0);
	CHECK(t_write(fd, "g", 1) == 1 && t_read(fd2, buf, 8) == 1);
	put_file("f", 2, 3000); // another inode
	CHECK(sys_fstat(fd, (uint64)scratch()) == 0);
	CHECK(((struct stat *)scratch())->nlink == 0);
	t_close(fd);
	t_close(fd2);
	CHECK(file_has("f", 2, 3000));
}

static void
test_devices(void)
{
	char buf[8];
	int fd;

	CHECK(t_mknod("dev", HOST_DEVICE_MAJOR) == 0);
	CHECK(t_mknod("dev", HOST_DEVICE_MAJOR) == -1);
	CHECK(t_mknod("none", HOST_DEVICE_MAJOR + 1) == 0);
	CHECK(t_open("none", O_RDONLY) == -1);
	fd = t_open("dev", O_CREATE | O_RDWR);
	CHECK(fd == 0 && t_read(fd, buf, 6) == 6);
	CHECK(memcmp(buf, "device", 6) == 0 && t_write(fd, buf, 1) == -1);
	CHECK(sys_fstat(fd, (uint64)scratch()) == 0);
	CHECK(((struct stat *)scratch())->type == T_DEVICE);
	CHECK(sys_dup(fd) == 1 && t_close(0) == 0);
	CHECK(host_device_releases == 0);
	CHECK(t_close(1) == 0 && host_device_releases == 1);
}

// What fork and exit do with the container.
static void
test_sharing(void)
{
	struct files *mine = current()->files, *theirs;
	int fd = t_open("f", O_CREATE | O_RDWR);

	theirs = files_share(mine);
	CHECK(sys_dup(fd) == 1); // makes a copy of the container
	CHECK(current()->files != theirs && theirs->fd[1] == NULL);
	CHECK(t_close(fd) == 0 && theirs->fd[fd] != NULL);
	files_put(theirs);
	CHECK(t_write(1, "x", 1) == 1 && tables_in_use() == 1);
	mine = current()->files;
	theirs = files_share(mine);
	files_put(theirs);
	CHECK(t_close(1) == 0 && current()->files == mine);
	CHECK(host_live("file") == 0);
}

// As many files as there are inodes, as much as there are blocks, twice.
static void
test_full(void)
{
	char name[16];
	int n[2], fd, r;
	long before;

	for (int round = 0; round < 2; round++) {
		for (n[round] = 0;; n[round]++) {
			snprintf(name, sizeof(name), "i%d", n[round]);
			fd = t_open(name, O_CREATE);
			if (fd < 0)
				break;
			t_close(fd);
		}
		CHECK(t_mkdir("dir") == -1 && t_mknod("dev", 1) == -1);
		for (int i = 0; i < n[round]; i++) {
			snprintf(name, sizeof(name), "i%d", i);
			CHECK(t_unlink(name) == 0);
		}
	}
	CHECK(n[0] == 198 && n[1] == 198); // 200 less number 0 and the root
	for (int round = 0; round < 2; round++) {
		n[round] = 0;
		for (int i = 0; i < 8; i++) {
			snprintf(name, sizeof(name), "b%d", i);
			fd = t_open(name, O_CREATE | O_WRONLY);
			for (int j = 0; j < (int)MAXFILE; j++, n[round] += r)
				if ((r = t_write(fd, scratch(), BSIZE)) < 0)
					break;
			t_close(fd);
			n[round] += r < 0;
		}
		CHECK(t_mkdir("dir") == -1);
		before = stat_of("b7").size;
		put_file("b0", 1, 2000);
		CHECK((long)stat_of("b7").size == before);
		for (int i = 0; i < 8; i++) {
			snprintf(name, sizeof(name), "b%d", i);
			CHECK(t_unlink(name) == 0);
		}
	}
	CHECK(n[0] == n[1] && n[0] > 1900 * BSIZE);
}

// Everything that was taken is given back.
static void
test_nothing_leaks(void)
{
	test_names();
	test_contents();
	CHECK(host_live("file") == 0 && tables_in_use() == 1);
	fs_sync();
	while (fs_shrink(64) > 0)
		;
	// The cache's floor.
	CHECK(host_live("cluster") == 32);
	CHECK(host_live_pages() == 32);
}

// Who keeps what a path stood for must hear of a change of the file also when
// its inode, and the stamp, were not in memory in between.
static void
test_generation(void)
{
	struct inode *ip;
	uint64 before;

	put_file("prog", 1, 3000);
	ip = path_lookup("prog");
	CHECK(ip != NULL);
	inode_lock(ip);
	CHECK(inode_stamp_new(ip) != 0);
	inode_unlock(ip);
	inode_put(ip);
	before = fs_generation();
	CHECK(file_has("prog", 1, 3000) && fs_generation() == before);
	while (fs_shrink(64) > 0)
		;
	put_file("prog", 2, 3000);
	CHECK(fs_generation() != before);
}

void
basic_tests(void)
{
	simple_test("contents", test_contents);
	simple_test("offsets", test_offsets);
	simple_test("modes", test_modes);
	simple_test("bad memory", test_bad_memory);
	simple_test("too big", test_too_big);
	simple_test("names", test_names);
	simple_test("many names", test_many_names);
	simple_test("unlinked while open", test_unlinked_open);
	simple_test("devices", test_devices);
	simple_test("sharing", test_sharing);
	simple_test("full disk", test_full);
	simple_test("nothing leaks", test_nothing_leaks);
	simple_test("a change after the inode was dropped", test_generation);
	host_ram_pages = 64; // a cache of the smallest size
	simple_test("small cache: contents", test_contents);
	simple_test("small cache: full disk", test_full);
	host_ram_pages = 2048;
}
