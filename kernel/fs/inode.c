// The table of inodes in memory.
//
// An inode is in the table while somebody has a reference, and for a while
// afterwards, so that a file in frequent use keeps its entry.  Each bucket of
// the hash table keeps its last few unused inodes, oldest first, and frees
// older ones; so there is no list and no lock that all harts share.
//
//   refs   open files + working directories + calls in progress + 1 if it
//          waits on the orphans' list
//   idle   inodes of the bucket with refs == 0; they are last in its list
//
// A count rises from 0 and falls to 0 only under the bucket's lock.  All other
// changes are plain atomics: up by somebody who has a reference (relaxed),
// down with release, so that the one who drops the last sees what all others
// did.
//
// The last reference to an inode that no directory names does not go away but
// moves to the orphans' list (fs/orphan.c): freeing its blocks takes
// operations of their own, which must not start inside the operation or under
// the locks of whoever happens to be last.  So inode_put works anywhere, and
// never sleeps.
//
// Lock order of inodes: a directory before what it names, never by way of "."
// and "..", so the order follows the tree.

#include "fs/inode.h"
#include "lib/printf.h"
#include "mm/kcache.h"

#define NBUCKETS 128
#define KEEP     4 // per bucket: 512 inodes of 192 bytes are 26 pages,
                   // given back when memory is short

struct bucket {
	struct spinlock lock;
	uint idle;          // [lock]
	struct list inodes; // [lock] in use, newest first; then idle
} __attribute__((aligned(64)));

static struct bucket buckets[NBUCKETS];
static struct kcache *inode_cache; // [I]

static void
inode_construct(void *obj)
{
	struct inode *ip = obj;

	list_init(&ip->link);
	sleeplock_init(&ip->lock, LC_INODE);
}

void
inode_init(void)
{
	for (uint i = 0; i < NBUCKETS; i++) {
		spin_init(&buckets[i].lock, LC_ICACHE);
		list_init(&buckets[i].inodes);
	}
	inode_cache =
	    kcache_create("inode", sizeof(struct inode), inode_construct);
}

static struct bucket *
bucket_of(uint inum)
{
	return &buckets[inum % NBUCKETS];
}

// Under k's lock: the inode with one more reference, or NULL.
static struct inode *
bucket_find(struct bucket *k, uint inum)
{
	LIST_EACH(n, &k->inodes) {
		struct inode *ip = LIST_OBJ(n, struct inode, link);

		if (ip->inum != inum)
			continue;
		if (__atomic_fetch_add(&ip->refs, 1, __ATOMIC_RELAXED) == 0) {
			k->idle--;
			list_del(&ip->link);
			list_add(&k->inodes, &ip->link);
		}
		return ip;
	}
	return NULL;
}

static struct inode *
inode_new(uint inum)
{
	struct inode *ip = kcache_alloc(inode_cache);

	if (ip == NULL)
		return NULL;
	ip->inum = inum;
	ip->refs = 1;
	ip->next_orphan = NULL;
	ip->stamp = 0;
	ip->loaded = false;
	ip->dirty = false;
	ip->type = 0;
	ip->nlink = 0;
	ip->size = 0;
	return ip;
}

struct inode *
inode_get(uint inum)
{
	struct bucket *k = bucket_of(inum);
	struct inode *ip, *mine;

	spin_lock(&k->lock);
	ip = bucket_find(k, inum);
	spin_unlock(&k->lock);
	if (ip != NULL)
		return ip;
	mine = inode_new(inum);
	if (mine == NULL)
		return NULL;
	spin_lock(&k->lock);
	ip = bucket_find(k, inum); // somebody may have been quicker
	if (ip == NULL)
		list_add(&k->inodes, &mine->link);
	spin_unlock(&k->lock);
	if (ip == NULL)
		return mine;
	kcache_free(inode_cache, mine);
	return ip;
}

void
inode_hold(struct inode *ip)
{
	uint32 was = __atomic_fetch_add(&ip->refs, 1, __ATOMIC_RELAXED);

	if (was == 0)
		panic("inode %u held by nobody gets a reference", ip->inum);
}

// Under k's lock: takes an idle inode out of the table.  Its stamp is forgotten
// with it, so that a change of the file, read anew, would not be seen as one:
// what relies on the stamp ends now, before anybody can read it anew.
static struct inode *
bucket_forget(struct bucket *k, struct list *n)
{
	struct inode *ip = LIST_OBJ(n, struct inode, link);

	if (inode_stamp(ip) != 0)
		fs_generation_end();
	list_del(n);
	k->idle--;
	return ip;
}

