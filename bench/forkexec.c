// forkexec: how fast can n processes start programs at the same time?
//
//   forkexec [-n workers] [-t seconds | -i iterations]
//
// Each worker is pinned to a hart and repeats: fork, the child executes the
// tiny program /tiny, which exits at once, the worker waits for it.  What it
// adds to a fork: finding the file, reading it from the block cache, building
// an address space and giving the old one up.

#include "kernel/types.h"
#include "user/lib/course.h"
#include "user/lib/bench.h"
#include "user/lib/bench_room.h"
#include "user/lib/bench_team.h"

static uint64 workers;

static struct bench_option options[] = {
    {'n', "workers", &workers, 1, BENCH_WORKERS, 0},
};

static uint64
spawn(uint64 me, uint64 n)
{
	char *argv[] = {"/tiny", 0};
	int pid = fork();

	(void)me, (void)n;
	if (pid == 0) {
		exec(argv[0], argv);
		exit(1);
	}
	if (pid < 0)
		bench_die("fork failed");
	bench_reap(pid, "/tiny cannot be executed, or fails");
	return 1;
}

int
main(int argc, char **argv)
{
	struct bench_team team = {
	    .ops = "forks",
	    .warm_up = 4,
	    .unit = spawn,
	};
	struct bench_outcome outcome;

	(void)argc;
	workers = nharts();
	bench_begin(argv, options, 1);
	if (bench_room(1, 2 * workers + 2) == 0)
		bench_die("no memory for so many processes");
	bench_print_setup();
	team.workers = workers;
	bench_team_run(&team, &outcome);
	bench_result_open("forks", &outcome);
	bench_result_close(&outcome);
	return 0;
}
