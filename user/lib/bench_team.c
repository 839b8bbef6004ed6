// Teams.
//
// Processes: the caller only supervises, so that a worker's death ends the run
// at once instead of leaving the others waiting.  The collector, a child of it
// like the workers, runs the measurement:
//
//   workers    prepare, warm up, send a byte up; read the start time
//   collector  read n bytes; read the counters; send the start time n times
//   workers    measure; send their records up; wait until it is over
//   collector  read n records; read the counters; report; close over
//
// The end has a pipe of its own: a worker that is done early must not read
// from down, where others may not have taken their start time yet.
//
// So what the counters count is the measured part, and no worker's exit.
//
// A pipe takes a whole write or read before the next process's, and a record
// is smaller than a pipe, so records arrive whole, in any order.
//
// Under the coherence model the measured part is a region of it, which all
// workers enter together.  A region holds harts until everybody has
// come: it is for workers with a hart each.
//
// A worker keeps its samples on its stack, in the page that it writes after
// every fork anyway: they cost no copy-on-write fault of their own.

#include "kernel/types.h"
#include "kernel/riscv.h"
#include "user/lib/course.h"
#include "user/lib/bench.h"
#include "user/lib/bench_model.h"
#include "user/lib/bench_team.h"

// A measurement is cut into so many parts; each is a sample.
#define SAMPLES 20

struct record {
	uint64 worker;
	uint64 units, ops;
	uint64 end;          // time CSR after the last unit
	uint64 instructions; // instret CSR, of all that ran on the hart
	uint64 cycles;       // modelled
	uint64 samples;
	uint64 sample[SAMPLES]; // ns per op
};

static const struct bench_team *team;
static int modelled;
static int up[2], down[2]; // pipes, named as the workers see them
static int over[2];        // written by nobody: ends when the collector does
static int report[2];      // from the collector to the supervisor
static int pids[BENCH_WORKERS + 1]; // the workers, then the collector

static void worker(uint64 me) __attribute__((noreturn));
static void collect(void) __attribute__((noreturn));

// ---- A worker.

struct sampler {
	uint64 begin, stop; // time of the whole measurement
	uint64 units;       // or its number of units, 0: by time
	uint64 part;        // of SAMPLES, the current one
	uint64 since, ops;  // when it began, and ops by then
};

static int
part_is_over(const struct sampler *s, const struct record *r)
{
	uint64 next = s->part + 1;

	if (s->part == SAMPLES)
		return 0;
	if (s->units)
		return r->units * SAMPLES >= next * s->units;
	return (r->end - s->begin) * SAMPLES >= next * (s->stop - s->begin);
}

static void
take_sample(struct sampler *s, struct record *r)
{
	uint64 ops = r->ops - s->ops;

	if (ops == 0 || !part_is_over(s, r))
		return;
	r->sample[r->samples++] = bench_ns(r->end - s->since) / ops;
	do
		s->part++; // a unit may be longer than a part
	while (part_is_over(s, r));
	s->since = r->end;
	s->ops = r->ops;
}

static void
measure(uint64 start, struct record *r)
{
	struct sampler s = {.begin = start, .since = r_time()};
	uint64 instructions = r_instret();

	s.stop = start + bench.millis * bench.hz / 1000;
	s.units = team->units ? team->units : bench.iterations;
	do {
		r->ops += team->unit(r->worker, r->units++);
		r->end = r_time();
		take_sample(&s, r);
	} while (s.units ? r->units < s.units : r->end < s.stop);
	r->instructions = r_instret() - instructions;
}

static void
measure_modelled(uint64 start, struct record *r)
{
	bench_model_begin(team->workers);
	measure(start, r);
	r->cycles = bench_model_end(r->ops);
}

static void
worker(uint64 me)
{
	struct record r = {.worker = me};
	uint64 start;
	char byte = 0;

	close(up[0]);
	close(down[1]);
	close(over[1]);
	close(report[0]);
	close(report[1]);
	if (!team->spread && setaffinity(1UL << me % bench.harts) < 0)
		bench_die("cannot pin a worker to its hart");
	if (team->prepare)
		team->prepare(me);
	// In the model a warm-up takes as long as what is measured.
	for (uint64 i = 0; i < team->warm_up && !(modelled && i == 2); i++)
		team->unit(me, i);
	bench_write(up[1], &byte, 1, "cannot report a worker as ready");
	bench_read(down[0], &start, sizeof(start), "no start time");
	if (modelled)
		measure_modelled(start, &r);
	else
		measure(start, &r);
	bench_write(up[1], &r, sizeof(r), "cannot report a result");
	if (team->check)
		team->check(me);
	read(over[0], &byte, 1);
	exit(0);
}

// ---- The collector.

static struct record records[BENCH_WORKERS];
static uint64 values[BENCH_WORKERS * SAMPLES];

static void
print_worker(const struct record *r, uint64 start)
{
	struct bench_spread ns;

	memcpy(values, r->sample, sizeof(r->sample));
	ns = bench_spread_of(values, r->samples);
	if (team->spread)
		printf("worker %lu: ", r->worker);
	else
		printf("worker %lu on hart %lu: ", r->worker,
		    r->worker % bench.harts);
	printf("%lu %s, ", r->ops, team->ops);
	bench_print_rate(r->ops, r->end - start);
	printf(" %s/s; ns each: min %lu, median %lu, max %lu\n", team->ops,
	    ns.min, ns.median, ns.max);
}

