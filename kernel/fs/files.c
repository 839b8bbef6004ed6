// Containers of open files, shared by fork and copied when one holder changes
// its own (fs/files.h has the invariant).
//
// refs == 1 means that the current process is the sole holder and stays so: a
// count rises only in fork, by a process that holds the container.  Reading 1
// is an acquire, which pairs with the release of those who have let go: they
// may still have been copying from it just before.

#include "fs/files.h"
#include "fs/file.h"
#include "fs/inode.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "mm/kcache.h"
#include "proc/proc.h"

static struct kcache *files_cache; // [I]

void
files_init(void)
{
	file_init();
	files_cache = kcache_create("files", sizeof(struct files), NULL);
}

static struct files *
container_new(void)
{
	struct files *f = kcache_alloc(files_cache);

	if (f != NULL) {
		memset(f, 0, sizeof(*f));
		f->refs = 1;
	}
	return f;
}

struct files *
files_new(void)
{
	struct files *f = container_new();

	if (f == NULL)
		return NULL;
	f->cwd = inode_get(ROOTINO);
	if (f->cwd == NULL) {
		kcache_free(files_cache, f);
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
	kcache_free(files_cache, f);
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

int
files_unshare(void)
{
	struct files *old = current()->files, *own;

	if (__atomic_load_n(&old->refs, __ATOMIC_ACQUIRE) == 1)
		return 0;
	own = container_new();
	if (own == NULL)
		return -1;
	container_copy(own, old);
	current()->files = own;
	files_put(old);
	return 0;
}
