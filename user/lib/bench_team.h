// Workers that repeat a unit of work at the same time, and what comes of it.
#ifndef LIB_BENCH_TEAM_H
#define LIB_BENCH_TEAM_H

#include "kernel/types.h"
#include "user/lib/bench_counters.h"
#include "user/lib/bench_samples.h"

#define BENCH_WORKERS 256 // at most: half the processes of a default kernel

// What a worker does; `me` is its number, and it dies (bench_die) of whatever
// is wrong.  All but unit may be NULL.
struct bench_team {
	uint64 workers;
	const char *ops; // what unit counts, in the plural: "forks"
	uint64 warm_up;  // units that fill lists and caches, not measured
	uint64 units;    // to measure; 0: as -i or -t say
	int spread;      // workers may run on any hart, else pinned
	int quiet;       // no line for each worker
	void (*prepare)(uint64 me);
	uint64 (*unit)(uint64 me, uint64 n); // number n; returns ops done
	void (*check)(uint64 me);            // after the last unit
	// Called before and after the measured part, while no worker works.
	uint64 (*observe)(void);
};

// From the start of all workers to the end of the last one.
struct bench_outcome {
	uint64 units, ops;
	uint64 ticks;
	uint64 cycles; // the same in modelled cycles, 0 without a model
	uint64 worked; // sum over the workers
	struct bench_spread ns;  // of an op, over all samples of all workers
	uint64 evenness;         // of the workers' rates, permille
	uint64 slowest, fastest; // workers' rates in ops per 1000 s
	uint64 observed;         // how much observe() rose
	long instructions;       // retired per op; -1 if they cannot be told
	struct bench_counts counts;
};

// Runs a team.  Returns when its processes are gone; if one of them fails,
// ends the others and the caller with status 1.
void bench_team_run(const struct bench_team *t, struct bench_outcome *out);

// "total: ..." and the RESULT line up to its rate; a benchmark may add keys
// before the rest of the line.
void bench_result_open(const char *ops, const struct bench_outcome *o);
void bench_result_close(const struct bench_outcome *o);

// " model_cycles=" and the rates that it makes, at 1 GHz; nothing without a
// model.  worked: the sum of the workers' cycles.
void bench_print_modelled(uint64 ops, uint64 cycles, uint64 worked);

#endif
