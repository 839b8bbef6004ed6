// Host stand-in for kernel/sync/cycles.h.
#ifndef SYNC_CYCLES_H
#define SYNC_CYCLES_H

#include "kernel/types.h"

uint64 cycles_now(void);

#endif
