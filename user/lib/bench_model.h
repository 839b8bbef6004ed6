// The coherence model (bench/model), if one listens: it counts the cycles that
// a region of a benchmark takes on a modelled machine.  Without one these cost
// a store and a no-op each, and say so.
#ifndef LIB_BENCH_MODEL_H
#define LIB_BENCH_MODEL_H

#include "kernel/types.h"
#include "bench/model/mark.h"

// Does a model listen?
static inline int
bench_modelled(void)
{
	return model_mark(MODEL_HELLO, 0UL) == MODEL_PROTOCOL;
}

// Waits until so many harts have come here, and starts counting; in an open
// region, whose participants must all come, starts again from nothing.
static inline void
bench_model_begin(uint64 participants)
{
	model_mark(MODEL_BEGIN, participants);
}

// Ends this hart's part, of so many operations; returns its cycles.
static inline uint64
bench_model_end(uint64 ops)
{
	return model_mark(MODEL_END, ops);
}

#endif
