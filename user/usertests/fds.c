// Descriptors: numbers, limits, and what fork shares of them.
#include "user/usertests/cases.h"

// Closes all but the first three.
static void
close_others(void)
{
	for (int fd = 3; fd < NOFILE; fd++)
		close(fd);
}

// Descriptors until there are none; always the lowest; each works.
static void
openmany(void)
{
	char c = 0;
	int p[2];

	close_others();
	for (int fd = 3; fd < NOFILE; fd++)
		EXPECT(open("/usertests", O_RDONLY) == fd, "not the lowest");
	EXPECT(open("/usertests", O_RDONLY) == -1, "one too many");
	EXPECT(dup(1) == -1, "dup, one too many");
	EXPECT(pipe(p) == -1, "pipe, two too many");
	EXPECT(open("om.f", O_CREATE | O_RDWR) == -1, "create");
	unlink("om.f");

	close(9);
	EXPECT(pipe(p) == -1, "pipe with one free descriptor");
	EXPECT(dup(4) == 9, "the one that is free");
	EXPECT(read(9, &c, 1) == 1 && c == 0x7f, "read of the duplicate");
	EXPECT(read(4, &c, 1) == 1 && c == 'E', "they share the offset");
	EXPECT(read(5, &c, 1) == 1 && c == 0x7f, "these do not");
	close(7);
	close(12);
	EXPECT(
	    pipe(p) == 0 && p[0] + p[1] == 19, "pipe got %d %d", p[0], p[1]);
	must_write(p[1], "q", 1);
	EXPECT(read(p[0], &c, 1) == 1 && c == 'q', "the pipe");
	close_others();
}

// A child's closes, opens and dups are its own; offsets are everybody's.
static int shared; // a descriptor that several processes read from

static void
rearrange(long offset)
{
	char c;

	EXPECT(read(shared, &c, 1) == 1 && c == data_at(1, offset),
	    "the offset is not %ld", offset);
	close_others();
	EXPECT(open("/", O_RDONLY) == 3, "reuse of a descriptor");
	EXPECT(dup(0) == 4, "reuse of a descriptor");
	EXPECT(chdir("/ds.d") == 0, "chdir");
	close(0);
	close(1);
}

// One change each, as the first that a process makes after it was forked.
static void
change_once(long how)
{
	int p[2];

	switch (how) {
	case 0:
		EXPECT(close(shared) == 0, "close");
		break;
	case 1:
		EXPECT(chdir("/ds.d") == 0, "chdir");
		break;
	case 2:
		EXPECT(dup(0) == shared + 2, "dup");
		break;
	case 3:
		EXPECT(open("/", O_RDONLY) == shared + 2, "open");
		break;
	case 4:
		EXPECT(pipe(p) == 0 && p[0] == shared + 2, "pipe");
		break;
	}
}

static void
expect_unchanged(uint directory)
{
	struct stat st;
	int next = dup(shared);

	EXPECT(stat(".", &st) == 0 && st.ino == directory,
	    "the child took us along to inode %d", st.ino);
	EXPECT(next == shared + 2, "next free descriptor %d", next);
	close(next);
}

static void
dupshare(void)
{
	char text[8];
	struct stat here, there;
	int fd, twin;

	close_others();
	make_file("ds.f", 1, 32);
	EXPECT(mkdir("/ds.d") == 0, "mkdir");
	fd = must_open("ds.f", O_RDONLY);
	twin = dup(fd);
	EXPECT(stat(".", &here) == 0, "stat");
	EXPECT(read(fd, text, 2) == 2, "read");
	shared = fd;
	EXPECT(outcome_of(rearrange, 2) == 0, "the first child failed");
	EXPECT(outcome_of(rearrange, 3) == 0, "the second child failed");
	EXPECT(stat(".", &there) == 0 && here.ino == there.ino,
	    "the child took us along");
	for (int how = 0; how < 5; how++) {
		EXPECT(outcome_of(change_once, how) == 0, "change %d", how);
		expect_unchanged(here.ino);
	}
	EXPECT(read(twin, text, 2) == 2, "the child's close closed ours");
	EXPECT(data_differs(text, 2, 1, 4) < 0, "the offset is another");
	EXPECT(dup(0) == fd + 2, "a descriptor is gone");
	close_others();
	must_unlink("ds.f");
	must_unlink("/ds.d");
}

// A close in the parent does not take it from the child either, nor one in
// the child from the grandchild.
static void
keep_reading(long fd)
{
	char text[4];
	int pid = must_fork();

	if (pid != 0) {
		close(fd);
		EXPECT(reap(pid) == 0, "the grandchild failed");
		EXPECT(read(fd, text, 1) == -1, "close had no effect");
		return;
	}
	sleep(1);
	EXPECT(read(fd, text, 4) == 4, "it was closed by somebody else");
	EXPECT(data_differs(text, 4, 2, 0) < 0, "the wrong bytes");
}

