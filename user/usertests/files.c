// Files: contents, sizes, truncation, blocks.
#include "user/usertests/cases.h"

static char chunk[(MAXOPBLOCKS + 2) * BSIZE];

static void
opentest(void)
{
	int fd = must_open("/usertests", O_RDONLY);
	char magic[4];

	EXPECT(read(fd, magic, 4) == 4, "read");
	EXPECT(memcmp(magic, "\177ELF", 4) == 0, "that is no program");
	close(fd);
	fd = must_open("/", O_RDONLY);
	close(fd);
	expect_absent("no-such-file");
	EXPECT(open("no-such-file", O_RDWR | O_TRUNC) == -1, "opened nothing");
	expect_absent("no-such-file");
}

// Many small writes, read back at one go and in odd pieces.
static void
writetest(void)
{
	enum { RECORDS = 100, SIZE = 27 };
	int fd = must_open("small.f", O_CREATE | O_TRUNC | O_RDWR);
	int at = 0, n;

	for (int i = 0; i < RECORDS; i++) {
		data_fill(chunk, SIZE, 11, i * SIZE);
		must_write(fd, chunk, SIZE);
	}
	EXPECT(read(fd, chunk, 1) == 0, "reading begins at the end");
	close(fd);
	expect_file("small.f", 11, RECORDS * SIZE);
	fd = must_open("small.f", O_RDONLY);
	for (int step = 1; (n = read(fd, chunk, step)) > 0; step += 13) {
		EXPECT(n == step || at + n == RECORDS * SIZE,
		    "read of %d at %d gave %d", step, at, n);
		EXPECT(data_differs(chunk, n, 11, at) < 0, "at %d", at);
		at += n;
	}
	EXPECT(n == 0 && at == RECORDS * SIZE, "%d bytes in pieces", at);
	close(fd);
	must_unlink("small.f");
	expect_absent("small.f");
}

// The largest file there can be, and not one byte more.
static void
writebig(void)
{
	int fd = must_open("big.f", O_CREATE | O_TRUNC | O_RDWR);
	int n;

	for (uint b = 0; b < MAXFILE; b += 4) {
		data_fill(chunk, 4 * BSIZE, 12, b * BSIZE);
		must_write(fd, chunk, 4 * BSIZE);
	}
	n = write(fd, chunk, BSIZE);
	EXPECT(n <= 0, "%d bytes more than a file can hold", n);
	n = write(fd, chunk, 1);
	EXPECT(n <= 0, "one byte more than a file can hold");
	close(fd);
	expect_file("big.f", 12, MAXFILE * BSIZE);

	// Overwriting in place needs no more room.
	fd = must_open("big.f", O_RDWR);
	data_fill(chunk, BSIZE, 13, 0);
	must_write(fd, chunk, BSIZE);
	EXPECT(read(fd, chunk, 8) == 8, "read on");
	EXPECT(data_differs(chunk, 8, 12, BSIZE) < 0, "the second block");
	close(fd);
	EXPECT(
	    size_of("big.f") == MAXFILE * BSIZE, "size %ld", size_of("big.f"));
	must_unlink("big.f");
}

static void
createtest(void)
{
	enum { FILES = 40 };

	for (int i = 0; i < FILES; i++)
		make_file(numbered("ct", i), i, i);
	EXPECT(entries(".", "ct") == FILES, "%d entries", entries(".", "ct"));
	for (int i = 0; i < FILES; i++)
		expect_file(numbered("ct", i), i, i);
	for (int i = 0; i < FILES; i += 2)
		must_unlink(numbered("ct", i));
	EXPECT(entries(".", "ct") == FILES / 2, "entries after unlink");
	for (int i = 1; i < FILES; i += 2) {
		expect_file(numbered("ct", i), i, i);
		must_unlink(numbered("ct", i));
	}
	EXPECT(entries(".", "ct") == 0, "entries after all");
}

// Truncation under a reader: it sees the end, and what comes after.
static void
truncate1(void)
{
	int reader, writer, late;
	char text[16];

	make_file("trunc.f", 21, 8);
	reader = must_open("trunc.f", O_RDONLY);
	EXPECT(read(reader, text, 4) == 4, "first half");
	writer = must_open("trunc.f", O_WRONLY | O_TRUNC);
	EXPECT(read(reader, text, 4) == 0, "read what has been cut off");
	late = must_open("trunc.f", O_RDONLY);
	EXPECT(read(late, text, 4) == 0, "there is still something");
	data_fill(text, 10, 22, 0);
	must_write(writer, text, 10);
	memset(text, 0, sizeof(text));
	EXPECT(read(reader, text, 16) == 6, "from byte 4 on");
	EXPECT(data_differs(text, 6, 22, 4) < 0, "the wrong bytes");
	EXPECT(read(late, text, 16) == 10, "from byte 0 on");
	EXPECT(data_differs(text, 10, 22, 0) < 0, "the wrong bytes");
	close(reader);
	close(writer);
	close(late);

	// Without O_TRUNC nothing is cut, not even by O_CREATE.
	writer = must_open("trunc.f", O_CREATE | O_WRONLY);
	close(writer);
	expect_file("trunc.f", 22, 10);
	must_unlink("trunc.f");
}

