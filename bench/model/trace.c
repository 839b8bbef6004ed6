// The trace, and the delays.  Only the hart with the turn writes the trace.

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include "params.h"
#include "trace.h"

bool tracing;

static FILE *out;
static uint64_t turns;
static uint64_t sums[MODEL_HARTS];

// An odd number whose bits look random: Knuth's for multiplicative hashing,
// 2^64 over the golden ratio.
#define MIX 0x9e3779b97f4a7c15UL

bool
trace_open(const char *path)
{
	out = fopen(path, "w");
	if (out == NULL) {
		complain("cannot write %s: %s", path, strerror(errno));
		return false;
	}
	tracing = true;
	return true;
}

void
trace_begin(unsigned hart, uint64_t now)
{
	turns++;
	fprintf(out, "turn %lu hart %u from %lu", turns, hart, now);
}

void
trace_block(unsigned hart, uint64_t now, uint64_t pc)
{
	sums[hart] = (sums[hart] ^ pc) * MIX;
	if (turns >= params.trace_from && turns < params.trace_to)
		fprintf(out, "\n\t%lx at %lu", pc, now);
}

void
trace_end(unsigned hart, uint64_t now, const char *why)
{
	fprintf(out, " to %lu %s sum %016lx\n", now, why, sums[hart]);
}

// One time in 8, up to 4 ms: as long as a busy host's scheduler lets others run.
#define SHAKE_ONE_IN 8
#define SHAKE_NS     4000000

void
shake(void)
{
	static __thread uint64_t state;
	static unsigned threads;

	if (params.shake == 0)
		return;
	if (state == 0)
		state = params.shake * MIX +
		    __atomic_add_fetch(&threads, 1, __ATOMIC_RELAXED);
	state = (state ^ state >> 29) * MIX + 1;
	if ((state >> 32) % SHAKE_ONE_IN == 0)
		nanosleep(&(struct timespec){
		    .tv_nsec = (state >> 40) % SHAKE_NS}, NULL);
}
