// fork, exit, wait: who is whose child, and which status goes where.
#include "user/usertests/cases.h"

// Every status reaches the parent as it is, once.
static void
exitcodes(void)
{
	// clang-format off
	static const int codes[] = {
	    0, 1, 2, 127, 128, 255, 256, -1, -2,
	    0x7fffffff, (int)0x80000000, 0x12345678,
	};
	// clang-format on
	int status;

	EXPECT(wait(&status) == -1, "waited for nobody");
	for (uint i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		int pid = must_fork();

		if (pid == 0)
			exit(codes[i]);
		EXPECT(reap(pid) == codes[i], "status %d", codes[i]);
	}
	EXPECT(wait(0) == -1, "waited for nobody");
	if (must_fork() == 0)
		exit(5);
	EXPECT(wait(0) > 0, "wait without a status");
	EXPECT(wait(0) == -1, "waited for the same child twice");
}

// Children that end in another order than they began, before or after their
// parent waits: all are found, each with its own status.
static void
exitwait(void)
{
	enum { CHILDREN = 12, ROUNDS = 6 };
	int pid[CHILDREN];

	for (int round = 0; round < ROUNDS; round++) {
		int left = CHILDREN;
		struct gate g;

		gate_new(&g);
		for (int i = 0; i < CHILDREN; i++) {
			pid[i] = must_fork();
			if (pid[i] == 0) {
				if (i % 2 == round % 2)
					gate_wait(&g);
				exit(1000 * round + i);
			}
		}
		gate_open(&g);
		while (left > 0) {
			int status = -99, got = wait(&status), i = 0;

			while (i < CHILDREN && pid[i] != got)
				i++;
			EXPECT(i < CHILDREN, "pid %d is nobody's", got);
			EXPECT(status == 1000 * round + i, "status %d of %d",
			    status, i);
			pid[i] = 0;
			left--;
		}
		EXPECT(wait(0) == -1, "more children than there were");
	}
}

static void
leave(long status)
{
	exit((int)status);
}

static void
twochildren(void)
{
	for (int i = 0; i < 150; i++) {
		int a = spawn(leave, 1), b = spawn(leave, 2);

		for (int j = 0; j < 2; j++) {
			int status = -99, pid = wait(&status);

			EXPECT((pid == a && status == 1) ||
			           (pid == b && status == 2),
			    "pid %d, status %d", pid, status);
		}
	}
	EXPECT(wait(0) == -1, "a third child");
}

// Children whose parent has gone are nobody's to wait for but init's.
static void
child_of_the_dead(long unused)
{
	(void)unused;
	if (must_fork() == 0) {
		if (must_fork() == 0)
			exit(0);
		exit(0);
	}
}

static void
reparent(void)
{
	int me = getpid();

	for (int i = 0; i < 120; i++) {
		int pid = spawn(child_of_the_dead, 0);

		EXPECT(reap(pid) == 0, "round %d", i);
		EXPECT(wait(0) == -1, "a stranger's child");
	}
	EXPECT(getpid() == me, "now pid %d", getpid());
}

// Parents and children that exit at the same time.
static void
leave_two(long unused)
{
	(void)unused;
	must_fork();
	must_fork();
}

static void
reparent2(void)
{
	for (int i = 0; i < 120; i++)
		EXPECT(outcome_of(leave_two, 0) == 0, "round %d", i);
}

// An orphan lives on: it can talk, be killed, and end.
static int line[2];

static void
have_orphans(long n)
{
	for (int i = 0; i < n; i++) {
		int pid = must_fork();

		if (pid == 0) {
			pid = getpid();
			sleep(1); // until the parent has gone
			must_write(line[1], &pid, sizeof(pid));
			for (;;)
				sleep(1000);
		}
	}
}

static void
orphans(void)
{
	enum { ORPHANS = 5 };
	int pid[ORPHANS];
	char c;

	EXPECT(pipe(line) == 0, "no pipe");
	EXPECT(outcome_of(have_orphans, ORPHANS) == 0, "the parent failed");
	close(line[1]);
	for (int i = 0; i < ORPHANS; i++)
		EXPECT(
		    read(line[0], &pid[i], 4) == 4, "no word of orphan %d", i);
	EXPECT(wait(0) == -1, "an orphan is our child");
	for (int i = 0; i < ORPHANS; i++)
		EXPECT(kill(pid[i]) == 0, "kill of orphan %d", i);
	// The pipe ends when the last of them has.
	EXPECT(read(line[0], &c, 1) == 0, "a dead orphan talks");
	close(line[0]);
	for (int i = 0; i < ORPHANS; i++)
		for (int j = 0; kill(pid[i]) == 0; j++) {
			EXPECT(j < 200, "nobody reaps orphan %d", i);
			sleep(1);
		}
}

