// Directories as lists of names.
#include "user/usertests/cases.h"

static void
dirtest(void)
{
	EXPECT(mkdir("d1") == 0, "mkdir");
	EXPECT(entries("d1", "") == 2, "%d entries", entries("d1", ""));
	EXPECT(entries("d1", ".") == 2, "neither . nor ..");
	EXPECT(chdir("d1") == 0, "chdir");
	expect_absent("d1");
	EXPECT(chdir("..") == 0, "chdir ..");
	must_unlink("d1");
	EXPECT(chdir("d1") == -1, "chdir to what is gone");
}

// Slots of removed names are used again: a directory does not grow while the
// number of its names does not.
static void
dirslots(void)
{
	enum { NAMES = 20 };
	uint64 size;

	EXPECT(mkdir("ds") == 0, "mkdir");
	EXPECT(chdir("ds") == 0, "chdir");
	make_file("file", 90, 9);
	for (int i = 0; i < NAMES; i++)
		EXPECT(link("file", numbered("n", i)) == 0, "link %d", i);
	size = size_of(".");
	for (int i = 0; i < 5 * NAMES; i++) {
		must_unlink(numbered("n", i));
		EXPECT(
		    link("file", numbered("n", i + NAMES)) == 0, "link %d", i);
		EXPECT(entries(".", "n") == NAMES, "after %d", i);
	}
	EXPECT(
	    size_of(".") == size, "grew from %ld to %ld", size, size_of("."));
	for (int i = 5 * NAMES; i < 6 * NAMES; i++)
		must_unlink(numbered("n", i));
	must_unlink("file");
	EXPECT(chdir("..") == 0, "chdir");
	must_unlink("ds");
}

// As deep as a path can say, and back by "..".
static void
deep(void)
{
	static char up[MAXPATH];
	enum { LEVELS = 25 };
	struct stat top, st;

	EXPECT(stat(".", &top) == 0, "stat");
	for (int i = 0; i < LEVELS; i++) {
		EXPECT(mkdir("deep.d") == 0, "mkdir at level %d", i);
		EXPECT(chdir("deep.d") == 0, "chdir at level %d", i);
	}
	make_file("bottom", 95, 950);
	for (int i = 0; i < LEVELS; i++)
		memmove(up + 3 * i, "../", 4);
	EXPECT(stat(up, &st) == 0 && st.ino == top.ino, "%s leads to %d", up,
	    st.ino);
	expect_file("bottom", 95, 950);
	must_unlink("bottom");
	for (int i = 0; i < LEVELS; i++) {
		EXPECT(chdir("..") == 0, "chdir ..");
		must_unlink("deep.d");
	}
	EXPECT(stat(".", &st) == 0 && st.ino == top.ino, "lost the way");
}

// A directory of many blocks: every name is found, wherever it stands.
static void
bigdir(void)
{
	enum { NAMES = 500 };

	EXPECT(mkdir("bd") == 0, "mkdir");
	EXPECT(chdir("bd") == 0, "chdir");
	make_file("x", 99, 99);
	for (int i = 0; i < NAMES; i++)
		EXPECT(link("x", numbered("x", i)) == 0, "link %d", i);
	EXPECT(
	    entries(".", "x") == NAMES + 1, "%d entries", entries(".", "x"));
	for (int i = NAMES - 1; i >= 0; i--) {
		uint64 seed = i;
		int other = below(&seed, NAMES);

		EXPECT(link("x", numbered("x", i)) == -1, "link %d twice", i);
		if (other < i)
			expect_file(numbered("x", other), 99, 99);
		must_unlink(numbered("x", i));
		expect_absent(numbered("x", i));
	}
	EXPECT(entries(".", "x") == 1, "%d entries", entries(".", "x"));
	must_unlink("x");
	EXPECT(chdir("..") == 0, "chdir");
	must_unlink("bd");
}

// Bytes of a directory's entries that are neither number nor name.
static int
entry_rests(const char *dir)
{
	struct dirent e;
	int fd = must_open(dir, O_RDONLY), rests = 0;

	while (read(fd, &e, sizeof(e)) == sizeof(e)) {
		uint i = e.inum != 0 ? strlen(e.name) : 0;

		for (; i < DIRSIZ; i++)
			rests += e.name[i] != 0;
	}
	close(fd);
	return rests;
}

// An entry shows nothing of the name that had its slot before, nor of the path
// it was made from.
static void
dirclean(void)
{
	EXPECT(mkdir("dc") == 0, "mkdir");
	make_file("dc/averylongname", 1, 1);
	must_unlink("dc/averylongname");
	EXPECT(entry_rests("dc") == 0, "a removed name stays");
	make_file("dc/..//dc/./y", 1, 1);
	EXPECT(entry_rests("dc") == 0, "behind a short name");
	must_unlink("dc/y");
	must_unlink("dc");
}

const struct usertest dir_tests[] = {
    {"dirtest", dirtest, 0},
    {"dirslots", dirslots, 0},
    {"dirclean", dirclean, 0},
    {"deep", deep, 0},
    {"bigdir", bigdir, 1},
    {0, 0, 0},
};
