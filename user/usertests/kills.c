// kill: whatever the victim is doing, it ends with status -1, soon.
#include "user/usertests/cases.h"

static int ends[2];

static void
spin(long unused)
{
	(void)unused;
	for (;;)
		getpid();
}

static void
spin_outside(long unused)
{
	(void)unused;
	for (;;)
		__asm__ volatile("" : : : "memory");
}

static void
read_nothing(long unused)
{
	char c;

	(void)unused;
	read(ends[0], &c, 1); // this process itself keeps the writing end
	exit(33);
}

static void
write_too_much(long unused)
{
	static char page[PGSIZE];

	(void)unused;
	for (;;)
		if (write(ends[1], page, sizeof(page)) < 0)
			exit(34);
}

static void
sleep_long(long unused)
{
	(void)unused;
	sleep(100000);
	exit(35);
}

static void
wait_long(long unused)
{
	(void)unused;
	if (must_fork() == 0) {
		close(ends[0]);
		close(ends[1]);
		sleep(3); // outlives its parent, but not the case
		exit(0);
	}
	wait(0);
	exit(36);
}

static void
work_on_files(long unused)
{
	int pid = getpid();

	(void)unused;
	for (;;) {
		close(open("kf", O_CREATE | O_RDWR));
		EXPECT(getpid() == pid, "another pid");
		unlink("kf");
	}
}

static void
fork_on(long unused)
{
	(void)unused;
	for (;;) {
		int pid = fork();

		if (pid == 0)
			exit(0);
		if (pid > 0)
			wait(0);
	}
}

// Ticks that a death may take: 30 s, for slow and busy hosts.  Who cannot be killed
// would go on for hours.
#define LONG_DEATH 300

static void
kill_after(void (*body)(long), int ticks, const char *what)
{
	int pid = spawn(body, 0), status, began;

	if (ticks > 0)
		sleep(ticks);
	EXPECT(kill(pid) == 0, "kill of a process %s", what);
	began = uptime();
	status = reap(pid);
	EXPECT(status == -1, "%s: status %d", what, status);
	EXPECT(uptime() - began < LONG_DEATH, "%s: took %d ticks to die", what,
	    uptime() - began);
}

static void
killsleep(void)
{
	for (int ticks = 0; ticks < 2; ticks++) {
		EXPECT(pipe(ends) == 0, "no pipe");
		kill_after(read_nothing, ticks, "that reads");
		kill_after(write_too_much, ticks, "that writes");
		kill_after(sleep_long, ticks, "that sleeps");
		kill_after(wait_long, ticks, "that waits");
		close(ends[0]);
		close(ends[1]);
	}
	sleep(4); // wait_long's children end
}

static void
killrun(void)
{
	for (int ticks = 0; ticks < 2; ticks++) {
		kill_after(spin, ticks, "in system calls");
		kill_after(spin_outside, ticks, "in a loop");
		kill_after(work_on_files, ticks, "at its files");
		kill_after(fork_on, ticks, "that forks");
	}
	unlink("kf");
}

// At whatever moment of its life.
static void
killstatus(void)
{
	for (int i = 0; i < 60; i++) {
		int pid = spawn(i % 2 ? spin : spin_outside, 0);
		int status;

		for (int j = 0; j < i * 5; j++)
			getpid();
		EXPECT(kill(pid) == 0, "kill %d", i);
		status = reap(pid);
		EXPECT(status == -1, "kill %d: status %d", i, status);
	}
}

// Pids that are nobody's, and one's own.
static void
kill_oneself(long unused)
{
	(void)unused;
	kill(getpid());
	for (;;)
		;
}

static void
killnobody(void)
{
	// The machine would end with init.
	static const int nobody[] = {
	    1, 0, -1, 0x7fffffff, (int)0x80000000, 1 << 30};
	int pid, status;

	for (uint i = 0; i < sizeof(nobody) / sizeof(nobody[0]); i++)
		EXPECT(kill(nobody[i]) == -1, "killed pid %d", nobody[i]);
	pid = must_fork();
	if (pid == 0)
		exit(3);
	EXPECT(reap(pid) == 3, "status");
	EXPECT(kill(pid) == -1, "killed the dead");
	expect_killed(kill_oneself, 0, "suicide");

	// A zombie keeps the status it exited with.
	pid = must_fork();
	if (pid == 0)
		exit(4);
	sleep(1);
	kill(pid);
	status = reap(pid);
	EXPECT(status == 4, "a killed zombie's status is %d", status);
}

// Several parents whose children die as they are born.
static void
hunt(long first)
{
	uint64 seed = first;

	for (int i = 0; i < 40; i++) {
		int pid = spawn(below(&seed, 2) ? spin : sleep_long, 0);
		int status;

		EXPECT(kill(pid) == 0, "kill");
		status = reap(pid);
		EXPECT(status == -1, "status %d", status);
		EXPECT(kill(pid) == -1, "it lives");
	}
}

static void
killcrowd(void)
{
	for (int i = 0; i < 4; i++)
		spawn(hunt, i);
	reap_all(4, 0);
}

const struct usertest kill_tests[] = {
    {"killstatus", killstatus, 0},
    {"killsleep", killsleep, 0},
    {"killrun", killrun, 0},
    {"killnobody", killnobody, 0},
    {"killcrowd", killcrowd, 0},
    {0, 0, 0},
};
