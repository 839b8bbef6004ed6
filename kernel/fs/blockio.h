// Disk transfers in batches: start any number, then wait for all of them.
#ifndef FS_BLOCKIO_H
#define FS_BLOCKIO_H

#include <stdbool.h>
#include "kernel/types.h"
#include "dev/disk.h"
#include "proc/waitq.h"
#include "sync/spinlock.h"

struct io_batch {
	struct spinlock lock;
	struct waitq finished; // [lock] whoever waits for in_flight == 0
	uint in_flight;        // [lock] started and not done
	uint failed;           // [lock] of those, done without success
};

// One transfer of a batch.  The caller keeps it until io_wait() returns.
struct io {
	struct disk_request req;
	struct io_batch *batch;
};

void io_batch_init(struct io_batch *b);

// Starts moving count blocks from block number no on, to or from data (a
// direct-map address).  May sleep until the disk takes the request.
void io_start(struct io_batch *b, struct io *io, uint no, uint count,
    void *data, bool write);

// Sleeps until everything started is done.  0, or -1 if a transfer failed
// (which has been reported with its block number).
int io_wait(struct io_batch *b);

// One transfer, start to end.
int io_once(uint no, uint count, void *data, bool write);

#endif
