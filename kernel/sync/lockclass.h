// Every lock of the kernel belongs to a class; this table is the one lock
// order and what /dev/lockstat lists.
//
// A hart may take a lock only if its rank is higher than that of every
// spinlock it holds (debug builds check it).  Sleep locks are taken before any
// spinlock, and among themselves in the order of their ranks.
//
//        class       rank  protects
#ifndef SYNC_LOCKCLASS_H
#define SYNC_LOCKCLASS_H

#define LOCK_CLASSES(X)                                                        \
	/* sleep locks: held across disk waits and user copies */              \
	X(INODE, 1, "inode", "an inode's contents and on-disk fields")         \
	X(BUF, 2, "buf", "a disk block's cached contents")                     \
	X(TEXTDEV, 3, "textdev", "an open text device's snapshot")             \
	X(BENCH, 4, "bench", "nothing: lockbench measures it")                 \
	X(OUTPUT, 5, "output", "a piece of output to the console")             \
	/* spinlocks that conditions are waited for under */                   \
	X(LOG, 10, "log", "the log's transaction state")                       \
	X(ICACHE, 12, "icache", "a bucket of cached inodes")                   \
	X(BCACHE, 14, "bcache", "cached blocks of some numbers")                   \
	X(PIPE, 16, "pipe", "a pipe's ring")                                   \
	X(CONSOLE, 17, "console", "the line being typed")                      \
	X(DISK, 18, "disk", "the virtio ring")                                 \
	X(FAMILY, 20, "family", "a process's list of children")                \
	X(INIT_FAMILY, 21, "init_family", "init's, which orphans move to")     \
	X(SLEEPLOCK, 30, "sleeplock", "the waiters of a sleep lock")           \
	X(IMAGE, 32, "image", "the programs kept ready for exec")             \
	X(PROGCACHE, 33, "progcache", "a hart's programs by name")            \
	X(FILES, 34, "files", "descriptor tables kept for want of memory")     \
	/* scheduler */                                                        \
	X(TIMERQ, 40, "timerq", "a hart's pending time-outs")                  \
	X(PIDHASH, 45, "pidhash", "a bucket of the pid index")                 \
	X(RUNQ, 50, "runq", "a hart's run queue")                              \
	X(PROCSLOT, 56, "procslot", "a hart's free process slots")             \
	X(PROCDEPOT, 57, "procdepot", "free process slots of no hart")         \
	/* memory manager */                                                   \
	X(KCACHE, 60, "kcache", "a hart's magazine of one object cache")       \
	X(KCACHE_DEPOT, 62, "kcache_depot", "an object cache's slabs")         \
	X(PAGECOUNT, 70, "pagecount", "baseline: all page reference counts")   \
	X(RESERVE, 71, "reserve", "free pages kept back for the console")      \
	X(PAGELIST, 72, "pagelist", "a hart's list of free pages")             \
	X(PAGEDEPOT, 74, "pagedepot", "batches of free pages of no hart")      \
	/* leaves */                                                           \
	X(PRINTF, 90, "printf", "one kernel message at a time")                \
	X(UART, 92, "uart", "the serial port's registers")

enum lock_class {
#define X(id, rank, name, what) LC_##id,
	LOCK_CLASSES(X)
#undef X
	    LC_COUNT
};

#endif
