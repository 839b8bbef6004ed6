// fuzz: what its files share.
//
// Processes: main (fuzz/warden.c) starts a ticker and, per slot, a minder; a
// minder starts one worker after the other; workers and their children make
// the random calls.  All of them write records to one pipe, the registry, that
// main reads.  Its writing end is descriptor REGISTRY everywhere, which no
// random call touches.
#ifndef FUZZ_FUZZ_H
#define FUZZ_FUZZ_H

#include "user/testing.h"
#include "kernel/fs.h"
#include "kernel/memlayout.h"
#include "kernel/param.h"
#include "kernel/syscall.h"
#include <stdbool.h>
#include <stddef.h>

#define REGISTRY (NOFILE - 1)
#define SCRATCH  "/fuzzdir"
#define PROGRAM  "/fuzz"

enum record_kind {
	REC_BIRTH,  // value: process id; the first thing a process does
	REC_TICK,   // 100 ms have passed
	REC_CALLS,  // value: system calls made
	REC_CHECKS, // value: canaries that were alive
	REC_DONE,   // a minder has ended
	REC_BROKEN, // a canary has died; the console has the reason
};

// 8 bytes: the pipe takes them whole, and its ring holds a whole number.
struct record {
	int kind;
	int value;
};

struct totals {
	uint64 processes;
	uint64 calls;
	uint64 checks;
	uint64 killed; // by the warden
	uint64 broken;
};

struct plan {
	uint64 seed;
	uint64 seconds;
	uint64 workers;
	bool hungry;
	int deadline; // as uptime() counts
};

extern struct plan plan; // does not change once there is a worker

// Of this process.
struct self {
	uint64 random; // state for mix()
	uint slot;
	uint depth; // forks below the worker
	uint calls; // made since the last record
	uint checks;
};

extern struct self self;

static inline uint
pick(uint n)
{
	return below(&self.random, n);
}

// fuzz/warden.c
void send_record(enum record_kind kind, int value);
void run_all(struct totals *t);
void own_table(void);

// fuzz/worker.c
void worker_run(uint slot, uint generation) __attribute__((noreturn));
int any_kid(void);      // a child of the process, or 0
int any_relative(void); // a parent, or another child of one, or 0

// Starts a process that will not outlive the warden's patience; 0 in the
// child, -1 if there can be none.
int fork_registered(void);

// Ends the process after a message on the console: what no kernel may do was
// seen.
#define BROKEN(...)                                                           \
	do {                                                                  \
		int to = broken_console();                                    \
                                                                              \
		fprintf(to, "\nfuzz: BROKEN: slot %u, depth %u: ", self.slot, \
		    self.depth);                                              \
		fprintf(to, __VA_ARGS__);                                     \
		fprintf(to, "\n");                                            \
		broken_end();                                                 \
	} while (0)

int broken_console(void);
void broken_end(void) __attribute__((noreturn));

// Says that a canary is alive.
void alive(void);

// fuzz/values.c
enum direction { KERNEL_READS, KERNEL_WRITES };

void arena_init(void);
char *arena_spot(uint room); // so many bytes that are this process's
void arena_mend(void);       // after the break may have moved
uint64 arena_start(void); // the program and its stack are below
uint64 any_number(void);
uint64 any_size(void);
uint64 any_fd(bool *invalid);
// *bad: no byte there can be used.
uint64 any_pointer(enum direction way, bool *bad);

// A page of zeros that the program may only read, between two others.
extern const uchar read_only[3 * PGSIZE];

// fuzz/paths.c
enum path_use {
	PATH_ANY,     // its name may be made, changed or removed
	PATH_TO_OPEN, // devices too
	PATH_TO_READ, // what must stay as it is, too
	PATH_TO_RUN,
};

// A path as a system call gets it; *bad: no call may accept it.  Two are good
// at a time.
uint64 any_path(enum path_use use, bool *bad);

// fuzz/calls.c
void random_call(void);
long raw_call(uint64 number, const uint64 args[6]);

// fuzz/canary.c
void random_check(void);
void fresh_process_check(int argc, char **argv) __attribute__((noreturn));

// fuzz/misdeed.c
void random_misdeed(void); // often does not return
void random_exec(void);    // returns if it failed
uint64 any_vector(void);   // of arguments, good or bad

// fuzz/hunger.c: children's lives; they return only if they are not asked for
void eat_memory(void);
void eat_disk(void);
void eat_inodes(void);

// fuzz/account.c
struct account {
	long pages;  // free
	long tables; // page tables in use
	int inodes;  // free
	int blocks;  // free
};

void account_take(struct account *a);
int account_compare(const struct account *before, struct account *after);
void remember_names(void);
int clean_up(void);
int audit(void);

#endif