// Under k's lock: files ip, which has just become idle, and unlinks the one
// that is idle for longest if they are too many.
static struct inode *
bucket_idle(struct bucket *k, struct inode *ip)
{
	struct list *oldest = &ip->link;

	list_del(&ip->link);
	list_add_tail(&k->inodes, &ip->link);
	if (++k->idle <= KEEP)
		return NULL;
	for (uint i = 1; i < k->idle; i++)
		oldest = oldest->prev;
	return bucket_forget(k, oldest);
}

// Frees the bucket's idle inodes.  Nobody can come by one while the bucket is
// locked, nor afterwards, when the table does not have it.
static uint
bucket_empty(struct bucket *k)
{
	struct inode *idle[KEEP];
	uint n = 0;

	spin_lock(&k->lock);
	while (k->idle > 0)
		idle[n++] = bucket_forget(k, k->inodes.prev);
	spin_unlock(&k->lock);
	for (uint i = 0; i < n; i++)
		kcache_free(inode_cache, idle[i]);
	return n;
}

uint
inode_shrink(void)
{
	uint n = 0;

	for (uint i = 0; i < NBUCKETS; i++)
		n += bucket_empty(&buckets[i]);
	return n;
}

// Gives back what may be the last reference.
static void
put_last(struct inode *ip)
{
	struct bucket *k = bucket_of(ip->inum);
	struct inode *old = NULL;
	bool orphan;

	spin_lock(&k->lock);
	// If it is the last, nobody holds the inode's lock, and nobody can
	// come by one while this bucket is locked.  Acquire: see the others'
	// work.
	orphan = __atomic_load_n(&ip->refs, __ATOMIC_ACQUIRE) == 1 &&
	    ip->loaded && ip->nlink == 0;
	if (!orphan &&
	    __atomic_sub_fetch(&ip->refs, 1, __ATOMIC_ACQ_REL) == 0)
		old = bucket_idle(k, ip);
	spin_unlock(&k->lock);
	if (orphan)
		orphan_add(ip);
	if (old != NULL)
		kcache_free(inode_cache, old);
}

void
inode_put(struct inode *ip)
{
	uint32 refs = __atomic_load_n(&ip->refs, __ATOMIC_RELAXED);

	while (refs > 1)
		if (__atomic_compare_exchange_n(&ip->refs, &refs, refs - 1,
		        false, __ATOMIC_RELEASE, __ATOMIC_RELAXED))
			return;
	if (refs == 0)
		panic("inode %u put by nobody who holds it", ip->inum);
	put_last(ip);
}

void
inode_lock(struct inode *ip)
{
	sleeplock_lock(&ip->lock);
	if (!ip->loaded)
		dinode_load(ip);
}

bool
inode_trylock(struct inode *ip)
{
	if (!sleeplock_trylock(&ip->lock))
		return false;
	if (!ip->loaded)
		dinode_load(ip);
	return true;
}

void
inode_unlock(struct inode *ip)
{
	sleeplock_unlock(&ip->lock);
}

int
inode_lock_valid(struct inode *ip)
{
	inode_lock(ip);
	if (ip->loaded)
		return 0;
	inode_unlock(ip);
	return -1;
}

short
inode_type(const struct inode *ip)
{
	return ip->type;
}

uint
inode_size(const struct inode *ip)
{
	return ip->size;
}

// Raised with release after what makes it rise, read with acquire before what
// is looked up: whoever reads the new number finds what it stands for.
static uint64 generation __attribute__((aligned(64)));

uint64
fs_generation(void)
{
	return __atomic_load_n(&generation, __ATOMIC_ACQUIRE);
}

void
fs_generation_end(void)
{
	__atomic_fetch_add(&generation, 1, __ATOMIC_RELEASE);
}

void
inode_changes(struct inode *ip)
{
	if (__atomic_load_n(&ip->stamp, __ATOMIC_RELAXED) == 0)
		return;
	__atomic_store_n(&ip->stamp, 0, __ATOMIC_RELAXED);
	fs_generation_end();
}

// Relaxed: what the number stands for was published by whoever keeps it
// (proc/image.c, under its lock).
uint64
inode_stamp(const struct inode *ip)
{
	return __atomic_load_n(&ip->stamp, __ATOMIC_RELAXED);
}

uint64
inode_stamp_new(struct inode *ip)
{
	static uint64 last; // [a]
	uint64 stamp = inode_stamp(ip);

	if (stamp == 0) {
		stamp = __atomic_add_fetch(&last, 1, __ATOMIC_RELAXED);
		__atomic_store_n(&ip->stamp, stamp, __ATOMIC_RELAXED);
	}
	return stamp;
}
