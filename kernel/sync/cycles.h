// How long things take, for the kernel's own statistics.
//
// Under the coherence model (bench/model) cycles are the modelled hart's: what
// the kernel does with a number, such as keeping the longest wait, would
// otherwise depend on the host.  Without one the marker costs a store, a no-op
// and a load, where the CSR alone costs an emulator some fifty instructions.
#ifndef SYNC_CYCLES_H
#define SYNC_CYCLES_H

#include "bench/model/mark.h"
#include "kernel/riscv.h"

// Differences mean something on one hart only.
static inline uint64
cycles_now(void)
{
	return model_mark(MODEL_CYCLES, r_cycle());
}

#endif
