// Who works: minders, workers, and the auditor.

#include "user/stress/stress.h"
#include "user/lib/run.h"

#define STEPS        40 // of a worker that nobody kills
#define REPORT_EVERY 8  // steps
#define MOST_TICKS   12 // of a worker that is killed
#define BURST        8  // audits without a pause

bool
time_is_over(void)
{
	return plan.rounds == 0 && uptime() >= plan.deadline;
}

void
send_counts(void)
{
	for (int c = 0; c < NCOUNTS; c++) {
		struct record r = {c, (int)self.counts[c]};

		if (r.value != 0 &&
		    write(REGISTRY, &r, sizeof(r)) != sizeof(r))
			exit(1);
		self.counts[c] = 0;
	}
}

void
broken_end(void)
{
	tally(C_BROKEN);
	send_counts();
	exit(1);
}

int
fork_kid(void)
{
	uint64 seed = mix(&self.random);
	int pid = fork();

	if (pid == 0) {
		self.random = seed;
		memset(self.counts, 0, sizeof(self.counts));
	} else {
		tally(pid < 0 ? C_REFUSED : C_FORKS);
	}
	return pid;
}

void
kid_exit(int status)
{
	send_counts();
	exit(status);
}

void
reap_kid(int pid, int want)
{
	int status = -99, got = wait(&status);

	if (got < 0 && pid < 0)
		return; // it could not be forked
	if (got < 0 || (pid > 0 && got != pid))
		BROKEN("wait gave %d, not %d", got, pid);
	if (status == -1)
		tally(C_DIED);
	else if (status != want && status != 1)
		BROKEN("child %d ended with %d, not %d", got, status, want);
}

static void
audit_times(uint n)
{
	for (uint i = 0; i < n; i++) {
		int fd = open("/dev/memstat", O_WRONLY);

		if (fd < 0) {
			tally(C_REFUSED);
			continue;
		}
		if (write(fd, "audit", 5) != 5)
			BROKEN("the audit finds fault");
		close(fd);
		tally(C_AUDITS);
	}
}

void
step_audit(void)
{
	audit_times(1 + pick(2));
}

// Also gives back what the kernel can spare, while others use it.
void
audit_on(void)
{
	self.slot = MAX_SLOTS;
	self.random = mark(plan.seed, MAX_SLOTS);
	for (uint64 i = 0; plan.rounds == 0 || i < plan.rounds; i++) {
		if (time_is_over())
			break;
		if (pick(4) == 0)
			tell_device("stress", "/dev/memstat", "shrink");
		audit_times(pick(3) ? 1 : 1 + pick(BURST));
		send_counts();
		sleep(1 + (int)pick(10));
	}
	kid_exit(0);
}

// --- a worker ---

// What is to happen more often is there more than once.
// clang-format off
static void (*const steps[])(void) = {
    step_file, step_file, step_file, step_file, step_file, step_file,
    step_file, step_file, step_read_file, step_read_file, step_read_file,
    step_read_file, step_publish, step_publish, step_read_common,
    step_read_common, step_fork, step_fork, step_fork, step_heap, step_heap,
    step_heap, step_pipe, step_pipe, step_pipe, step_exec, step_exec,
    step_exec, step_kill, step_kill, step_move, step_move, step_swap,
    step_sync,
};
// clang-format on

static void
step(void)
{
	uint what = pick(128);

	if (what == 0)
		step_audit();
	else if (what < 4)
		step_hunger();
	else
		steps[pick(sizeof(steps) / sizeof(*steps))]();
	tally(C_STEPS);
}

static void __attribute__((noreturn)) work(void)
{
	self.random =
	    mark(plan.seed + 1, (uint64)self.slot << 32 | self.generation);
	files_start();
	for (uint i = 1; i <= STEPS && !time_is_over(); i++) {
		step();
		if (i % REPORT_EVERY == 0)
			send_counts();
	}
	kid_exit(0);
}

// --- its minder ---

static void
see_worker_end(int pid)
{
	bool killed = false;
	int status = -99, got;

	if (pick(4) != 0) {
		sleep((int)pick(MOST_TICKS));
		killed = kill(pid) == 0;
	}
	got = wait(&status);
	if (got != pid)
		BROKEN("wait gave %d, not worker %d", got, pid);
	if (status == -1)
		tally(killed ? C_KILLS : C_DIED);
	else if (status != 0 && status != 1)
		BROKEN("a worker ended with %d", status);
}

void
mind(uint slot)
{
	self.slot = slot;
	self.random = mark(plan.seed + 2, slot);
	for (uint64 n = 0; plan.rounds == 0 || n < plan.rounds; n++) {
		int pid;

		if (time_is_over())
			break;
		self.generation = (uint)n;
		pid = fork_kid();
		if (pid == 0)
			work();
		if (pid > 0)
			see_worker_end(pid);
		else
			sleep(1);
		send_counts();
	}
	kid_exit(0);
}
