// Host stand-in for kernel/proc/hart.h, ipi.h and sched.h: one hart, whose
// processes change places wherever those of several harts could.
#ifndef PROC_HART_H
#define PROC_HART_H

#include <ucontext.h>
#include "kernel/types.h"
#include "lib/list.h"
#include "sync/lockstat.h"

struct proc {
	uint holds;
	bool asleep;
	bool ended;
	uint sleeps;   // since it asked for the lock
	uint64 ticket; // while asleep
	struct list wait_link;
	ucontext_t context;
};

struct hart {
	uint lock_depth;
	struct lock_counters locks[LC_COUNT];
};

struct proc *current(void);
struct hart *this_hart(void);
void ipi_check_stop(void); // lets others go first

#endif
