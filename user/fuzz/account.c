// Nothing is lost: what the system has free before and after.
//
// Inodes and blocks are counted by taking all there are, up to a limit that
// keeps large disks from taking minutes; directories that were there before
// may have grown, and keep the blocks.

#include "user/fuzz/fuzz.h"
#include "user/lib/run.h"

#define COUNTED   "/fuzzcount"
#define ALL_FILES 400
#define BIG_FILES 16 // of MAXFILE blocks each: what all free blocks fit into
#define CHUNK     (8 * BSIZE)
#define NKNOWN    128

// Pages that may seem lost: what the kernel's caches keep when they are as
// small as they get (32 clusters of blocks, the processes there are) may be
// spread over more slabs than before; up to 8 were seen, however long the run.
// For pages of user memory this is no excuse, since the audit finds every one of
// those, and page tables have a count of their own.
#define PAGE_SLACK  16
#define TABLE_SLACK 2

static const char *const watched[] = {"/", "/dev"};
static char known[2][NKNOWN][DIRSIZ + 1]; // names that were there before
static uint nknown[2];

static char *
numbered(const char *stem, int n)
{
	static char path[40];

	snprintf(path, sizeof(path), COUNTED "/%s%d", stem, n);
	return path;
}

static int
free_inodes(void)
{
	int n = 0, fd;

	while (n < ALL_FILES &&
	       (fd = open(numbered("f", n), O_CREATE | O_RDWR)) >= 0) {
		close(fd);
		n++;
	}
	for (int i = 0; i < n; i++)
		unlink(numbered("f", i));
	return n;
}

// Fills the file, the last blocks one by one; returns its blocks.
static int
fill(int fd)
{
	static char chunk[CHUNK];
	struct stat st;

	while (write(fd, chunk, CHUNK) == CHUNK)
		;
	while (write(fd, chunk, BSIZE) == BSIZE)
		;
	return fstat(fd, &st) == 0 ? (int)(st.size / BSIZE) : 0;
}

static int
free_blocks(void)
{
	int total = 0, files = 0, fd;

	while (files < BIG_FILES &&
	       (fd = open(numbered("b", files), O_CREATE | O_RDWR)) >= 0) {
		int n = fill(fd);

		close(fd);
		files++;
		total += n;
		if (n == 0)
			break;
	}
	for (int i = 0; i < files; i++)
		unlink(numbered("b", i));
	return total;
}

static int
blocks_of(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 ? (int)((st.size + BSIZE - 1) / BSIZE) : 0;
}

void
account_take(struct account *a)
{
	EXPECT(mkdir(COUNTED) == 0, "cannot make " COUNTED);
	a->inodes = free_inodes();
	a->blocks = free_blocks();
	EXPECT(unlink(COUNTED) == 0, "cannot remove " COUNTED);
	for (uint d = 0; d < 2; d++)
		a->blocks += blocks_of(watched[d]);
	EXPECT(
	    tell_device("fuzz", "/dev/memstat", "shrink") == 0, "no memstat");
	a->pages = memstat_read("free_pages");
	a->tables = memstat_read("table_pages");
}

static int
lost(const char *what, long before, long after, long slack)
{
	if (before - after <= slack)
		return 0;
	printf("fuzz: %ld %s lost\n", before - after, what);
	return 1;
}

int
account_compare(const struct account *before, struct account *after)
{
	account_take(after);
	// Whoever was killed last may still be on its way out.
	for (int i = 0; i < 20; i++) {
		if (before->pages - after->pages <= PAGE_SLACK &&
		    after->tables - before->tables <= TABLE_SLACK)
			break;
		sleep(1);
		account_take(after);
	}
	return lost("inodes", before->inodes, after->inodes, 0) |
	       lost("blocks", before->blocks, after->blocks, 0) |
	       lost(
	           "page tables", after->tables, before->tables, TABLE_SLACK) |
	       lost("pages", before->pages, after->pages, PAGE_SLACK);
}

// The next entry of a directory that is open at fd, "." and ".." left out; 0
// at its end.
static int
next_name(int fd, char name[DIRSIZ + 1])
{
	struct dirent e;

	while (read(fd, &e, sizeof(e)) == sizeof(e)) {
		memmove(name, e.name, DIRSIZ);
		name[DIRSIZ] = 0;
		if (e.inum != 0 && strcmp(name, ".") != 0 &&
		    strcmp(name, "..") != 0)
			return 1;
	}
	return 0;
}

void
remember_names(void)
{
	for (uint d = 0; d < 2; d++) {
		int fd = open(watched[d], O_RDONLY);

		while (
		    nknown[d] < NKNOWN && next_name(fd, known[d][nknown[d]]))
			nknown[d]++;
		EXPECT(nknown[d] < NKNOWN, "too many names in %s", watched[d]);
		close(fd);
	}
}

static bool
is_known(uint d, const char *name)
{
	for (uint i = 0; i < nknown[d]; i++)
		if (strcmp(known[d][i], name) == 0)
			return true;
	return false;
}

// Removes what is below the current directory, however deep that goes: in a
// directory that is empty it goes up and removes that.
static int
empty_here(void)
{
	char name[DIRSIZ + 1], above[64][DIRSIZ + 1];
	uint depth = 0;

	for (;;) {
		int fd = open(".", O_RDONLY);
		int found = next_name(fd, name);

		close(fd);
		if (!found && depth == 0)
			return 0;
		if (!found) {
			if (chdir("..") < 0 || unlink(above[--depth]) < 0)
				return -1;
		} else if (unlink(name) < 0) {
			if (depth == 64 || chdir(name) < 0)
				return -1;
			memmove(above[depth++], name, sizeof(name));
		}
	}
}

static int
remove_all(const char *name)
{
	if (unlink(name) == 0)
		return 0;
	if (chdir(name) < 0 || empty_here() < 0 || chdir("..") < 0)
		return -1;
	return unlink(name);
}

// What the workers have left in a watched directory.
static int
clean_directory(uint d)
{
	char name[DIRSIZ + 1];
	int failed = 0, fd;

	EXPECT(chdir(watched[d]) == 0, "cannot go to %s", watched[d]);
	fd = open(".", O_RDONLY);
	while (next_name(fd, name)) {
		if (is_known(d, name) || remove_all(name) == 0)
			continue;
		printf("fuzz: cannot remove %s in %s\n", name, watched[d]);
		failed = 1;
		EXPECT(chdir(watched[d]) == 0, "cannot go back");
	}
	close(fd);
	chdir("/");
	return failed;
}

int
clean_up(void)
{
	return clean_directory(0) | clean_directory(1);
}

int
audit(void)
{
	return tell_device("fuzz", "/dev/memstat", "audit") < 0;
}
