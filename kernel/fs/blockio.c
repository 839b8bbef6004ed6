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

void
io_batch_init(struct io_batch *b)
{
	spin_init(&b->lock, LC_BCACHE);
	waitq_init(&b->finished);
	b->in_flight = 0;
	b->failed = 0;
}

void
io_note_failure(struct io_failure *f, const struct disk_request *r)
{
	f->flush = r->len == 0;
	f->write = r->write;
	f->block = (uint)(r->sector / (BSIZE / SECTOR));
}

// Runs in the disk's interrupt handler.
static void
transfer_done(struct disk_request *r)
{
	struct io *io = LIST_OBJ(r, struct io, req);
	struct io_batch *b = io->batch;

	spin_lock(&b->lock);
	if (!r->ok && b->failed++ == 0)
		io_note_failure(&b->failure, r);
	if (--b->in_flight == 0)
		waitq_wake_all(&b->finished);
	spin_unlock(&b->lock);
}

// The rest of io->req has been filled in.
static void
start(struct io_batch *b, struct io *io, void *data, bool write)
{
	io->batch = b;
	io->req.data = data;
	io->req.write = write;
	io->req.ok = false;
	io->req.done = transfer_done;
	spin_lock(&b->lock);
	b->in_flight++;
	spin_unlock(&b->lock);
	disk_submit(&io->req);
}

void
io_start(struct io_batch *b, struct io *io, uint no, uint count, void *data,
    bool write)
{
	io->req.sector = (uint64)no * (BSIZE / SECTOR);
	io->req.len = count * BSIZE;
	start(b, io, data, write);
}

void
io_start_sector(struct io_batch *b, struct io *io, uint no, uint sector,
    void *data, bool write)
{
	io->req.sector = (uint64)no * (BSIZE / SECTOR) + sector;
	io->req.len = SECTOR;
	start(b, io, (uchar *)data + sector * SECTOR, write);
}

void
io_start_flush(struct io_batch *b, struct io *io)
{
	io->req.sector = 0;
	io->req.len = 0;
	start(b, io, NULL, true);
}

int
io_wait(struct io_batch *b, struct io_failure *failure)
{
	uint failed;

	spin_lock(&b->lock);
	while (b->in_flight > 0)
		waitq_sleep_deaf(&b->finished, &b->lock);
	failed = b->failed;
	b->failed = 0;
	if (failed > 0 && failure != NULL)
		*failure = b->failure;
	spin_unlock(&b->lock);
	return failed == 0 ? 0 : -1;
}

int
io_once(uint no, uint count, void *data, bool write)
{
	struct io_failure failure;
	struct io_batch b;
	struct io io;

	io_batch_init(&b);
	io_start(&b, &io, no, count, data, write);
	if (io_wait(&b, &failure) == 0)
		return 0;
	kprintf("fs: cannot %s block %u\n", write ? "write" : "read", no);
	return -1;
}
