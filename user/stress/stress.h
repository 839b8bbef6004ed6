// stress: what its files share.
//
// Processes: main (stress.c) starts an auditor and, per slot, a minder; a
// minder (minder.c) starts one worker after the other and kills most of them
// in the middle of something; workers (worker.c) do steps, some with children
// of their own.  All of them have the writing end of one pipe, the registry,
// as descriptor REGISTRY, and write records to it that main reads.  It ends
// when the last of them is gone.
#ifndef STRESS_STRESS_H
#define STRESS_STRESS_H

#include "user/testing.h"
#include "kernel/fs.h"
#include "kernel/param.h"
#include <stdbool.h>
#include <stddef.h>

#define REGISTRY (NOFILE - 1)
#define SCRATCH  "/stressdir"
#define COMMON   SCRATCH "/common"
#define PROGRAM  "/stress"

// A slot has a minder, a worker and at most 13 children of that (a tree of
// forks), so that 20 slots stay below the 512 processes that there can be.
#define MAX_SLOTS 20

#define TICKS_PER_SECOND 10

enum count {
	C_STEPS,
	C_FORKS,
	C_EXECS,
	C_PIPES,
	C_FILES, // made whole under their names
	C_READS, // files read and found right
	C_HEAPS, // growths of the heap, checked
	C_MOVES, // changes of affinity
	C_SYNCS,
	C_KILLS, // of workers and of victims
	C_AUDITS,
	C_REFUSED, // calls that failed for want of memory or room
	C_DIED,    // processes that nobody here has killed: memory was short
	C_RESUMED, // slots taken over from a worker that was killed
	C_BROKEN,  // what no kernel may do was seen; the console has it
	NCOUNTS,
};

// 8 bytes: the pipe takes them whole, and its ring holds a whole number.
struct record {
	int kind; // a count
	int value;
};

struct plan {
	uint64 seed;
	uint64 seconds; // as the guest counts them
	uint64 rounds;  // generations of each slot; 0: as long as seconds say
	uint64 slots;
	uint64 power_off; // after so many ticks, in the midst of work; 0: not
	uint64 synced[MAX_SLOTS]; // operations that are on the disk for sure
	bool keep;                // the files stay for the next run
	bool only_check;
	bool hungry;  // some steps take all memory
	int deadline; // as uptime() counts
};

extern struct plan plan; // does not change once there is a worker

// Of this process.
struct self {
	uint64 random; // state for mix()
	uint slot;
	uint generation;
	uint counts[NCOUNTS]; // since the last records
};

extern struct self self;

static inline uint
pick(uint n)
{
	return below(&self.random, n);
}

static inline void
tally(enum count c)
{
	self.counts[c]++;
}

// Sends what this process has counted.
void send_counts(void);

bool time_is_over(void);

// Forks a child with choices and counts of its own: 0 in the child; -1 if
// there can be none, which is counted.  A child ends by kid_exit.
int fork_kid(void);
void kid_exit(int status) __attribute__((noreturn));

// Waits for the child pid, which ends with `status`, or dies of want of
// memory; a 1 means that it has told what is broken itself.
void reap_kid(int pid, int status);

// Ends the process after a message on the console.
#define BROKEN(...)                                                         \
	do {                                                                \
		printf(                                                     \
		    "\nstress: BROKEN: slot %u, generation %u, seed %lu: ", \
		    self.slot, self.generation, plan.seed);                 \
		printf(__VA_ARGS__);                                        \
		printf("\n");                                               \
		broken_end();                                               \
	} while (0)

void broken_end(void) __attribute__((noreturn));

// stress/files.c
void files_start(void); // of this slot: looks at what is there and goes on
void step_file(void);
void step_read_file(void);
void step_publish(void);
void step_sync(void);
void step_read_common(void);
void files_remove(void);
void common_check(void);
void common_remove(void);

// stress/content.c: what is in a file of a version
uint content_words(uint64 who, uint64 version);
bool content_write(int fd, uint64 who, uint64 version);

enum content_state {
	CONTENT_NONE,    // no such file
	CONTENT_PARTIAL, // the first bytes of some version, or nothing
	CONTENT_WHOLE,
	CONTENT_UNREAD, // there is no memory to read it
};

// Reads a file of that writer; sets the version, 0 if there is too little to
// tell.  Ends the process if it holds anything else.
enum content_state content_read(const char *name, uint64 who, uint64 *version);
// The same for a file whose writer is in it.
enum content_state content_read_any(const char *name);

// stress/memory.c
void step_fork(void);
void step_heap(void);
void step_hunger(void);

// stress/procs.c
void step_pipe(void);
void step_exec(void);
void step_kill(void);
void fresh_process_check(int argc, char **argv) __attribute__((noreturn));

// stress/harts.c
void step_move(void);
void step_swap(void);
uint64 any_mask(void);

// stress/worker.c
void mind(uint slot) __attribute__((noreturn));
void audit_on(void) __attribute__((noreturn));
void step_audit(void);

#endif
