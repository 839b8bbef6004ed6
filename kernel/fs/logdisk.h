// The log on the disk: where committed blocks wait for their places.
#ifndef FS_LOGDISK_H
#define FS_LOGDISK_H

#include <stdbool.h>
#include "kernel/types.h"

struct buf;

// All but logdisk_mount and logdisk_idle: by the committer (fs/log.c), one
// process at a time, with no spinlock held.  Those that return -1 have met a transfer that failed;
// no write may follow then, and what is on the disk is sound, or will be made
// so by the next mount.

// Reads the log.  What it holds is in the cache afterwards, and in its place
// on the disk if that could be written: else -1.  Panics if it is corrupt.
// No block is cached yet.
int logdisk_mount(void);

// Slots, and those that are free: 0 also if the log can take no more commits.
uint logdisk_capacity(void);
uint logdisk_room(void);

// Copies n blocks, which fit, behind what is in the log.  They are pinned
// once each, which logdisk_checkpoint undoes.
void logdisk_stage(struct buf *const *blocks, uint n);

// Makes what has been staged part of the log: entirely, or not at all.
int logdisk_commit(void);

// At a quiet moment, while there is no committer: begins to make the last
// commit stable and then to empty the log, without waiting for it.  The next commit
// puts an end to that.  Never sleeps; spinlocks above LC_BCACHE may be held.
void logdisk_idle(void);

// Puts all blocks in their places, and empties the log.  Everything is on
// stable storage afterwards.  rest: also as far as other kernels are concerned,
// since there may be nothing more to come.
int logdisk_checkpoint(bool rest);

// What could not be done, when one of these has returned -1.
void logdisk_complain(void);

#endif
