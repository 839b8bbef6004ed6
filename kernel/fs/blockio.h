// Disk transfers in batches: start any number, then wait for all of them.
#ifndef FS_BLOCKIO_H
#define FS_BLOCKIO_H

#include <stdbool.h>
#include "kernel/types.h"
#include "dev/disk.h"
#include "proc/waitq.h"
#include "sync/spinlock.h"

#define SECTOR 512 // what a disk writes entirely or not at all

// The first transfer of a batch that failed.
struct io_failure {
	bool flush;
	bool write;
	uint block; // unless it is a flush
};

struct io_batch {
	struct spinlock lock;
	struct waitq finished; // [lock] whoever waits for in_flight == 0
	uint in_flight;        // [lock] started and not done
	uint failed;           // [lock] of those, done without success
	struct io_failure failure; // [lock] if failed > 0
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

// The same for one sector of a block; data is the block's.
void io_start_sector(struct io_batch *b, struct io *io, uint no, uint sector,
    void *data, bool write);

// The same for a flush: when it is done, all writes are on stable storage that
// were done before it was started.
void io_start_flush(struct io_batch *b, struct io *io);

// Sleeps until everything started is done.  0, or -1 if a transfer failed:
// which, is in *failure, unless that is NULL.
int io_wait(struct io_batch *b, struct io_failure *failure);

// Fills in what r, which has failed, was about.
void io_note_failure(struct io_failure *f, const struct disk_request *r);

// One transfer, start to end.  A failure is reported with its block number.
int io_once(uint no, uint count, void *data, bool write);

#endif