// A write beyond the end leaves no hole: it fails.
static void
truncate2(void)
{
	int far, cut;

	far = must_open("hole.f", O_CREATE | O_TRUNC | O_WRONLY);
	must_write(far, "abcd", 4);
	cut = must_open("hole.f", O_TRUNC | O_WRONLY);
	EXPECT(write(far, "x", 1) == -1, "wrote beyond the end");
	EXPECT(size_of("hole.f") == 0, "size %ld", size_of("hole.f"));
	must_write(cut, "1234", 4);
	must_write(far, "5678", 4); // now it is not
	EXPECT(size_of("hole.f") == 8, "size %ld", size_of("hole.f"));
	close(far);
	close(cut);
	must_unlink("hole.f");
}

// One process cuts a file over and over while others write and read it: what
// is read is always a beginning of what is written.
static void
cutter(long times)
{
	for (int i = 0; i < times; i++)
		close(must_open("race.f", O_TRUNC | O_WRONLY));
}

static void
reader(long times)
{
	char text[64];

	for (int i = 0; i < times; i++) {
		int fd = must_open("race.f", O_RDONLY);
		int n = read(fd, text, sizeof(text));

		EXPECT(n == 0 || n == 40, "%d bytes", n);
		EXPECT(data_differs(text, n, 31, 0) < 0, "the wrong bytes");
		close(fd);
	}
}

static void
truncate3(void)
{
	enum { TIMES = 60 };

	make_file("race.f", 31, 0);
	spawn(cutter, TIMES);
	spawn(reader, 2 * TIMES);
	data_fill(chunk, 40, 31, 0);
	for (int i = 0; i < TIMES; i++) {
		int fd = must_open("race.f", O_WRONLY | O_TRUNC);

		must_write(fd, chunk, 40);
		close(fd);
	}
	reap_all(2, 0);
	must_unlink("race.f");
}

// Single writes of every size that needs another number of blocks.
static void
bigwrite(void)
{
	for (int size = 499; size <= (int)sizeof(chunk); size += 471) {
		int fd;

		unlink("bw.f");
		fd = must_open("bw.f", O_CREATE | O_RDWR);
		for (int i = 0; i < 2; i++) {
			data_fill(chunk, size, size, i * size);
			must_write(fd, chunk, size);
		}
		close(fd);
		expect_file("bw.f", size, 2 * size);
	}
	must_unlink("bw.f");
}

// Writes that straddle blocks, read in halves.
static void
bigfile(void)
{
	enum { RECORDS = 40, SIZE = 600 };
	int fd = must_open("bf.f", O_CREATE | O_TRUNC | O_RDWR);

	for (int i = 0; i < RECORDS; i++) {
		data_fill(chunk, SIZE, 40 + i, 0);
		must_write(fd, chunk, SIZE);
	}
	close(fd);
	fd = must_open("bf.f", O_RDONLY);
	for (int i = 0; i < 2 * RECORDS; i++) {
		EXPECT(read(fd, chunk, SIZE / 2) == SIZE / 2, "half %d", i);
		EXPECT(data_differs(
		           chunk, SIZE / 2, 40 + i / 2, i % 2 * SIZE / 2) < 0,
		    "half %d is wrong", i);
	}
	EXPECT(read(fd, chunk, 1) == 0, "more than was written");
	close(fd);
	must_unlink("bf.f");
}

// Blocks of files that are removed or cut come back: more is written in all
// than the disk holds.
static void
blockreuse(void)
{
	enum { BLOCKS = 120, SIZE = BLOCKS * BSIZE };
	struct stat st;

	for (int written = 0; written < 2 * FSSIZE; written += 2 * BLOCKS) {
		make_file("re.f", written, SIZE);
		make_file("re.f", written + 1, SIZE);
		if (written % (8 * BLOCKS) == 0)
			expect_file("re.f", written + 1, SIZE);
		EXPECT(stat("re.f", &st) == 0 && st.size == SIZE, "size");
		must_unlink("re.f");
	}
}

// What fstat says of files, directories and devices.
static void
fstats(void)
{
	struct stat st, twin;
	int fd;

	make_file("st.f", 50, 1234);
	fd = must_open("st.f", O_RDONLY);
	memset(&st, 0xff, sizeof(st));
	EXPECT(fstat(fd, &st) == 0, "fstat");
	EXPECT(st.type == T_FILE && st.nlink == 1 && st.size == 1234 &&
	           st.dev == ROOTDEV && st.ino > ROOTINO,
	    "type %d, %d links, %ld bytes, device %d, inode %d", st.type,
	    st.nlink, st.size, st.dev, st.ino);
	EXPECT(link("st.f", "st.g") == 0, "link");
	EXPECT(stat("st.g", &twin) == 0, "stat");
	EXPECT(twin.ino == st.ino && twin.nlink == 2, "inode %d, %d links",
	    twin.ino, twin.nlink);
	must_unlink("st.f");
	must_unlink("st.g");
	EXPECT(fstat(fd, &st) == 0 && st.nlink == 0, "%d links", st.nlink);
	close(fd);

	EXPECT(stat("/", &st) == 0 && st.type == T_DIR, "/: type %d", st.type);
	EXPECT(stat("/console", &st) == 0 && st.type == T_DEVICE,
	    "/console: type %d", st.type);
}

const struct usertest file_tests[] = {
    {"opentest", opentest, 0},
    {"writetest", writetest, 0},
    {"writebig", writebig, 0},
    {"createtest", createtest, 0},
    {"truncate1", truncate1, 0},
    {"truncate2", truncate2, 0},
    {"truncate3", truncate3, 0},
    {"bigwrite", bigwrite, 0},
    {"bigfile", bigfile, 0},
    {"blockreuse", blockreuse, 0},
    {"fstats", fstats, 0},
    {0, 0, 0},
};
