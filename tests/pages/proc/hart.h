// Host stand-in for kernel/proc/hart.h: one struct per thread.
#ifndef PROC_HART_H
#define PROC_HART_H

#include <stdbool.h>
#include <stdint.h>
#include "kernel/types.h"
#include "lib/printf.h"
#include "mm/page_list.h"
#include "proc/counters.h"
#include "sync/spinlock.h"

struct proc {
	bool console;
};

// No thread is the console's shell.
static inline struct proc *
current(void)
{
	static struct proc nobody;

	return &nobody;
}

struct hart {
	uint id;
	uint lock_depth;
	long kernel_pages;
	long page_net;
	long page_bound;
	uint64 counters[CTR_COUNT];
	struct page_list pages;
} __attribute__((aligned(4096)));

extern struct hart *harts;
extern __thread struct hart *my_hart;

static inline struct hart *
this_hart(void)
{
	return my_hart;
}

#endif
