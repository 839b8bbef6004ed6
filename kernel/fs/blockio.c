// Batches of disk transfers.
//
// A batch lives in its waiter's memory, often on its stack, and dies when
// io_wait returns.  That is safe because the waiter sees in_flight == 0 under
// the lock, hence after the handler that made it so has released the lock for
// good.  What the disk wrote to memory is visible for the same reason.

#include "fs/blockio.h"
#include "kernel/fs.h"
#include "lib/list.h"
#include "lib/printf.h"

#define SECTOR 512 // unit of disk addresses

void
io_batch_init(struct io_batch *b)
{
	spin_init(&b->lock, LC_BCACHE);
	waitq_init(&b->finished);
	b->in_flight = 0;
	b->failed = 0;
}

// Runs in the disk's interrupt handler.
static void
transfer_done(struct disk_request *r)
{
	struct io *io = LIST_OBJ(r, struct io, req);
	struct io_batch *b = io->batch;

	if (!r->ok)
		kprintf("fs: cannot %s block %lu\n",
		    r->write ? "write" : "read", r->sector / (BSIZE / SECTOR));
	spin_lock(&b->lock);
	if (!r->ok)
		b->failed++;
	if (--b->in_flight == 0)
		waitq_wake_all(&b->finished);
	spin_unlock(&b->lock);
}

void
io_start(struct io_batch *b, struct io *io, uint no, uint count, void *data,
    bool write)
{
	io->batch = b;
	io->req.sector = (uint64)no * (BSIZE / SECTOR);
	io->req.data = data;
	io->req.len = count * BSIZE;
	io->req.write = write;
	io->req.ok = false;
	io->req.done = transfer_done;
	spin_lock(&b->lock);
	b->in_flight++;
	spin_unlock(&b->lock);
	disk_submit(&io->req);
}

int
io_wait(struct io_batch *b)
{
	uint failed;

	spin_lock(&b->lock);
	while (b->in_flight > 0)
		waitq_sleep_deaf(&b->finished, &b->lock);
	failed = b->failed;
	b->failed = 0;
	spin_unlock(&b->lock);
	return failed == 0 ? 0 : -1;
}

int
io_once(uint no, uint count, void *data, bool write)
{
	struct io_batch b;
	struct io io;

	io_batch_init(&b);
	io_start(&b, &io, no, count, data, write);
	return io_wait(&b);
}
