// Files that several processes work on at once.
#include "user/usertests/cases.h"

// Processes that share a descriptor share its offset: nothing they write is
// lost, and each record is whole.
#define SHARED_RECORDS 60
#define SHARED_WRITERS 3
#define RECORD         40

static int shared_fd;

static void
write_records(long who)
{
	char record[RECORD];

	memset(record, 'a' + who, RECORD);
	for (int i = 0; i < SHARED_RECORDS; i++)
		must_write(shared_fd, record, RECORD);
}

static void
sharedfd(void)
{
	char record[RECORD];
	int seen[SHARED_WRITERS] = {0};
	int n;

	shared_fd = must_open("shared.f", O_CREATE | O_TRUNC | O_RDWR);
	for (int i = 0; i < SHARED_WRITERS; i++)
		spawn(write_records, i);
	reap_all(SHARED_WRITERS, 0);
	close(shared_fd);
	shared_fd = must_open("shared.f", O_RDONLY);
	while ((n = read(shared_fd, record, RECORD)) == RECORD) {
		uint who = record[0] - 'a';

		EXPECT(who < SHARED_WRITERS, "byte %x", record[0]);
		for (int i = 0; i < RECORD; i++)
			EXPECT(record[i] == record[0], "a mixed record");
		seen[who]++;
	}
	EXPECT(n == 0, "%d bytes at the end", n);
	for (int i = 0; i < SHARED_WRITERS; i++)
		EXPECT(
		    seen[i] == SHARED_RECORDS, "%d records of %d", seen[i], i);
	close(shared_fd);
	must_unlink("shared.f");
}

// Processes that append to a file, each through a descriptor of its own: every
// record is there, whole.  Some are longer than one operation's share of a
// write, and may have others' between their parts; those are counted by bytes.
#define APPENDERS      4
#define APPEND_RECORDS 25
#define LONG_RECORD    (16 * BSIZE)

static void
append_records(long who)
{
	static char record[LONG_RECORD];
	int fd = must_open("append.f", O_CREATE | O_WRONLY | O_APPEND);

	memset(record, 'a' + who, sizeof(record));
	for (int i = 0; i < APPEND_RECORDS; i++)
		must_write(fd, record, RECORD);
	memset(record, 'A' + who, sizeof(record));
	must_write(fd, record, sizeof(record));
	close(fd);
}

static void
appenders(void)
{
	int bytes[128] = {0};
	char record[RECORD];
	int fd, n;

	unlink("append.f");
	for (int i = 0; i < APPENDERS; i++)
		spawn(append_records, i);
	reap_all(APPENDERS, 0);
	fd = must_open("append.f", O_RDONLY);
	while ((n = read(fd, record, sizeof(record))) > 0)
		for (int i = 0; i < n; i++)
			bytes[record[i] & 127]++;
	close(fd);
	for (int i = 0; i < APPENDERS; i++) {
		EXPECT(bytes['a' + i] == APPEND_RECORDS * RECORD,
		    "%d bytes of %c", bytes['a' + i], 'a' + i);
		EXPECT(bytes['A' + i] == LONG_RECORD, "%d bytes of %c",
		    bytes['A' + i], 'A' + i);
	}
	// Who reads and appends goes on reading behind what was appended.
	fd = must_open("append.f", O_RDWR | O_APPEND);
	EXPECT(read(fd, record, 4) == 4, "read");
	must_write(fd, "end", 3);
	EXPECT(read(fd, record, 4) == 0, "read behind the end");
	EXPECT(size_of("append.f") ==
	        APPENDERS * (APPEND_RECORDS * RECORD + LONG_RECORD) + 3,
	    "size %ld", size_of("append.f"));
	close(fd);
	must_unlink("append.f");
}

// A file each, written at the same time in pieces of different sizes.
static void
write_own(long who)
{
	static char piece[900];
	int fd =
	    must_open(numbered("own", who), O_CREATE | O_TRUNC | O_WRONLY);
	int size = 300 + 200 * who;

	for (int i = 0; i < 12; i++) {
		data_fill(piece, size, 110 + who, i * size);
		must_write(fd, piece, size);
	}
	close(fd);
}

static void
fourfiles(void)
{
	for (int i = 0; i < 4; i++)
		spawn(write_own, i);
	reap_all(4, 0);
	for (int i = 0; i < 4; i++) {
		expect_file(numbered("own", i), 110 + i, 12 * (300 + 200 * i));
		must_unlink(numbered("own", i));
	}
}

// Each process creates its own names and removes some of them again, all in
// one directory.
#define CD_NAMES   16
#define CD_WORKERS 4

static void
create_and_delete(long who)
{
	const char *const stems[CD_WORKERS] = {"cda", "cdb", "cdc", "cdd"};

	for (int i = 0; i < CD_NAMES; i++) {
		make_file(numbered(stems[who], i), 120 + who, i);
		if (i % 3 == 2) {
			must_unlink(numbered(stems[who], i - 1));
			expect_absent(numbered(stems[who], i - 1));
		}
	}
}

