// A machine of one hart inside a host program, for testing kernel/fs. 
// Compiled into every file with -include, it takes the place of proc/proc.h.
//
// Processes are coroutines; a seeded random scheduler decides who runs, at
// every point where the kernel could sleep, be preempted or race with another
// hart.  The disk is memory; what is submitted completes later and in any
// order, and a run can be cut off at any write, as by a crash.
#ifndef HOST_STUBS_H
#define HOST_STUBS_H

#define PROC_PROC_H // instead of proc/proc.h

#include <stdbool.h>
#include <stddef.h>
#include "kernel/types.h"
#include "lib/list.h"
#include "proc/counters.h"
#include "proc/waitq.h"
#include "sync/sleeplock.h"
#include "sync/spinlock.h"

struct files;
struct stack;

struct proc {
	struct files *files;
	struct list wait_link;
	int state;
	bool killed;
	uint holds;
	bool joining;
	struct stack *on;
	void *stack;
	void (*run)(void *arg);
	void *arg;
};

struct proc *current(void);

#define MAX_PROCS 64
// Descriptor tables that the kernel keeps for want of memory (fs/files.c).
#define SPARE_TABLES (MAX_PROCS + MAX_PROCS / 2)

// Events that are counted: all by one hart.

#define MM_STATS_H // instead of mm/stats.h

extern uint64 host_counters[CTR_COUNT];

static inline void
count_events(enum counter c, uint64 n)
{
	host_counters[c] += n;
}

static inline void
count_event(enum counter c)
{
	count_events(c, 1);
}

// Time, which does not pass: time-outs end when nothing else happens, and at
// times before.

#define TRAP_TRAP_H // instead of trap/trap.h

static inline uint64
timer_slice(void)
{
	return 1;
}

bool host_timeout(void); // one of them ends, if there is any
void host_rest(void);    // until all have ended, and what the disk does then

// Processes.

void host_seed(uint64 seed); // also decides whether the disk is slow
uint host_random(uint below);
struct proc *host_spawn(void (*run)(void *arg), void *arg);
void host_run(void); // until all have ended; a deadlock is fatal
void host_kill(struct proc *p);
void host_yield(void);  // maybe
void host_join(void);   // until all other processes have ended
uint host_self(void);   // number of the running process, from 0

// Memory.  User addresses are those of host_user[0..HOST_USER_SIZE-1].

#define HOST_USER_SIZE (1 << 21)
extern uchar host_user[HOST_USER_SIZE];
extern uint host_ram_pages;  // what page_total() says
extern long host_fail_alloc; // counts down; that allocation fails; 0 = none
extern bool host_no_memory;  // every allocation fails
long host_live_pages(void);
long host_live(const char *kcache_name);

static inline long
tables_in_use(void) // spares aside
{
	return host_live("files") - SPARE_TABLES;
}

// The disk.

extern uchar *host_disk;    // its contents, shared with forked children
extern uint host_disk_blocks;
extern long host_cut;       // counts down; that write is the last; 0 = none
extern long host_writes;    // done so far
extern long host_bad_block; // transfers that touch it fail; -1 = none
void host_disk_open(uint blocks);

// What fails while armed: number at, and each multiple of every (0 = none), of
// all transfers and allocations of the kinds chosen.  A write or a flush that
// fails may have happened all the same.
struct host_faults {
	bool armed;
	bool reads, writes, allocs;
	long at, every;
	long count, hits, write_hits;
};
extern struct host_faults host_faults;

// A recording of what was done to the disk, and of what others want in it.
// Shared with forked children.
enum host_what { HOST_WRITE, HOST_FLUSH, HOST_DONE, HOST_SYNCED };

struct host_event {
	enum host_what what;
	uint since;  // transfers: events before this one came before its start
	uint64 sector;
	uint len;
	uchar *data;
	uint who, value; // marks
};

#define HOST_MAX_EVENTS 4096
#define HOST_MAX_DATA   (32 << 20)

struct host_record {
	bool on;
	uint n;
	size_t used; // bytes of data
	struct host_event event[HOST_MAX_EVENTS];
	uchar data[HOST_MAX_DATA];
};
extern struct host_record *host_record;
void host_record_start(void);
void host_record_end(void);
void host_mark(enum host_what what, uint who, uint value);

#define HOST_EXIT_CUT   77
#define HOST_EXIT_PANIC 78
extern bool host_quiet;      // kernel messages are not shown
extern long host_messages;   // and counted
extern char *host_panic_text; // last panic of any child

// Between the parts of the machine.

bool host_may_sleep(void);  // a process runs, and holds no spinlock
void host_switch(void);     // lets others run
bool host_disk_busy(void);  // requests are pending
bool host_disk_event(void); // completes one, if there is any
void host_broken(const char *what) __attribute__((noreturn));

#define HOST_DEVICE_MAJOR 5
extern long host_device_releases;

#endif
