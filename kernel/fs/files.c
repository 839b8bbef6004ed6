// Containers of open files, shared by fork and copied when one holder changes
// its own (fs/files.h has the invariant).
//
// refs == 1 means that the current process is the sole holder and stays so: a
// count rises only in fork, by a process that holds the container.  Reading 1
// is an acquire, which pairs with the release of those who have let go: they
// may still have been copying from it just before.
//
// Closing must not fail for want of memory, or a reader would wait for ever for
// the end of a pipe that somebody could not close.  So there are containers
// enough for all: one for each process, and those that are being copied by all
// of their holders, of which each has two or more.  SPARE of them are kept
// back, for when the object cache has none.
//
//   containers in use <= processes + processes / 2 = SPARE

#include "fs/files.h"
#include "fs/file.h"
#include "fs/inode.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "mm/kcache.h"
#include "proc/proc.h"
#include "sync/spinlock.h"

#define SPARE(processes) ((processes) + (processes) / 2)

static struct kcache *files_cache; // [I]

static struct {
	struct spinlock lock;
	struct files *first; // [lock]
} spares = {.lock = SPINLOCK_INIT(LC_FILES)};

static void
spare_add(struct files *f)
{
	spin_lock(&spares.lock);
	f->next_spare = spares.first;
	spares.first = f;
	spin_unlock(&spares.lock);
}

static struct files *
spare_take(void)
{
	struct files *f;

	spin_lock(&spares.lock);
	f = spares.first;
	KASSERT(f != NULL); // the invariant above
	spares.first = f->next_spare;
	spin_unlock(&spares.lock);
	return f;
}

void
files_init(uint processes)
{
	file_init();
	files_cache = kcache_create("files", sizeof(struct files), NULL);
	for (uint i = 0; i < SPARE(processes); i++) {
		struct files *f = kcache_alloc(files_cache);

		if (f == NULL)
			panic("no memory for the descriptor tables");
		f->spare = true;
		spare_add(f);
	}
}

static struct files *
container_new(void)
{
	struct files *f = kcache_alloc(files_cache);
	bool spare = f == NULL;

	if (spare)
		f = spare_take();
	memset(f, 0, sizeof(*f));
	f->spare = spare;
	f->refs = 1;
	return f;
}

static void
container_free(struct files *f)
{
	if (f->spare)
		spare_add(f);
	else
		kcache_free(files_cache, f);
}

struct files *
files_new(void)
{
	struct files *f = container_new();

	f->cwd = inode_get(ROOTINO);
	if (f->cwd == NULL) {
		container_free(f);
		return NULL;
	}
	return f;
}

struct files *
files_share(struct files *f)
{
	// Relaxed: the caller holds a reference.
	__atomic_add_fetch(&f->refs, 1, __ATOMIC_RELAXED);
	return f;
}

void
files_put(struct files *f)
{
	uint32 was = __atomic_fetch_sub(&f->refs, 1, __ATOMIC_RELEASE);

	if (was == 0)
		panic("container %p of open files put by nobody who holds it",
		    (void *)f);
	if (was > 1)
		return;
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	for (uint i = 0; i < NOFILE; i++)
		if (f->fd[i] != NULL)
			file_put(f->fd[i]);
	inode_put(f->cwd);
	container_free(f);
	orphan_reap();
}

// Everything in a shared container has one more holder once it is in the copy.
static void
container_copy(struct files *to, const struct files *from)
{
	to->cwd = from->cwd;
	inode_hold(to->cwd);
	for (uint i = 0; i < NOFILE; i++) {
		to->fd[i] = from->fd[i];
		if (to->fd[i] != NULL)
			file_hold(to->fd[i]);
	}
}

void
files_unshare(void)
{
	struct files *old = current()->files, *own;

	if (__atomic_load_n(&old->refs, __ATOMIC_ACQUIRE) == 1)
		return;
	own = container_new();
	container_copy(own, old);
	current()->files = own;
	files_put(old);
}
