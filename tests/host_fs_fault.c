// kernel/fs when memory is short, the disk fails, or the image is corrupt:
// calls fail, nothing else does.

#include "host_fs.h"
#include "host_stubs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "fs/files.h"
#include "fs/fs.h"
#include "kernel/fcntl.h"
#include "kernel/fs.h"
#include "kernel/param.h"
#include "kernel/stat.h"
#include "sys/syscall.h"

// --- memory ---

// The calls under test, each 0 or -1, on what prepare() has made.
static int
call_create(void)
{
	int fd = t_open("d/new", O_CREATE | O_RDWR);

	return fd < 0 ? -1 : t_close(fd);
}

static int
call_mkdir(void)
{
	return t_mkdir("d/newdir");
}

static int
call_unlink(void)
{
	return t_unlink("d/f");
}

static int
call_rmdir(void)
{
	return t_unlink("d/e");
}

static int
call_link(void)
{
	return t_link("d/f", "d/e/g");
}

static int
call_write(void)
{
	return t_write(0, scratch(), 8000) == 8000 ? 0 : -1;
}

static int
call_truncate(void)
{
	int fd = t_open("d/f", O_RDWR | O_TRUNC);

	return fd < 0 ? -1 : t_close(fd);
}

static int
call_pipe(void)
{
	int *fds = (int *)scratch();

	if (sys_pipe((uint64)fds) < 0)
		return -1;
	CHECK(fds[0] < fds[1] && t_close(fds[0]) == 0);
	CHECK(t_close(fds[1]) == 0 && t_close(fds[1]) == -1);
	return 0;
}

static int
call_dup_shared(void)
{
	struct files *other = files_share(current()->files);
	int fd = (int)sys_dup(1);

	CHECK(fd < 0 || t_close(fd) == 0);
	files_put(other);
	return fd < 0 ? -1 : 0;
}

static int (*const calls[])(void) = {call_create, call_mkdir, call_unlink,
    call_rmdir, call_link, call_write, call_truncate, call_pipe,
    call_dup_shared};

#define NCALLS (sizeof(calls) / sizeof(calls[0]))

static void
prepare(void)
{
	CHECK(t_mkdir("d") == 0 && t_mkdir("d/e") == 0);
	put_file("d/f", 1, 30000);
	put_file("w", 1, 12000);
}

static uint which_call;
static long which_alloc;
static bool *was_hit; // shared with the child

// The allocation of that number fails while the call runs.
static void
short_once(void)
{
	int r;

	CHECK(t_open("w", O_RDWR) == 0 && t_open("w", O_RDWR) == 1);
	while (fs_shrink(1) > 0)
		;
	host_fail_alloc = which_alloc;
	r = calls[which_call]();
	*was_hit = host_fail_alloc == 0;
	host_fail_alloc = 0;
	CHECK(r == 0 || *was_hit);
	CHECK(r == 0 || calls[which_call]() == 0);
	// It may have had to be one of the spares.
	CHECK(host_live("file") == 2 && tables_in_use() <= 1);
	t_close(0);
	t_close(1);
}

static bool
short_everywhere(uint call)
{
	which_call = call;
	which_alloc = 0;
	do {
		*was_hit = false;
		which_alloc++;
		host_seed((uint64)which_alloc);
		make_disk(2000, 200, 30);
		if (boot(prepare) != 0 || boot(short_once) != 0 ||
		    !disk_is_sound()) {
			printf("call %u, allocation %ld:\n", call,
			    which_alloc);
			return false;
		}
	} while (*was_hit);
	return which_alloc > 1;
}

// --- the disk ---

static void
use_everything(void)
{
	char name[16];
	int fd;

	t_open("w", O_RDWR);
	t_open("w", O_RDWR);
	for (uint i = 0; i < NCALLS; i++)
		calls[i]();
	for (int i = 0; i < 20; i++) {
		snprintf(name, sizeof(name), "d/u%d", i % 7);
		fd = t_open(name, O_CREATE | O_RDWR);
		t_write(fd, scratch(), 3000);
		sys_read(fd, (uint64)big_scratch(), 40000);
		t_close(fd);
		t_link(name, "d/e/l");
		t_unlink(i % 2 ? "d/e/l" : name);
	}
	fd = t_open("d/f", O_RDWR);
	sys_read(fd, (uint64)big_scratch(), BIG_SIZE);
	t_close(fd);
	t_close(0);
	t_close(1);
}

// A panic is right where the log cannot go on and where mounting fails.
static bool
fails_well(int status)
{
	return status == 0 ||
	    (status == HOST_EXIT_PANIC &&
	        (strncmp(host_panic_text, "fs: the log", 11) == 0 ||
	            strncmp(host_panic_text, "root disk", 9) == 0));
}

