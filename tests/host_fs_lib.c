// Booting, checking and calling, for the tests of kernel/fs.

#include "host_fs.h"
#include "host_stubs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fs/files.h"
#include "fs/fs.h"
#include "kernel/fcntl.h"
#include "kernel/stat.h"
#include "mkfs/check.h"
#include "mkfs/image.h"
#include "sys/syscall.h"

static uint passed, failed;

const char *__asan_default_options(void);

// Children end in the middle of things on purpose.
const char *
__asan_default_options(void)
{
	return "detect_leaks=0:exitcode=99";
}

void
check_failed(const char *file, int line, const char *what)
{
	fprintf(stderr, "%s:%d: not so: %s\n", file, line, what);
	_exit(1);
}

void
verdict(const char *name, bool ok)
{
	if (ok)
		passed++;
	else
		failed++;
	if (!ok || getenv("VERBOSE") != NULL)
		printf("%s: %s\n", name, ok ? "ok" : "FAILED");
	fflush(stdout);
}

uint
scaled(uint n)
{
	const char *scale = getenv("SCALE");

	return scale != NULL ? n * (uint)atoi(scale) : n;
}

void
make_disk(uint blocks, uint inodes, uint nlog)
{
	const struct dinode root = {.type = T_DIR, .nlink = 1};
	struct image img;

	host_disk_open(blocks);
	if (image_format(&img, blocks, inodes, nlog) != 0 ||
	    image_inode_new(&img, &root) != ROOTINO ||
	    image_enter(&img, ROOTINO, ".", ROOTINO) != 0 ||
	    image_enter(&img, ROOTINO, "..", ROOTINO) != 0)
		abort();
	memcpy(host_disk, img.bytes, (size_t)blocks * BSIZE);
	image_free(&img);
}

static void
first_process(void *arg)
{
	void (*body)(void) = *(void (**)(void))arg;

	fs_mount();
	current()->files = files_new();
	CHECK(current()->files != NULL);
	body();
	files_put(current()->files);
	host_no_memory = false;
	fs_sync();
}

