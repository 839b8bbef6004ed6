// The write-ahead log: groups of block writes that reach the disk entirely or
// not at all.
#ifndef FS_LOG_H
#define FS_LOG_H

#include "kernel/types.h"

struct buf;

// Replays committed transactions that a crash has left in the log, and opens
// the log.  The superblock has been adopted and no block is cached yet.
void log_mount(void);

// Blocks that one transaction, and so one operation, can hold at most.
uint log_capacity(void);

// Begins an operation that changes up to n different blocks; sleeps until the
// open transaction has room for them.  No locks held, and no operation of this
// process open: operations nest nowhere.  -1, and no operation is begun, if
// the file system has become read-only.
int log_reserve(uint n);

// Ends it, with the same n.  Sleeps until its changes are safely in the log;
// -1 if they cannot get there.  No locks held, for those that the transaction
// waits for may need them.
int log_finish(uint n);

// Ends it without waiting: its changes get to the log with those of the next
// operation, or when somebody waits for them.  Returns what to wait for.
uint64 log_finish_lazily(uint n);

// Sleeps until the changes of an operation that ended so, and of all before
// it, are safely in the log.  As for log_finish.
int log_await(uint64 ticket);

// Makes a changed block part of the operation.  The block is locked, and stays
// cached until it has been written home: reading it again cannot fail.
void log_block(struct buf *b);

// Commits what operations have left, puts all of it in its place, and waits
// until it is on stable storage.  -1 if that cannot be done.
int log_settle(void);

#endif
