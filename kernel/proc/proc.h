// A process: one thread, one address space.
//
// States and who changes them (field state):
//
//   FREE -> RUNNABLE            fork, on a slot nobody else sees
//   RUNNABLE -> RUNNING         the hart that takes it off a run queue
//   RUNNING -> RUNNABLE         itself, when preempted or yielding
//   RUNNING -> SLEEPING / DEAF  itself, before it looks for another process
//   SLEEPING / DEAF -> RUNNABLE the one waker whose compare-and-swap succeeds
//   RUNNING -> ZOMBIE           itself, in exit, under its parent's lock
//   ZOMBIE -> FREE              its parent, in wait
//
// A process is on a run queue exactly when RUNNABLE.  on_hart stays set until
// its registers are saved, so that nobody resumes it too early.
//
// struct proc is type-stable: a slot is never anything else, so a pointer that
// has gone stale may still be locked and looked at (proc/exit.c does).
#ifndef PROC_PROC_H
#define PROC_PROC_H

#include <stdbool.h>
#include "kernel/types.h"
#include "lib/list.h"
#include "proc/waitq.h"
#include "sync/spinlock.h"

struct aspace;
struct files;
struct hart;
struct trapframe;

enum proc_state { P_FREE, P_RUNNABLE, P_RUNNING, P_SLEEPING, P_DEAF, P_ZOMBIE };

#define PROC_NAME_SIZE 16

// [I] while the slot is in use  [o] the process itself  [a] atomic
// [q] lock of the run queue it is on  [w] lock of the condition it waits for
// [f] family lock of the parent  [m] its own family lock
struct proc {
	// Trap entry reaches these by offset (asserted in trap/trap.c).
	struct trapframe *tf;  // [I] user registers, top of the kernel stack
	uint64 trap_sp;        // [o] the trap entry's, until it has a frame
	uint64 trap_t0;        // [o] likewise
	uint64 trap_cause;     // [o] likewise
	uint64 ksp;            // [o] kernel sp while switched out
	struct hart *hart;     // [o] where it runs, or ran last

	uint32 state;          // [a] enum proc_state
	uint32 on_hart;        // [a] 1 until its registers are saved
	uint32 killed;         // [a]
	int pid;               // [I]
	uint holds;            // [o] sleep locks and shares of the log
	uint slice_ticks;      // [o] ticks that found it running in this slice
	bool used_up;          // [o] has used up a slice since it slept
	uint64 affinity;       // [o] mask of harts it may run on
	struct list run_link;  // [q]
	struct list wait_link; // [w]
	uint64 wait_ticket;    // [w] its place, where the queue is ordered
	struct list timer_link; // [timerq lock]
	uint64 wake_time;      // [timerq lock] time CSR of its time-out

	struct aspace *as;     // [o] NULL for idle threads
	struct aspace *as_building; // [o] what fork or exec is making or
	                           // taking apart, or NULL
	struct aspace *as_image; // [o] the program that exec loads, or NULL
	struct files *files;   // [o] descriptors and working directory
	char name[PROC_NAME_SIZE]; // [o]

	struct proc *parent;   // [f] changes under both families' locks
	struct list sibling;   // [f] link in the parent's children
	int exit_status;       // [f]
	struct spinlock family; // protects the [m] fields
	struct list children;  // [m] living
	struct list dead;      // [m] zombies, in order of death
	struct waitq child_died; // [m]

	struct list pid_link;  // [pid bucket]
	struct list slot_link; // [slot list] while FREE
	bool console;          // [I] init, or a shell that it has started: may
	                       // take what is kept back for these
	int job;               // [I] number of the process that the console's
	                       // shell has started, of it and all its descendants
	uint slot;             // [I] its number, and its kernel stack's
	bool has_stack;        // [slot list]
} __attribute__((aligned(64)));

// The process running here; tp holds it in the kernel.
register struct proc *current_proc __asm__("tp");
#define current() (current_proc)

// Boot only.  In assembler, since a compiler may take an assignment to the
// variable for one it has to undo before the function returns.
static inline void
current_set(struct proc *p)
{
	__asm__ volatile("mv tp, %0" : : "r"(p) : "memory");
}

static inline bool
proc_killed(const struct proc *p)
{
	// Relaxed: a killed process notices at its next trap at the latest.
	return __atomic_load_n(&p->killed, __ATOMIC_RELAXED);
}

// Hart number that this code runs on; stable until the next sleep or
// preemption point.
uint hart_id(void);

// Prints one line per process to the console (^P), from now on; proc_dump_more
// goes on with it.  Handlers.
void proc_dump(void);
void proc_dump_more(void);

#endif
