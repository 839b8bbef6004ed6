// A worker and its children: random calls, checks and misdeeds, until a number
// of them is done, time is over, the process brings its end about, or the
// warden does.
//
// A process keeps the ids of its children, to kill some and to leave none; a
// worker that dies early leaves them to the warden.  It may also kill those it
// descends from, up to the worker, and their other children: ids are not given
// twice in the time a run can take, so an old one harms nobody else.

#include "user/fuzz/fuzz.h"

#define WORKER_STEPS  4000
#define CHILD_STEPS   200
#define MAX_DEPTH     3
#define MAX_KIDS      5
#define MAX_RELATIVES 8
#define REPORT_EVERY  64 // steps

static int kids[MAX_KIDS];           // 0: none
static int relatives[MAX_RELATIVES]; // older ones: parents, their children
static uint nrelatives;              // that ever were

static void step(void);

static void
report_counts(void)
{
	if (self.calls > 0)
		send_record(REC_CALLS, (int)self.calls);
	if (self.checks > 0)
		send_record(REC_CHECKS, (int)self.checks);
	self.calls = 0;
	self.checks = 0;
}

void
alive(void)
{
	self.checks++;
}

int
broken_console(void)
{
	close(0);
	return open("/console", O_WRONLY);
}

void
broken_end(void)
{
	send_record(REC_BROKEN, getpid());
	exit(1);
}

int
any_kid(void)
{
	return kids[pick(MAX_KIDS)];
}

int
any_relative(void)
{
	return relatives[pick(MAX_RELATIVES)];
}

static void
add_relative(int pid)
{
	if (pid > 0)
		relatives[nrelatives++ % MAX_RELATIVES] = pid;
}

int
fork_registered(void)
{
	uint64 seed = mix(&self.random);
	int parent = getpid(), pid = fork();

	if (pid != 0)
		return pid;
	send_record(REC_BIRTH, getpid());
	self.random = seed;
	self.depth++;
	self.calls = 0;
	self.checks = 0;
	add_relative(parent);
	for (uint i = 0; i < MAX_KIDS; i++) {
		add_relative(kids[i]);
		kids[i] = 0;
	}
	return 0;
}

// All of the process's children, and what it may have adopted.
static void
end_kids(void)
{
	for (uint i = 0; i < MAX_KIDS; i++) {
		if (kids[i] > 0)
			kill(kids[i]);
		kids[i] = 0;
	}
	while (wait(NULL) >= 0)
		;
}

static void __attribute__((noreturn))
child_life(void)
{
	static void (*const lives[])(void) = {random_exec, random_misdeed,
	    random_check, eat_memory, eat_disk, eat_inodes};
	uint steps = pick(CHILD_STEPS), which = pick(16);

	if (which < sizeof(lives) / sizeof(*lives))
		lives[which]();
	while (steps-- > 0)
		step();
	end_kids();
	report_counts();
	exit((int)any_number());
}

static void
fork_child(void)
{
	uint slot = 0;
	int pid;

	while (slot < MAX_KIDS && kids[slot] != 0)
		slot++;
	if (slot == MAX_KIDS || self.depth == MAX_DEPTH) {
		end_kids();
		return;
	}
	pid = fork_registered();
	if (pid == 0)
		child_life();
	if (pid > 0)
		kids[slot] = pid;
}

static void
step(void)
{
	uint what = pick(64);

	if (what == 0)
		fork_child();
	else if (what < 4)
		random_check();
	else
		random_call();
}

// Nothing that is written to a descriptor may reach the console.
static void
leave_console(void)
{
	for (int fd = 0; fd < REGISTRY; fd++)
		close(fd);
	open("/dev/null", O_RDWR);
	dup(0);
	dup(0);
}

void
worker_run(uint slot, uint generation)
{
	self.slot = slot;
	self.random = mark(plan.seed, (uint64)slot << 32 | generation);
	leave_console();
	arena_init();
	for (uint i = 0; i < WORKER_STEPS; i++) {
		step();
		if (i % REPORT_EVERY != 0)
			continue;
		report_counts();
		if (uptime() >= plan.deadline)
			break;
	}
	end_kids();
	report_counts();
	exit(0);
}
