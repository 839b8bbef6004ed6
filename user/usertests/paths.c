// Names and paths: what leads where, and what must not.
#include "user/usertests/cases.h"

static void
must_mkdir(const char *path)
{
	EXPECT(mkdir(path) == 0, "cannot make directory %s", path);
}

static uint
inode_of(const char *path)
{
	struct stat st;

	EXPECT(stat(path, &st) == 0, "cannot stat %s", path);
	return st.ino;
}

static void
expect_same(const char *a, const char *b)
{
	EXPECT(inode_of(a) == inode_of(b), "%s is not %s", a, b);
}

// A small tree walked in every direction, and every way to misuse it.
static void
subdir_walks(void)
{
	make_file("sd/f", 1, 10);
	must_mkdir("sd/in");
	make_file("sd/in/f", 2, 20);
	expect_same("sd/f", "sd/in/../f");
	expect_same("sd/f", "sd/./in/.././in/../f");
	expect_same("sd/in/f", "sd//in///f");
	expect_same("sd/in/", "sd/in");
	EXPECT(inode_of("sd/f") != inode_of("sd/in/f"), "two files are one");

	EXPECT(chdir("sd/in") == 0, "chdir");
	expect_file("f", 2, 20);
	expect_file("../f", 1, 10);
	expect_file("../../sd/in/../f", 1, 10);
	EXPECT(link("f", "../twin") == 0, "link");
	EXPECT(chdir("../..") == 0, "chdir back");
	expect_file("sd/twin", 2, 20);
	expect_same("sd/twin", "sd/in/f");
	must_unlink("sd/twin");
}

static void
subdir(void)
{
	unlink("sd/in/f");
	unlink("sd/in");
	unlink("sd/f");
	unlink("sd");
	EXPECT(mkdir("sd/in") == -1, "mkdir without a parent");
	must_mkdir("sd");
	EXPECT(mkdir("sd") == -1, "mkdir twice");
	subdir_walks();

	EXPECT(unlink("sd") == -1, "unlinked a directory with entries");
	EXPECT(unlink("sd/in") == -1, "unlinked a directory with a file");
	EXPECT(open("sd", O_WRONLY) == -1, "opened a directory to write");
	EXPECT(open("sd", O_RDWR) == -1, "opened a directory to write");
	EXPECT(open("sd", O_CREATE) == -1, "created over a directory");
	EXPECT(open("sd/f/x", O_CREATE | O_RDWR) == -1, "file in a file");
	EXPECT(open("sd/no/x", O_CREATE | O_RDWR) == -1, "file in nothing");
	EXPECT(link("sd", "sd/loop") == -1, "linked a directory");
	EXPECT(link("sd/f", "sd/in/f") == -1, "link over a file");
	EXPECT(link("sd/none", "sd/x") == -1, "link from nothing");
	EXPECT(link("sd/f", "sd/no/x") == -1, "link into nothing");
	EXPECT(mkdir("sd/f/x") == -1, "directory in a file");
	EXPECT(chdir("sd/f") == -1 && chdir("sd/no") == -1, "chdir");
	EXPECT(unlink("sd/f/x") == -1, "unlinked below a file");
	EXPECT(entries("sd", "") == 4, "%d entries", entries("sd", ""));

	must_unlink("sd/in/f");
	must_unlink("sd/in");
	EXPECT(chdir("sd/in") == -1, "chdir to what is gone");
	must_unlink("sd/f");
	must_unlink("sd");
	EXPECT(unlink("sd") == -1, "unlinked twice");
}

// Names are cut to 14 bytes, and all 14 count.
static void
fourteen(void)
{
	unlink("a-name-of-14-b/a-name-of-14-b");
	unlink("a-name-of-14-b");
	unlink("a-name-of-14-c");
	must_mkdir("a-name-of-14-b");
	must_mkdir("a-name-of-14-c");
	EXPECT(inode_of("a-name-of-14-b") != inode_of("a-name-of-14-c"),
	    "the last byte does not count");
	EXPECT(mkdir("a-name-of-14-bytes-and-more") == -1,
	    "a longer name is another one");
	make_file("a-name-of-14-bites/a-name-of-14-bats", 14, 14);
	expect_file("a-name-of-14-b/a-name-of-14-b", 14, 14);
	EXPECT(
	    mkdir("a-name-of-14-b/a-name-of-14-b") == -1, "mkdir over a file");
	expect_absent("a-name-of-13-");
	must_unlink("a-name-of-14-b/a-name-of-14-booo");
	must_unlink("a-name-of-14-boo");
	must_unlink("a-name-of-14-c");
	expect_absent("a-name-of-14-b");
}

