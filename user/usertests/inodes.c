// Inodes that lose their last name while they are in use: open, the current
// directory of someone, or on the way of a path.
#include "user/usertests/cases.h"

// The current directory has no name any more.
static void
iput(void)
{
	unlink("gone.d");
	EXPECT(mkdir("gone.d") == 0, "mkdir");
	EXPECT(chdir("gone.d") == 0, "chdir");
	must_unlink("../gone.d");
	EXPECT(open("x", O_CREATE | O_RDWR) == -1,
	    "created a file where nobody can find it");
	EXPECT(chdir("/") == 0, "chdir to /");
	expect_absent("gone.d");
}

// The same, and it is exit that lets go of it.
static void
leave_directory(long how)
{
	EXPECT(mkdir("exit.d") == 0, "mkdir");
	EXPECT(chdir("exit.d") == 0, "chdir");
	must_unlink("../exit.d");
	if (how == 1)
		*(volatile char *)bad_address(0) = 1; // a fault lets go, too
	exit(0);
}

static void
exitiput(void)
{
	unlink("exit.d");
	for (int i = 0; i < 6; i++) {
		int status = outcome_of(leave_directory, i % 2);

		EXPECT(status == -(i % 2), "status %d", status);
		expect_absent("exit.d");
	}
}

// open() for writing finds a directory, which somebody removes meanwhile.
static void
open_directory(long times)
{
	for (int i = 0; i < times; i++)
		EXPECT(open("open.d", O_RDWR) == -1,
		    "opened a directory for writing");
}

static void
openiput(void)
{
	unlink("open.d");
	spawn(open_directory, 300);
	spawn(open_directory, 300);
	for (int i = 0; i < 30; i++) {
		EXPECT(mkdir("open.d") == 0, "mkdir");
		must_unlink("open.d");
	}
	reap_all(2, 0);
	expect_absent("open.d");
}

// An open file keeps its contents when its name goes, and a new file of that
// name is another one.
static void
unlinkread(void)
{
	char text[64];
	int old, new;

	make_file("ur.f", 61, 48);
	old = must_open("ur.f", O_RDWR);
	must_unlink("ur.f");
	expect_absent("ur.f");
	make_file("ur.f", 62, 16);
	new = must_open("ur.f", O_RDONLY);
	EXPECT(read(old, text, 32) == 32, "read");
	EXPECT(data_differs(text, 32, 61, 0) < 0, "the old contents");
	EXPECT(read(new, text, 64) == 16, "read");
	EXPECT(data_differs(text, 16, 62, 0) < 0, "the new contents");
	EXPECT(read(old, text, 64) == 16, "read on");
	EXPECT(data_differs(text, 16, 61, 32) < 0, "the old contents");
	must_write(old, "more", 4);
	expect_file("ur.f", 62, 16);
	close(old);
	close(new);
	expect_file("ur.f", 62, 16);
	must_unlink("ur.f");
}

// Names come and go; the file stays while one is left.
static void
linktest(void)
{
	unlink("l1");
	unlink("l2");
	unlink("l3");
	make_file("l1", 71, 300);
	EXPECT(link("l1", "l2") == 0, "link");
	EXPECT(link("l2", "l3") == 0, "link");
	EXPECT(link("l1", "l3") == -1, "link to what is there");
	EXPECT(link("l1", "l1") == -1, "link to itself");
	must_unlink("l1");
	expect_absent("l1");
	expect_file("l2", 71, 300);
	must_unlink("l2");
	EXPECT(link("l1", "l2") == -1, "link from what is gone");
	expect_file("l3", 71, 300);
	EXPECT(link("l3", "l1") == 0, "link back");
	must_unlink("l3");
	expect_file("l1", 71, 300);
	EXPECT(link(".", "l4") == -1, "link to a directory");
	must_unlink("l1");
}

// Blocks and inode of a file without a name are free once it is closed, by
// close, exit, or the end of a killed process.
static void
hold_unlinked(long how)
{
	int fd;

	make_file("held.f", 80, 100 * BSIZE);
	fd = must_open("held.f", O_RDONLY);
	must_unlink("held.f");
	if (how == 0)
		close(fd);
	if (how == 1)
		kill(getpid());
	exit(0);
}

static void
unlinkopen(void)
{
	// Together more than the disk holds.
	for (int i = 0; i < FSSIZE / 100 + 3; i++) {
		int status = outcome_of(hold_unlinked, i % 3);

		EXPECT(status == (i % 3 == 1 ? -1 : 0), "status %d", status);
	}
	expect_absent("held.f");
	make_file("held.f", 81, 100 * BSIZE);
	expect_file("held.f", 81, 100 * BSIZE);
	must_unlink("held.f");
}

// Link counts of directories: a subdirectory's ".." is a link to its parent.
static int
links(const char *path)
{
	struct stat st;

	EXPECT(stat(path, &st) == 0, "stat %s", path);
	return st.nlink;
}

static void
linkcounts(void)
{
	int before;

	EXPECT(mkdir("lc") == 0, "mkdir");
	before = links("lc");
	EXPECT(mkdir("lc/a") == 0 && mkdir("lc/b") == 0, "mkdir");
	EXPECT(links("lc") == before + 2, "%d links with two subdirectories",
	    links("lc"));
	must_unlink("lc/a");
	EXPECT(links("lc") == before + 1, "%d links with one", links("lc"));
	make_file("lc/f", 1, 1);
	EXPECT(link("lc/f", "lc/g") == 0, "link");
	EXPECT(links("lc/f") == 2 && links("lc/g") == 2, "links of a file");
	EXPECT(links("lc") == before + 1, "a file is no subdirectory");
	must_unlink("lc/f");
	EXPECT(links("lc/g") == 1, "%d links", links("lc/g"));
	must_unlink("lc/g");
	must_unlink("lc/b");
	EXPECT(links("lc") == before, "%d links", links("lc"));
	must_unlink("lc");
}

const struct usertest inode_tests[] = {
    {"iput", iput, 0},
    {"exitiput", exitiput, 0},
    {"openiput", openiput, 0},
    {"unlinkread", unlinkread, 0},
    {"linktest", linktest, 0},
    {"unlinkopen", unlinkopen, 0},
    {"linkcounts", linkcounts, 0},
    {0, 0, 0},
};
