// Quantities that one process measures one after the other, each in repeated
// samples, printed as a table and collected for RESULT.
#ifndef LIB_BENCH_LATENCY_H
#define LIB_BENCH_LATENCY_H

#include "kernel/types.h"
#include "kernel/riscv.h"
#include "user/lib/bench_model.h"

// What a sample took, without what surrounds its measured part.
struct span {
	uint64 ticks, instructions;
	uint64 cycles; // modelled; meaningless without a model
	uint64 ops;
};

static inline void
span_begin(struct span *s)
{
	bench_model_begin(1);
	s->instructions = -r_instret();
	s->ticks = -r_time();
}

static inline void
span_end(struct span *s, uint64 ops)
{
	s->ticks += r_time();
	s->instructions += r_instret();
	s->cycles = bench_model_end(ops);
	s->ops = ops;
}

// The table's head; before the first measurement.
void latency_begin(void);

// Takes samples of the quantity called key, a name that ends in its unit: one
// as a warm-up, then -i of them or for -t, and at least three.  Prints its
// line: median, minimum and maximum over the samples.
void latency_measure(const char *key, void (*sample)(struct span *s));

// " KEY=median" of each, in ns, or in us with a decimal if the key has "_us";
// and " KEY_instr=median" where the machine counts instructions; and
// " KEY_cycles=median" under the coherence model.
void latency_print(void);

#endif