// "." and ".." cannot be removed, by whatever way one comes to them.
static void
rmdot(void)
{
	static const char *const names[] = {".", "..", "dots/.", "dots/..",
	    "dots/./.", "/.", "/..", "/", "../."};

	unlink("dots");
	must_mkdir("dots");
	EXPECT(chdir("dots") == 0, "chdir");
	EXPECT(
	    unlink(".") == -1 && unlink("..") == -1, "unlinked from within");
	EXPECT(chdir("..") == 0, "chdir back");
	for (uint i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		EXPECT(unlink(names[i]) == -1, "unlinked %s", names[i]);
		EXPECT(mkdir(names[i]) == -1, "made directory %s", names[i]);
		EXPECT(open(names[i], O_CREATE | O_RDWR) == -1, "created %s",
		    names[i]);
		EXPECT(link("/usertests", names[i]) == -1, "linked to %s",
		    names[i]);
	}
	EXPECT(entries("dots", "") == 2, "%d entries", entries("dots", ""));
	must_unlink("dots");
	expect_absent("dots/.");
}

// A file is no directory.
static void
dirfile(void)
{
	make_file("plain", 5, 100);
	EXPECT(chdir("plain") == -1, "chdir");
	EXPECT(open("plain/x", O_RDONLY) == -1, "open");
	EXPECT(open("plain/x", O_CREATE) == -1, "create");
	EXPECT(open("plain/.", O_RDONLY) == -1, "open .");
	EXPECT(open("plain/..", O_RDONLY) == -1, "open ..");
	EXPECT(mkdir("plain/x") == -1, "mkdir");
	EXPECT(mknod("plain/x", 1, 0) == -1, "mknod");
	EXPECT(unlink("plain/x") == -1, "unlink");
	EXPECT(link("/usertests", "plain/x") == -1, "link");
	EXPECT(mkdir("plain") == -1, "mkdir over it");
	EXPECT(mknod("plain", 1, 0) == -1, "mknod over it");
	EXPECT(write(must_open(".", O_RDONLY), "x", 1) == -1,
	    "wrote to a directory");
	expect_file("plain", 5, 100);
	must_unlink("plain");
	expect_absent("plain");
}

// Calls that fail on the way must let go of every inode they held: more of
// them than a table of inodes has room for.
static void
iref(void)
{
	enum { DEEP = 12, TIMES = 8 };

	for (int i = 0; i < DEEP; i++) {
		must_mkdir("irefd");
		EXPECT(chdir("irefd") == 0, "chdir");
		for (int j = 0; j < TIMES; j++) {
			int fd;

			EXPECT(mkdir("") == -1, "made a nameless directory");
			EXPECT(link("/usertests", "") == -1, "linked it");
			EXPECT(open("", O_CREATE) == -1, "created it");
			EXPECT(unlink("") == -1, "unlinked it");
			EXPECT(open("none/x", O_CREATE) == -1, "created it");
			fd = must_open("xx", O_CREATE | O_RDWR);
			close(fd);
			must_unlink("xx");
		}
	}
	for (int i = 0; i < DEEP; i++) {
		EXPECT(chdir("..") == 0, "chdir back");
		must_unlink("irefd");
	}
	expect_absent("irefd");
}

// The root is its own parent, and every path can begin there.
static void
rootdots(void)
{
	expect_same("/", "/..");
	expect_same("/", "/../../.");
	expect_same("/usertests", "/../././usertests");
	EXPECT(inode_of("/") == ROOTINO, "inode %d", inode_of("/"));
	EXPECT(chdir("/") == 0, "chdir");
	expect_same("..", ".");
	EXPECT(mkdir("/dots.d") == 0 && chdir("/dots.d/..") == 0, "chdir");
	expect_same(".", "/");
	must_unlink("/dots.d");
	expect_absent("/usertests/..");
	expect_absent("/nosuchname");
}

const struct usertest path_tests[] = {
    {"subdir", subdir, 0},
    {"fourteen", fourteen, 0},
    {"rmdot", rmdot, 0},
    {"dirfile", dirfile, 0},
    {"iref", iref, 0},
    {"rootdots", rootdots, 0},
    {0, 0, 0},
};
