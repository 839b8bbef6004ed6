// The block cache.
#ifndef FS_BLOCK_H
#define FS_BLOCK_H

#include <stdbool.h>
#include "kernel/types.h"
#include "sync/sleeplock.h"

struct cluster;

// Cache lines of its own: harts at work on neighbouring blocks have none in
// common.
//
// [I] while somebody has a reference  [l] under lock  [g] the log's lock
// [c] the log's committer  [a] atomic
struct buf {
	struct sleeplock lock;
	uint no;              // [I] block number
	uint32 refs;          // [a] see fs/block.c
	bool recent;          // [a] used since the hand came by
	bool valid;           // [l] data is the block's contents
	uint64 txn;           // [g] transaction that logged it last
	uint slot;            // [c] of the log: where its newest copy is
	uchar *data;          // [I] where the contents are [l]
	struct cluster *home; // [I] cluster it is part of
} __attribute__((aligned(64)));

// Boot.  budget: pages that the cache may grow to.
void block_init(uint budget);

// The block with its contents, locked; NULL if it is not on the disk, cannot
// be read, or memory is short.
struct buf *block_read(uint no);

// The same for a block whose contents do not matter any more: all zeros, and
// the disk is not read.
struct buf *block_fresh(uint no);

// Unlocks, and drops the reference that block_read or block_fresh took.
void block_release(struct buf *b);

// One more reference, by a holder of the lock; and back.
void block_pin(struct buf *b);
void block_unpin(struct buf *b);

// Gives back memory of up to so many pages.  Never sleeps.  Returns how many.
uint block_shrink(uint pages);

// About how many that could be.
uint block_reclaimable(void);

#endif