// Every block of the image in turn is bad from the start, as far as they are
// in use.
static bool
bad_blocks(void)
{
	for (long no = 0; no < 150; no++) {
		int status;

		make_disk(2000, 200, 30);
		if (boot(prepare) != 0)
			return false;
		host_bad_block = no;
		status = boot(use_everything);
		host_bad_block = -1;
		if (!fails_well(status)) {
			printf("block %ld bad: status %d\n", no, status);
			return false;
		}
	}
	return true;
}

// --- images ---

static void
nothing(void)
{
}

static bool
super_is_refused(uint field, uint value, const char *word)
{
	uint *sb = (uint *)(host_disk + BSIZE);
	uint good = sb[field];
	bool refused;

	sb[field] = value;
	refused = boot(nothing) == HOST_EXIT_PANIC &&
	    strncmp(host_panic_text, "root disk", 9) == 0 &&
	    strstr(host_panic_text, word) != NULL;
	if (!refused)
		printf("superblock field %u = %u: %s\n", field, value,
		    host_panic_text);
	sb[field] = good;
	return refused;
}

// Fields in the order of struct superblock.
static bool
bad_superblocks(void)
{
	static const struct {
		uint field, value;
		const char *word;
	} bad[] = {
	    {0, 0, "magic"}, {0, 0x20304010, "magic"}, {1, 2001, "size"},
	    {1, 0xffffffff, "size"}, {1, 0, "nblocks"}, {2, 0, "nblocks"},
	    {2, 2000, "nblocks"}, {2, 1990, "nblocks"}, {2, -1u, "nblocks"},
	    {3, 0, "ninodes"}, {3, 1, "ninodes"}, {3, 10000, "bmapstart"},
	    {3, -1u, "bmapstart"}, {4, 0, "nlog"}, {4, 10, "nlog"},
	    {4, 31, "inodestart"}, {4, -1u, "inodestart"},
	    {5, 0, "logstart"}, {5, 1, "logstart"}, {5, 3, "inodestart"},
	    {5, -1u, "inodestart"}, {6, 0, "inodestart"},
	    {6, 31, "inodestart"}, {6, 100, "bmapstart"},
	    {6, -1u, "bmapstart"}, {7, 0, "bmapstart"},
	    {7, 44, "bmapstart"}, {7, 1000, "nblocks"}, {7, -1u, "nblocks"},
	};
	bool ok = true;

	make_disk(2000, 200, 30);
	for (uint i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ok &= super_is_refused(bad[i].field, bad[i].value,
		    bad[i].word);
	return ok && boot(nothing) == 0;
}

static bool
log_is_refused(uint count, uint home)
{
	uint *header = (uint *)(host_disk + 2 * BSIZE);
	bool refused;

	header[0] = count;
	header[1] = home;
	refused = boot(nothing) == HOST_EXIT_PANIC &&
	    strstr(host_panic_text, "corrupt log") != NULL;
	header[0] = 0;
	return refused;
}

static bool
bad_logs(void)
{
	make_disk(2000, 200, 30);
	return log_is_refused(30, 100) && log_is_refused(-1u, 100) &&
	    log_is_refused(1, 2000) && log_is_refused(1, 2) &&
	    log_is_refused(1, 0) && log_is_refused(2, 1) &&
	    boot(nothing) == 0 && disk_is_sound();
}

static bool
empty_disks(void)
{
	host_disk_open(1);
	if (boot(nothing) != HOST_EXIT_PANIC)
		return false;
	host_disk_open(2000);
	return boot(nothing) == HOST_EXIT_PANIC &&
	    strstr(host_panic_text, "magic") != NULL;
}

static uint
nasty_word(void)
{
	static const uint nasty[] = {0, 1, 2, 0xffffffff, 0x7fffffff, 1999,
	    2000, 31, 44, 45, 46, 268 * 1024, 268 * 1024 + 1, 0x00020000,
	    0x8000};

	return host_random(3) ? nasty[host_random(sizeof(nasty) / sizeof(nasty[0]))]
	                      : host_random(70);
}

// Where prepare() has left its marks on a disk of 2000 blocks, 200 inodes and
// a log of 30.
enum {
	SUPER = 1,
	LOG = 2,
	INODES = 32,
	USED_INODES = 8,
	DATA = 46,
	USED_DATA = 8, // directories and an indirect block among them
};

// Any word of the blocks that say where things are.
static void
damage_word(void)
{
	uint no = host_random(3) ? INODES + host_random(2)
	                         : INODES + host_random(40);

	((uint *)(host_disk + no * BSIZE))[host_random(BSIZE / 4)] =
	    nasty_word();
}

static void
damage_inode(void)
{
	uint *inode = (uint *)(host_disk + INODES * BSIZE) +
	    (1 + host_random(USED_INODES)) * sizeof(struct dinode) / 4;

	inode[host_random(16)] = nasty_word();
}

// The inode number or a byte of the name of an entry.
static void
damage_entry(void)
{
	uchar *block = host_disk + (DATA + host_random(USED_DATA)) * BSIZE;
	struct dirent *e = (struct dirent *)block + host_random(6);

	if (host_random(3))
		e->inum = (ushort)(host_random(4) ? host_random(10)
		                                  : nasty_word());
	else
		e->name[host_random(3)] = "./a\0"[host_random(4)];
}

// A log that seems to need recovery.
static void
damage_log(void)
{
	uint *header = (uint *)(host_disk + LOG * BSIZE);
	uint n = 1 + host_random(4);

	header[0] = host_random(8) ? n : nasty_word();
	for (uint i = 1; i <= n; i++) {
		header[i] = host_random(8) ? INODES + host_random(30)
		                           : nasty_word();
		memcpy(host_disk + (LOG + i) * BSIZE,
		    host_disk + (INODES + host_random(30)) * BSIZE, BSIZE);
	}
}

static void
damage_super(void)
{
	((uint *)(host_disk + SUPER * BSIZE))[host_random(8)] = nasty_word();
}

static void
damage(void)
{
	uint hits = 1 + host_random(host_random(2) ? 4 : 40);

	while (hits-- > 0) {
		switch (host_random(3)) {
		case 0:
			damage_word();
			break;
		case 1:
			damage_inode();
			break;
		default:
			damage_entry();
		}
	}
}

// What the checker does not look at here, because fsck does so first.
static bool
damage_more(void)
{
	bool log = host_random(6) == 0, super = host_random(20) == 0;

	if (log)
		damage_log();
	if (super)
		damage_super();
	return log || super;
}

// What prepare() makes, the same each time.
static bool
prepared_disk(void)
{
	static uchar *prepared;
	size_t n = 2000 * BSIZE;

	make_disk(2000, 200, 30);
	if (prepared != NULL) {
		memcpy(host_disk, prepared, n);
		return true;
	}
	prepared = malloc(n);
	if (prepared == NULL || boot(prepare) != 0)
		return false;
	memcpy(prepared, host_disk, n);
	return true;
}

static uint refused, sound; // of the damaged images

// Boots once from a disk that the seed says how to damage.  The checker gets
// through it, and what it finds sound works and stays so.  The blocks before
// the log are nobody's to write.
static bool
damaged_image(uint seed)
{
	static uchar begin[LOG * BSIZE];
	int status, unsound;

	host_seed(0);
	if (!prepared_disk())
		return false;
	host_seed(seed);
	damage();
	unsound = disk_verdict();
	if (unsound > 1) {
		printf("image %u: the checker ends with %d\n", seed, unsound);
		return false;
	}
	unsound |= damage_more();
	memcpy(begin, host_disk, sizeof(begin));
	status = boot(use_everything);
	if (!fails_well(status)) {
		printf("image %u: status %d: %s\n", seed, status,
		    host_panic_text);
		return false;
	}
	refused += status != 0;
	sound += unsound == 0;
	if (!unsound && (status != 0 || disk_verdict() != 0)) {
		printf("image %u: it was sound, status %d\n", seed, status);
		return false;
	}
	if (memcmp(begin, host_disk, sizeof(begin)) != 0) {
		printf("image %u: the superblock was written\n", seed);
		return false;
	}
	return true;
}

// The checker sees a change of any link count, type to another than a file's,
// address or bitmap bit, and of any entry's inode number.
static bool
missed(const char *what, uint where, uint value)
{
	if (!disk_is_sound())
		return false;
	fprintf(stderr, "%s %u = %u: not seen\n", what, where, value);
	return true;
}

static bool
misses_word(const char *what, uint where, uint *word, uint value)
{
	uint good = *word;
	bool m;

	*word = value;
	m = value != good && missed(what, where, value);
	*word = good;
	return m;
}

static uint
inode_misses(uint inum)
{
	static const uint values[] = {
	    0, 1, 2, 3, 50, 60, 1999, 2000, 0x7fffffff, 0xffffffff};
	struct dinode *d = (struct dinode *)(host_disk + INODES * BSIZE) + inum;
	uint *words = (uint *)d, misses = 0;

	for (uint i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		uint v = values[i];

		for (uint w = 3; w < 16; w++)
			misses += misses_word("address in inode", inum,
			    &words[w], v);
		misses += misses_word("links of inode", inum, &words[1],
		    (uint)d->minor << 16 >> 16 | v << 16);
		if (v != T_FILE)
			misses += misses_word("type of inode", inum, &words[0],
			    (uint)d->major << 16 | (v & 0xffff));
	}
	return misses;
}

static uint
entry_misses(uint block)
{
	struct dirent *e = (struct dirent *)(host_disk + block * BSIZE);
	uint misses = 0;

	for (uint i = 0; i < 3; i++) {
		ushort good = e[i].inum;

		for (uint v = 0; v < 70; v++) {
			e[i].inum = (ushort)v;
			misses += v != good && missed("entry", i, v);
		}
		e[i].inum = good;
	}
	return misses;
}

static void
look_at_all(void)
{
	uchar *bitmap = host_disk + (DATA - 1) * BSIZE;
	uint misses = 0;

	for (uint bno = 0; bno < 2000; bno++) {
		bitmap[bno / 8] ^= (uchar)(1 << bno % 8);
		misses += missed("bit", bno, 0);
		bitmap[bno / 8] ^= (uchar)(1 << bno % 8);
	}
	for (uint inum = ROOTINO; inum <= 5; inum++)
		misses += inode_misses(inum);
	misses += entry_misses(DATA); // the root's
	_exit(misses != 0 || !disk_is_sound());
}

static bool
checker_sees_all(void)
{
	int status;
	pid_t pid;

	if (!prepared_disk() || !disk_is_sound())
		return false;
	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		if (freopen("/dev/null", "w", stdout) == NULL)
			_exit(2);
		look_at_all();
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

static bool
damaged_images(void)
{
	bool ok = true;

	for (uint seed = 1; ok && seed <= scaled(300); seed++)
		ok = damaged_image(seed);
	return ok;
}

void
image_fuzz(uint seed, uint seconds)
{
	time_t end = time(NULL) + seconds;
	char name[40];

	do {
		snprintf(name, sizeof(name), "image %u", seed);
		verdict(name, damaged_image(seed));
		seed++;
	} while (time(NULL) < end);
	printf("%u sound, %u refused or given up for their log\n", sound,
	    refused);
}

// --- a disk with more bitmap blocks than one operation may change ---

#define BIG_BLOCKS (20 * BPB)

// Leaves only every 20000th block free, so that a file has to take its blocks
// from all over the disk, and returns how many.
static uint
scatter_free_blocks(void)
{
	struct superblock *sb = (struct superblock *)(host_disk + BSIZE);
	uchar *bitmap = host_disk + (size_t)sb->bmapstart * BSIZE;
	uint first = sb->size - sb->nblocks, n = 0;

	for (uint b = first + 1; b < sb->size; b++)
		bitmap[b / 8] |= (uchar)(1 << b % 8);
	for (uint b = first + 20; b < sb->size; b += 2000, n++)
		bitmap[b / 8] &= (uchar)~(1 << b % 8);
	return n;
}

static uint scattered;

static void
fill_scattered(void)
{
	int fd = t_open("f", O_CREATE | O_RDWR);
	uint n = 0;

	while (t_write(fd, scratch(), BSIZE) == BSIZE)
		n++;
	CHECK(n == scattered - 1); // and the indirect block
	t_close(fd);
}

static void
cut_scattered(void)
{
	fill_scattered();
	CHECK(t_open("f", O_TRUNC | O_RDWR) == 0);
	CHECK(sys_fstat(0, (uint64)scratch()) == 0);
	CHECK(((struct stat *)scratch())->size == 0);
	t_close(0);
	fill_scattered();
	CHECK(t_unlink("f") == 0);
	fill_scattered();
	CHECK(t_unlink("f") == 0);
}

static bool
scattered_file(void)
{
	uchar *bitmap;
	uint n;

	make_disk(BIG_BLOCKS, 200, 30);
	scattered = scatter_free_blocks();
	bitmap = malloc(20 * BSIZE);
	n = ((struct superblock *)(host_disk + BSIZE))->bmapstart;
	memcpy(bitmap, host_disk + (size_t)n * BSIZE, 20 * BSIZE);
	if (boot(cut_scattered) != 0)
		return false;
	return memcmp(bitmap, host_disk + (size_t)n * BSIZE, 20 * BSIZE) == 0;
}

void
fault_tests(void)
{
	char name[40];

	was_hit = (bool *)(host_panic_text + 512);
	for (uint i = 0; i < NCALLS; i++) {
		snprintf(name, sizeof(name), "one allocation fails: call %u",
		    i);
		verdict(name, short_everywhere(i));
	}
	verdict("bad superblocks", bad_superblocks());
	verdict("bad logs", bad_logs());
	verdict("empty disks", empty_disks());
	verdict("bad blocks", bad_blocks());
	verdict("checker sees all", checker_sees_all());
	verdict("damaged images", damaged_images());
	verdict("scattered file", scattered_file());
}