// Processes that all fork at once.
static void
fork_some(long n)
{
	for (int i = 0; i < n; i++)
		EXPECT(outcome_of(leave, i) == i, "status of child %d", i);
}

static void
forkfork(void)
{
	for (int i = 0; i < 4; i++)
		spawn(fork_some, 50);
	reap_all(4, 0);
}

// A family that grows by itself until it is told to stop, or until there are
// no more processes to be had.
static void
breed(long unused)
{
	(void)unused;
	close(line[0]);
	for (;;) {
		int fd = open("ff.stop", O_RDONLY);

		if (fd >= 0)
			exit(0);
		if (fork() < 0)
			close(open("ff.stop", O_CREATE | O_RDWR));
	}
}

static void
forkforkfork(void)
{
	int pid, fd;
	char c;

	unlink("ff.stop");
	EXPECT(pipe(line) == 0, "no pipe");
	pid = spawn(breed, 0);
	close(line[1]);
	sleep(4);
	fd = must_open("ff.stop", O_CREATE | O_RDWR);
	close(fd);
	EXPECT(reap(pid) == 0, "the first of them failed");
	// The pipe ends when the last of them has.
	EXPECT(read(line[0], &c, 1) == 0, "somebody talks");
	close(line[0]);
	must_unlink("ff.stop");
}

// Pids are positive, each process's own, and what its parent was told.
static int told[2];

static void
tell_pid(long unused)
{
	int pid = getpid();

	(void)unused;
	for (int i = 0; i < 5; i++)
		EXPECT(getpid() == pid, "the pid has changed");
	must_write(told[1], &pid, sizeof(pid));
}

static void
tell_some(long n)
{
	for (int i = 0; i < n; i++)
		spawn(tell_pid, 0);
	reap_all((int)n, 0);
}

static void
pidunique(void)
{
	enum { TELLERS = 4, EACH = 12 };
	static int pids[TELLERS * EACH];
	int pid = must_fork();

	if (pid == 0)
		exit(getpid() & 0x7fff);
	EXPECT(reap(pid) == (pid & 0x7fff), "pid %d is another", pid);

	EXPECT(pipe(told) == 0, "no pipe");
	for (int i = 0; i < TELLERS; i++)
		spawn(tell_some, EACH);
	for (int i = 0; i < TELLERS * EACH; i++) {
		EXPECT(read(told[0], &pids[i], 4) == 4, "no pid");
		EXPECT(pids[i] > 0, "pid %d", pids[i]);
		for (int j = 0; j < i; j++)
			EXPECT(pids[i] != pids[j], "pid %d twice", pids[i]);
	}
	reap_all(TELLERS, 0);
	close(told[0]);
	close(told[1]);
}

// A child has its parent's memory and its own from then on.
static int tree_depth;

static void
grow_tree(int value, int *sum)
{
	if (tree_depth == 5)
		return;
	for (int side = 0; side < 2; side++) {
		int pid = must_fork();

		if (pid == 0) {
			int below_me = 1;

			tree_depth++;
			grow_tree(value * 2 + side, &below_me);
			EXPECT(value >= 0 && tree_depth <= 5, "mixed up");
			exit(below_me);
		}
		*sum += reap(pid);
	}
}

static void
forktree(void)
{
	int sum = 1;

	grow_tree(1, &sum);
	EXPECT(sum == 63, "%d processes, not 63", sum);
	EXPECT(tree_depth == 0, "a child's memory shows");
}

// A child has its parent's registers but a0, and so has the parent after it.
static void
forkregisters(void)
{
	enum { A0 = 10, A7 = 17, SYS_FORK = 1 };
	uint64 given[NREGISTERS], after[NREGISTERS];
	int changed = 0;

	for (uint64 i = 0; i < NREGISTERS; i++)
		given[i] = mark(getpid(), i);
	given[A7] = SYS_FORK;
	memcpy(after, given, sizeof(after));
	trap_registers(after);
	for (int i = 0; i < NREGISTERS; i++)
		changed += i != A0 && after[i] != given[i];
	if (after[A0] == 0)
		exit(changed);
	EXPECT((long)after[A0] > 0, "fork failed");
	EXPECT(changed == 0, "fork changed %d registers", changed);
	changed = reap((int)after[A0]);
	EXPECT(changed == 0, "%d registers differ in the child", changed);
}

const struct usertest family_tests[] = {
    {"exitcodes", exitcodes, 0},
    {"exitwait", exitwait, 0},
    {"twochildren", twochildren, 0},
    {"reparent", reparent, 0},
    {"reparent2", reparent2, 0},
    {"orphans", orphans, 0},
    {"forkfork", forkfork, 0},
    {"forkforkfork", forkforkfork, 0},
    {"pidunique", pidunique, 0},
    {"forktree", forktree, 0},
    {"forkregisters", forkregisters, 0},
    {0, 0, 0},
};
