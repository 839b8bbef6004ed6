// Open files.
//
// References: one per descriptor of each container (fs/files.h).  A call in
// progress needs none of its own: the containers that list the file include
// the caller's, or one it shares, and that container changes only by its sole
// holder's calls.  A process has one thread, so no close can run beside its
// own read, and a container that is shared is not changed at all.
//
// Processes share a file's offset, which therefore moves under the lock of the
// inode, together with the transfer it belongs to.  A write longer than one
// operation's share is a sequence of such transfers, and other processes'
// writes may come in between.  A file that appends takes the inode's size for
// its offset under the same lock, before each of them: whoever else appends,
// through whatever file, nothing is written over.

#include "fs/file.h"
#include "dev/chardev.h"
#include "fs/inode.h"
#include "fs/log.h"
#include "fs/pipe.h"
#include "kernel/param.h"
#include "kernel/riscv.h"
#include "kernel/stat.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "mm/kcache.h"
#include "mm/page.h"
#include "mm/ucopy.h"
#include "proc/sched.h"

// Bytes that one write operation moves at most, as pages of kernel memory in
// between.  With the default log of 29 blocks there is room for 12 KiB, and
// more would gain little: the cost of a commit is spread over 12 blocks then.
#define SHARE_PAGES 3

static struct kcache *file_cache; // [I]

void
file_init(void)
{
	file_cache = kcache_create("file", sizeof(struct file), NULL);
}

struct file *
file_new(void)
{
	struct file *f = kcache_alloc(file_cache);

	if (f == NULL)
		return NULL;
	memset(f, 0, sizeof(*f));
	f->refs = 1;
	return f;
}

void
file_hold(struct file *f)
{
	// Relaxed: the caller has found it where a reference is held.
	__atomic_add_fetch(&f->refs, 1, __ATOMIC_RELAXED);
}

static void
file_close(struct file *f)
{
	if (f->dev != NULL && f->dev->release != NULL)
		f->dev->release(f->dev_state);
	if (f->pipe != NULL)
		pipe_close(f->pipe, f->writable);
	if (f->ip != NULL)
		inode_put(f->ip);
	kcache_free(file_cache, f);
}

void
file_put(struct file *f)
{
	// Release: what this process did with the file happens before its
	// closing by whoever is last, who acquires.
	uint32 was = __atomic_fetch_sub(&f->refs, 1, __ATOMIC_RELEASE);

	if (was == 0)
		panic("open file %p put by nobody who holds it", (void *)f);
	if (was > 1)
		return;
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	file_close(f);
}

static int
read_inode(struct file *f, uint64 uaddr, int n)
{
	int got;

	if (inode_lock_valid(f->ip) < 0)
		return -1;
	got = inode_read_user(f->ip, uaddr, f->off, (uint)n);
	if (got > 0)
		f->off += (uint)got;
	inode_unlock(f->ip);
	return got;
}

int
file_read(struct file *f, uint64 uaddr, int n)
{
	if (!f->readable)
		return -1;
	switch (f->kind) {
	case FILE_PIPE:
		return pipe_read(f->pipe, uaddr, n);
	case FILE_DEVICE:
		if (f->dev->read == NULL)
			return -1;
		return f->dev->read(&f->dev_state, uaddr, n);
	case FILE_INODE:
		return read_inode(f, uaddr, n);
	}
	return -1;
}

// Kernel memory for one operation's share of a write.
struct share {
	uint n;
	uchar *page[SHARE_PAGES];
};

static void
share_free(struct share *s)
{
	for (uint i = 0; i < SHARE_PAGES; i++)
		if (s->page[i] != NULL)
			kpage_free(s->page[i]);
}

static uint
share_part(const struct share *s, uint i)
{
	uint left = s->n - i * PGSIZE;

	return left < PGSIZE ? left : PGSIZE;
}

// Fetches n bytes.  On failure there is nothing to free.
static int
share_fetch(struct share *s, uint64 uaddr, uint n)
{
	memset(s, 0, sizeof(*s));
	s->n = n;
	for (uint i = 0; i * PGSIZE < n; i++) {
		s->page[i] = kpage_alloc();
		if (s->page[i] == NULL ||
		    copy_from_user(s->page[i], uaddr + i * PGSIZE,
		        share_part(s, i)) < 0) {
			share_free(s);
			return -1;
		}
	}
	return 0;
}

// Inode locked, in an operation.  Returns how much of the share was written.
static uint
share_write(const struct share *s, struct file *f)
{
	uint done = 0;

	for (uint i = 0; i * PGSIZE < s->n; i++) {
		uint part = share_part(s, i);
		int put = inode_write(f->ip, s->page[i], f->off, part);

		if (put > 0) {
			f->off += (uint)put;
			done += (uint)put;
		}
		if (put != (int)part)
			break;
	}
	return done;
}

// How much one operation may write: what the pages hold, or fewer bytes if the
// log is small.
static uint
share_limit(void)
{
	uint limit = SHARE_PAGES * PGSIZE;

	while (limit > BSIZE && inode_write_cost(limit) > log_capacity())
		limit -= BSIZE;
	return limit;
}

// Writes up to n bytes, of a call that has left bytes to write with these.
// Returns how many, or -1 with nothing changed.
static int
write_share(struct file *f, uint64 uaddr, uint n, uint left)
{
	uint cost = inode_write_cost(n), done = 0;
	struct share s;

	if (share_fetch(&s, uaddr, n) < 0)
		return -1;
	if (log_reserve(cost) < 0) {
		share_free(&s);
		return -1;
	}
	if (inode_lock_valid(f->ip) == 0) {
		if (f->append)
			f->off = f->ip->size;
		if (f->off + left <= MAX_BYTES)
			done = share_write(&s, f);
		inode_unlock(f->ip);
	}
	if (log_finish(cost) < 0)
		done = 0;
	share_free(&s);
	return done > 0 ? (int)done : -1;
}

// What has been written counts, even if the rest cannot be.
static int
write_inode(struct file *f, uint64 uaddr, uint n)
{
	uint limit = share_limit();
	uint done = 0;

	while (done < n) {
		uint part = n - done < limit ? n - done : limit;
		int put = write_share(f, uaddr + done, part, n - done);

		if (put > 0)
			done += (uint)put;
		if (put != (int)part)
			break;
		preempt_point();
	}
	return done > 0 || n == 0 ? (int)done : -1;
}

int
file_write(struct file *f, uint64 uaddr, int n)
{
	if (!f->writable)
		return -1;
	switch (f->kind) {
	case FILE_PIPE:
		return pipe_write(f->pipe, uaddr, n);
	case FILE_DEVICE:
		if (f->dev->write == NULL)
			return -1;
		return f->dev->write(&f->dev_state, uaddr, n);
	case FILE_INODE:
		return write_inode(f, uaddr, (uint)n);
	}
	return -1;
}

int
file_stat(struct file *f, struct stat *st)
{
	struct inode *ip = f->ip;

	if (ip == NULL || inode_lock_valid(ip) < 0)
		return -1;
	memset(st, 0, sizeof(*st)); // the padding goes to the user, too
	st->dev = ROOTDEV;
	st->ino = ip->inum;
	st->type = ip->type;
	st->nlink = ip->nlink;
	st->size = ip->size;
	inode_unlock(ip);
	return 0;
}
