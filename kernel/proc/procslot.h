// Process slots: the struct procs that exist, free and in use.
#ifndef PROC_PROCSLOT_H
#define PROC_PROCSLOT_H

#include "kernel/types.h"

struct proc;

// Boot: makes the slots (boot option maxproc=, NPROC by default).
void procslot_init(void);

// A free slot with a kernel stack, in state P_FREE, linked nowhere; NULL if all
// are in use or memory is short.
struct proc *procslot_take(void);

// Gives a slot back; its kernel stack stays attached for the next user.
void procslot_give(struct proc *p);

// Takes stacks of free slots away until so many pages are freed; returns how
// many.
uint64 procslot_shrink(uint64 pages);

// About how many pages that could be.
uint64 procslot_reclaimable(void);

// For the audit and ^P: all slots, in use or not.
uint procslot_count(void);
struct proc *procslot_at(uint i);

#endif