static void
createdelete(void)
{
	const char *const stems[CD_WORKERS] = {"cda", "cdb", "cdc", "cdd"};

	for (int i = 0; i < CD_WORKERS; i++)
		spawn(create_and_delete, i);
	reap_all(CD_WORKERS, 0);
	for (int who = 0; who < CD_WORKERS; who++)
		for (int i = 0; i < CD_NAMES; i++) {
			char *name = numbered(stems[who], i);

			if (i % 3 == 1 && i + 1 < CD_NAMES) {
				expect_absent(name);
				continue;
			}
			expect_file(name, 120 + who, i);
			must_unlink(name);
		}
	EXPECT(entries(".", "cd") == 0, "%d names left", entries(".", "cd"));
}

// Processes that create the same names at the same time: each name comes to
// be once, and all of them open the same file.
#define CC_NAMES   12
#define CC_WORKERS 4

static void
create_same(long who)
{
	for (int i = 0; i < CC_NAMES; i++) {
		int name = (i + who) % CC_NAMES;

		if (who % 2 == 0) {
			close(must_open(
			    numbered("cc", name), O_CREATE | O_RDWR));
		} else {
			// May find the name taken.
			link("cc.src", numbered("cc", name));
			close(must_open(numbered("cc", name), O_RDONLY));
		}
	}
}

static void
concreate(void)
{
	for (int round = 0; round < 3; round++) {
		make_file("cc.src", 130, 13);
		for (int i = 0; i < CC_WORKERS; i++)
			spawn(create_same, i);
		reap_all(CC_WORKERS, 0);
		EXPECT(entries(".", "cc") == CC_NAMES + 1, "%d names",
		    entries(".", "cc"));
		for (int i = 0; i < CC_NAMES; i++) {
			uint64 size = size_of(numbered("cc", i));

			EXPECT(size == 0 || size == 13, "size %ld", size);
			EXPECT(link("cc.src", numbered("cc", i)) == -1,
			    "name %d twice", i);
			must_unlink(numbered("cc", i));
			expect_absent(numbered("cc", i));
		}
		expect_file("cc.src", 130, 13);
		must_unlink("cc.src");
	}
}

// Links made, removed and created over each other, at random.
static void
link_or_unlink(long who)
{
	uint64 seed = who;

	for (int i = 0; i < 120; i++) {
		switch (below(&seed, 3)) {
		case 0:
			close(open("lu", O_CREATE | O_RDWR));
			break;
		case 1:
			link("/echo", "lu");
			break;
		default:
			unlink("lu");
		}
	}
}

static void
linkunlink(void)
{
	struct stat before, after;

	unlink("lu");
	EXPECT(stat("/echo", &before) == 0, "stat");
	for (int i = 0; i < 3; i++)
		spawn(link_or_unlink, i);
	reap_all(3, 0);
	unlink("lu");
	EXPECT(stat("/echo", &after) == 0, "stat");
	EXPECT(after.nlink == before.nlink, "%d links, then %d", before.nlink,
	    after.nlink);
	EXPECT(entries(".", "lu") == 0, "a name is left");
}

// Directories made and removed in each other by processes that walk up and
// down through them: nobody waits for ever, nobody ends up elsewhere.
static void
walk(long who)
{
	uint64 seed = who;
	struct stat st;

	for (int i = 0; i < 60; i++)
		switch (below(&seed, 4)) {
		case 0:
			mkdir("w/a");
			break;
		case 1:
			mkdir("w/a/b");
			break;
		case 2:
			unlink(below(&seed, 2) ? "w/a/b" : "w/a");
			break;
		default:
			if (stat("w/a/b/../../a/../../w/a", &st) == 0)
				EXPECT(st.type == T_DIR, "type %d", st.type);
		}
}

static void
crosswalk(void)
{
	EXPECT(mkdir("w") == 0, "mkdir");
	for (int i = 0; i < 4; i++)
		spawn(walk, i);
	reap_all(4, 0);
	unlink("w/a/b");
	unlink("w/a");
	EXPECT(entries("w", "") == 2, "%d entries", entries("w", ""));
	must_unlink("w");
}

// More of everything, for longer.
static void
write_much(long who)
{
	for (int i = 0; i < 30; i++) {
		int size = 200 + 700 * (i % 9);

		make_file(numbered("mw", who), who + 8 * i, size);
		expect_file(numbered("mw", who), who + 8 * i, size);
		must_unlink(numbered("mw", who));
	}
}

static void
manywrites(void)
{
	for (int i = 0; i < 8; i++)
		spawn(write_much, i);
	reap_all(8, 0);
	EXPECT(entries(".", "mw") == 0, "%d names left", entries(".", "mw"));
}

const struct usertest crowd_tests[] = {
    {"sharedfd", sharedfd, 0},
    {"appenders", appenders, 0},
    {"fourfiles", fourfiles, 0},
    {"createdelete", createdelete, 0},
    {"concreate", concreate, 0},
    {"linkunlink", linkunlink, 0},
    {"crosswalk", crosswalk, 0},
    {"manywrites", manywrites, 1},
    {0, 0, 0},
};