int
boot(void (*body)(void))
{
	int status;
	pid_t pid;

	fflush(stdout);
	host_panic_text[0] = '\0';
	pid = fork();
	if (pid == 0) {
		fs_init();
		host_spawn(first_process, &body);
		host_run();
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		abort();
	return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

static void
disk_image(struct image *img)
{
	memset(img, 0, sizeof(*img));
	img->bytes = host_disk;
	img->length = (size_t)host_disk_blocks * BSIZE;
	image_read_super(img);
}

bool
disk_is_sound(void)
{
	struct image img;
	struct check c = {.img = &img};

	disk_image(&img);
	if (image_get32(image_block(&img, img.sb.logstart)) != 0)
		report(&c, "the log is not empty");
	c.owner = calloc(img.sb.size, sizeof(uint));
	c.parent = calloc(img.sb.ninodes, sizeof(uint));
	c.links = calloc(img.sb.ninodes, sizeof(uint));
	c.pending = calloc(img.sb.ninodes, sizeof(uint));
	check_inodes(&c);
	check_bitmap(&c);
	check_tree(&c);
	check_links(&c);
	free(c.owner);
	free(c.parent);
	free(c.links);
	free(c.pending);
	return c.problems == 0;
}

int
disk_verdict(void)
{
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		if (freopen("/dev/null", "w", stdout) == NULL)
			_exit(2);
		_exit(disk_is_sound() ? 0 : 1);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		abort();
	return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

static uint64
mix(uint64 h, const void *data, size_t n)
{
	const uchar *p = data;

	while (n-- > 0)
		h = (h ^ *p++) * 1099511628211UL;
	return h;
}

static uint64
sign(const struct image *img, uint inum, uint64 h)
{
	struct dinode d;

	image_inode_read(img, inum, &d);
	h = mix(h, &d.type, sizeof(d.type));
	h = mix(h, &d.major, sizeof(d.major));
	h = mix(h, &d.nlink, sizeof(d.nlink));
	if (d.type != T_DIR)
		h = mix(h, &d.size, sizeof(d.size));
	for (uint at = 0; at < d.size; at += BSIZE) {
		uchar *b = image_block(img,
		    image_inode_block(img, &d, at / BSIZE));
		uint n = d.size - at < BSIZE ? d.size - at : BSIZE;
		struct dirent *e = (struct dirent *)b;

		if (d.type != T_DIR)
			h = mix(h, b, n);
		for (; d.type == T_DIR && (uchar *)e < b + n; e++) {
			if (e->inum == 0)
				continue;
			h = mix(h, e->name, strnlen(e->name, DIRSIZ));
			if (e->name[0] != '.')
				h = sign(img, e->inum, h);
		}
	}
	return h;
}

uint64
disk_signature(void)
{
	struct image img;

	disk_image(&img);
	return sign(&img, ROOTINO, 14695981039346656037UL);
}

void
simple_test(const char *name, void (*body)(void))
{
	make_disk(2000, 200, 30);
	verdict(name, boot(body) == 0 && disk_is_sound());
}

uchar *
scratch(void)
{
	return host_user + host_self() * SCRATCH_SIZE;
}

uchar *
big_scratch(void)
{
	return host_user + HOST_USER_SIZE - BIG_SIZE;
}

// At the end of the scratch memory, so that data fits before it.
static uint64
user_path(const char *path, uint slot)
{
	char *at = (char *)scratch() + SCRATCH_SIZE - (slot + 1) * 256;

	strcpy(at, path);
	return (uint64)at;
}

int
t_open(const char *path, int flags)
{
	return (int)sys_open(user_path(path, 0), flags);
}

int
t_unlink(const char *path)
{
	return (int)sys_unlink(user_path(path, 0));
}

int
t_link(const char *old, const char *new)
{
	return (int)sys_link(user_path(old, 0), user_path(new, 1));
}

int
t_mkdir(const char *path)
{
	return (int)sys_mkdir(user_path(path, 0));
}

int
t_mknod(const char *path, int major)
{
	return (int)sys_mknod(user_path(path, 0), major, 0);
}

int
t_chdir(const char *path)
{
	return (int)sys_chdir(user_path(path, 0));
}

int
t_close(int fd)
{
	return (int)sys_close(fd);
}

int
t_write(int fd, const void *buf, int n)
{
	memcpy(scratch(), buf, (size_t)n);
	return (int)sys_write(fd, (uint64)scratch(), n);
}

int
t_read(int fd, void *buf, int n)
{
	int got = (int)sys_read(fd, (uint64)scratch(), n);

	if (got > 0)
		memcpy(buf, scratch(), (size_t)got);
	return got;
}

uchar
pattern(uint seed, uint at)
{
	return (uchar)((at * 31 + at / 251) ^ (seed * 77 + 1));
}

void
put_file(const char *path, uint seed, int n)
{
	int fd = t_open(path, O_CREATE | O_WRONLY | O_TRUNC);

	CHECK(fd >= 0);
	for (int i = 0; i < n; i++)
		big_scratch()[i] = pattern(seed, (uint)i);
	CHECK(sys_write(fd, (uint64)big_scratch(), n) == n);
	CHECK(t_close(fd) == 0);
}

bool
file_has(const char *path, uint seed, int n)
{
	int fd = t_open(path, O_RDONLY);
	bool ok = fd >= 0;

	ok = ok && sys_read(fd, (uint64)big_scratch(), BIG_SIZE) == n;
	for (int i = 0; ok && i < n; i++)
		ok = big_scratch()[i] == pattern(seed, (uint)i);
	if (fd >= 0)
		t_close(fd);
	return ok;
}

static const struct {
	const char *name;
	void (*run)(void);
} groups[] = {
    {"basic", basic_tests},
    {"race", race_tests},
    {"pipe", pipe_tests},
    {"fault", fault_tests},
    {"crash", crash_tests},
    {"power", power_tests},
    {"transfer", transfer_tests},
};

// host_fs            all tests
// host_fs GROUP      one group of them
// host_fs SEED SECONDS  nothing but damaged images
int
main(int argc, char **argv)
{
	host_quiet = getenv("LOUD") == NULL;
	if (argc == 3) {
		image_fuzz((uint)strtoul(argv[1], NULL, 10),
		    (uint)strtoul(argv[2], NULL, 10));
		printf("%u passed, %u failed\n", passed, failed);
		return failed != 0;
	}
	for (uint i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
		if (argc < 2 || strcmp(argv[1], groups[i].name) == 0)
			groups[i].run();
	printf("%u passed, %u failed\n", passed, failed);
	return failed != 0;
}