static void
closeshare(void)
{
	int fd, pid;

	close_others();
	make_file("cs.f", 2, 8);
	fd = must_open("cs.f", O_RDONLY);
	must_unlink("cs.f");
	pid = spawn(keep_reading, fd);
	close(fd);
	EXPECT(open("/", O_RDONLY) == fd, "the number is free");
	EXPECT(reap(pid) == 0, "the child failed");
	close(fd);
}

// Processes that fork and change their descriptors at the same time.
static void
churn(long who)
{
	uint64 seed = who;

	for (int i = 0; i < 60; i++) {
		int fd = dup(0), p[2];

		EXPECT(fd >= 3, "dup gave %d", fd);
		if (must_fork() == 0) {
			close(fd);
			EXPECT(pipe(p) == 0 && p[0] == fd, "pipe");
			if (below(&seed, 2))
				close(p[0]);
			exit(0);
		}
		if (below(&seed, 2))
			close(fd);
		reap_all(1, 0);
		close(fd);
	}
}

static void
fdchurn(void)
{
	close_others();
	for (int i = 0; i < 4; i++)
		spawn(churn, i);
	reap_all(4, 0);
}

// What each way of opening allows.
static void
openmodes(void)
{
	char c = 'm';
	int r, w, rw, t;

	make_file("mode.f", 3, 3);
	r = must_open("mode.f", O_RDONLY);
	w = must_open("mode.f", O_WRONLY);
	rw = must_open("mode.f", O_RDWR);
	EXPECT(write(r, &c, 1) == -1, "wrote to a read-only descriptor");
	EXPECT(read(w, &c, 1) == -1, "read from a write-only descriptor");
	EXPECT(read(rw, &c, 1) == 1 && c == data_at(3, 0), "read");
	EXPECT(write(rw, "x", 1) == 1, "write");
	EXPECT(read(r, &c, 1) == 1 && c == data_at(3, 0), "read");
	EXPECT(read(r, &c, 1) == 1 && c == 'x', "what was written");
	t = must_open("mode.f", O_RDONLY | O_TRUNC);
	EXPECT(read(t, &c, 1) == 0 && size_of("mode.f") == 0, "not cut");
	close(r);
	close(w);
	close(rw);
	close(t);
	must_unlink("mode.f");
}

// Devices: nodes of majors that exist and that do not.
static void
devices(void)
{
	static const short possible[][2] = {{0, 0}, {NDEV - 1, 0x7fff}};
	static const short wrong[][2] = {{-1, 0}, {NDEV, 0}, {0x7fff, 0},
	    {5, -1}, {-0x8000, -0x8000}};
	static char text[600];
	int fd, n, total = 0;

	unlink("dev.n");
	EXPECT(mknod("dev.n", 5, 0) == 0, "mknod");
	EXPECT(mknod("dev.n", 5, 0) == -1, "mknod twice");
	fd = must_open("dev.n", O_RDWR); // the null device
	EXPECT(write(fd, text, sizeof(text)) == sizeof(text), "write");
	EXPECT(read(fd, text, sizeof(text)) == 0, "read");
	close(fd);
	must_unlink("dev.n");

	// Numbers that a node can have, and those that it cannot.
	for (uint i = 0; i < sizeof(possible) / sizeof(possible[0]); i++) {
		EXPECT(mknod("dev.n", possible[i][0], possible[i][1]) == 0,
		    "mknod %d, %d", possible[i][0], possible[i][1]);
		EXPECT(open("dev.n", O_RDWR) == -1, "opened major %d",
		    possible[i][0]);
		must_unlink("dev.n");
	}
	for (uint i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		EXPECT(mknod("dev.n", wrong[i][0], wrong[i][1]) == -1,
		    "mknod %d, %d", wrong[i][0], wrong[i][1]);
	expect_absent("dev.n");

	// A text device can be read in pieces, and ends.
	fd = must_open("/dev/memstat", O_RDONLY);
	while ((n = read(fd, text, 7)) > 0)
		total += n;
	EXPECT(n == 0 && total > 100, "read gave %d after %d", n, total);
	EXPECT(read(fd, (char *)bad_address(0), 7) <= 0, "read beyond");
	close(fd);
}

const struct usertest fd_tests[] = {
    {"openmany", openmany, 0},
    {"openmodes", openmodes, 0},
    {"dupshare", dupshare, 0},
    {"closeshare", closeshare, 0},
    {"fdchurn", fdchurn, 0},
    {"devices", devices, NEEDS_PAGES},
    {0, 0, 0},
};