// Sums up all records.
static void
sum_up(struct bench_outcome *o, uint64 start)
{
	uint64 n = 0, last = start, retired = 0;

	for (uint64 i = 0; i < team->workers; i++) {
		struct record *r = &records[i];

		o->units += r->units;
		o->ops += r->ops;
		if (r->end > last)
			last = r->end;
		if (r->cycles > o->cycles)
			o->cycles = r->cycles;
		o->worked += r->cycles;
		if (i < bench.harts)
			retired += r->instructions;
		for (uint64 k = 0; k < r->samples; k++)
			values[n++] = r->sample[k];
	}
	o->ticks = last - start;
	o->ns = bench_spread_of(values, n);
	o->instructions = o->ops && bench_counts_instructions()
	                      ? (long)(retired / o->ops)
	                      : -1;
}

static void
compare_workers(struct bench_outcome *o, uint64 start)
{
	struct bench_spread s;

	for (uint64 i = 0; i < team->workers; i++)
		values[i] = records[i].ops * 1000000 /
		            ((records[i].end - start) * 1000 / bench.hz + 1);
	s = bench_spread_of(values, team->workers);
	o->slowest = s.min;
	o->fastest = s.max;
	o->evenness = bench_evenness(values, team->workers);
}

static uint64
observe(void)
{
	return team->observe ? team->observe() : 0;
}

// Starts all workers and fills in their records; returns the start time.
static uint64
run_workers(struct bench_outcome *o)
{
	struct bench_counts before;
	struct record r;
	uint64 start;
	char byte;

	for (uint64 i = 0; i < team->workers; i++)
		bench_read(up[0], &byte, 1, "a worker did not get ready");
	// Touched now, not while the counters count.
	memset(records, 0, sizeof(records));
	memset(values, 0, sizeof(values));
	o->observed -= observe();
	bench_counts_read(&before);
	start = r_time();
	for (uint64 i = 0; i < team->workers; i++)
		bench_write(down[1], &start, sizeof(start), "cannot start");
	for (uint64 i = 0; i < team->workers; i++) {
		bench_read(up[0], &r, sizeof(r), "a record is missing");
		records[r.worker] = r;
	}
	bench_counts_read(&o->counts);
	bench_counts_since(&o->counts, &before);
	o->observed += observe();
	return start;
}

static void
collect(void)
{
	struct bench_outcome o;
	uint64 start;

	close(up[1]);
	close(down[0]);
	close(over[0]);
	close(report[0]);
	memset(&o, 0, sizeof(o));
	start = run_workers(&o);
	for (uint64 i = 0; i < team->workers && !team->quiet; i++)
		print_worker(&records[i], start);
	sum_up(&o, start);
	compare_workers(&o, start);
	bench_write(report[1], &o, sizeof(o), "cannot report");
	exit(0);
}

// ---- The supervisor.

static void
end_all(uint64 n)
{
	for (uint64 i = 0; i < n; i++) {
		if (pids[i] > 0)
			kill(pids[i]);
	}
	while (wait(0) >= 0)
		;
	exit(1);
}

static void
start_all(void)
{
	for (uint64 i = 0; i <= team->workers; i++) {
		pids[i] = fork();
		if (pids[i] < 0) {
			fprintf(
			    2, "%s: cannot start worker %lu\n", bench.name, i);
			end_all(i);
		}
		if (pids[i] > 0)
			continue;
		if (i == team->workers)
			collect();
		worker(i);
	}
}

static void
supervise(void)
{
	int pid, status;

	while ((pid = wait(&status)) >= 0) {
		for (uint64 i = 0; i <= team->workers; i++) {
			if (pids[i] != pid)
				continue;
			pids[i] = 0;
			if (status == 0)
				continue;
			fprintf(2, "%s: %s %lu ended with status %d\n",
			    bench.name,
			    i < team->workers ? "worker" : "collector", i,
			    status);
			end_all(team->workers + 1);
		}
	}
}

void
bench_team_run(const struct bench_team *t, struct bench_outcome *out)
{
	team = t;
	modelled = bench_modelled();
	if (modelled && (t->workers > bench.harts ||
	                    (t->spread && t->workers > 1))) {
		printf("not modelled: workers must have a hart each\n");
		modelled = 0;
	}
	if (pipe(up) < 0 || pipe(down) < 0 || pipe(over) < 0 ||
	    pipe(report) < 0)
		bench_die("no pipes");
	start_all();
	// What this process keeps open would never end.
	for (int i = 0; i < 2; i++) {
		close(up[i]);
		close(down[i]);
		close(over[i]);
	}
	close(report[1]);
	supervise();
	bench_read(report[0], out, sizeof(*out), "the collector is silent");
	close(report[0]);
}

// ---- RESULT.

void
bench_result_open(const char *ops, const struct bench_outcome *o)
{
	printf("total: %lu %s in ", o->ops, ops);
	bench_print_seconds(o->ticks);
	printf(" s, ");
	bench_print_rate(o->ops, o->ticks);
	printf(" %s/s\n", ops);
	bench_result();
	printf(" seconds=");
	bench_print_seconds(o->ticks);
	printf(" %s=%lu %s_per_s=", ops, o->ops, ops);
	bench_print_rate(o->ops, o->ticks);
	bench_print_modelled(o->ops, o->cycles, o->worked);
}

void
bench_print_modelled(uint64 ops, uint64 cycles, uint64 worked)
{
	if (cycles == 0 || ops == 0)
		return;
	printf(" model_cycles=%lu model_cycles_per_op=%lu.%lu"
	       " model_ops_per_s=%lu",
	    cycles, worked / ops, worked * 10 / ops % 10,
	    ops * 1000000000 / cycles);
}

void
bench_result_close(const struct bench_outcome *o)
{
	bench_counts_print(&o->counts);
	printf(" ns_min=%lu ns_median=%lu ns_max=%lu evenness=%lu", o->ns.min,
	    o->ns.median, o->ns.max, o->evenness);
	if (o->instructions >= 0)
		printf(" instr_per_op=%ld\n", o->instructions);
	else
		printf(" instr_per_op=-\n");
}
