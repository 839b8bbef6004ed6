// The block cache.
//
// The unit of memory is a cluster: one page that holds four neighbouring
// blocks.  A cluster is found, counted and reused as a whole; its blocks are
// locked and become valid one by one.  A miss reads with one request whatever
// of the cluster is not valid yet, since what lies together is used together.
//
//   found      at most one cluster stands for a block: it is entered under its
//              bucket's lock, after a look whether another one is there
//   refs       users of its blocks + transactions that pin one of them
//   clean      refs == 0 => every valid block equals the disk's (the log pins
//              what differs), so the page may go at any time
//
// A count rises from 0 only under the bucket's lock, and a cluster leaves its
// bucket only with a count of 0 under that lock, so dropping a reference needs
// no lock: release on the way down, acquire where 0 permits reuse.
//
// Reuse is by clock: a hand goes round the buckets; a cluster that was used
// since its last visit is spared once.  A hit takes one bucket's lock and
// touches nothing that all harts share.
//
// Locks: a block's sleep lock may be held while another block's is taken only
// in the order file contents before bitmap; neighbours in a cluster are merely
// tried.  No bucket lock is held while allocating, sleeping or freeing.

#include "fs/block.h"
#include "fs/blockio.h"
#include "fs/super.h"
#include "kernel/riscv.h"
#include "lib/list.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "mm/kcache.h"
#include "mm/page.h"

#define PER_CLUSTER (PGSIZE / BSIZE)

// A default image of 2000 blocks makes 500 clusters: 256 buckets keep chains
// near two, and at 64 bytes each cost four pages.
#define NBUCKETS 256

// Pages that a shrinking cache keeps, so that somebody who cannot allocate
// finds one to reuse: of 32, a few operations pin ten each at worst.
#define FLOOR 32

// [b] bucket's lock
struct cluster {
	struct list link;   // [b]
	uint first;         // [I] while listed: its first block's number
	uint nblocks;       // [I] while listed: fewer at the end of the disk
	uint32 refs;        // [a]
	bool recent;        // [b] used since the hand came by
	uchar *page;        // [I]
	struct buf block[PER_CLUSTER];
};

struct bucket {
	struct spinlock lock;
	struct list clusters; // [lock]
} __attribute__((aligned(64)));

static struct bucket buckets[NBUCKETS];
static struct kcache *cluster_cache; // [I]
static uint budget;                  // [I] clusters
static uint nclusters;               // [a]
static uint hand;                    // [a] next bucket to look for victims in

static void
cluster_construct(void *obj)
{
	struct cluster *c = obj;

	list_init(&c->link);
	c->refs = 0;
	for (uint i = 0; i < PER_CLUSTER; i++) {
		sleeplock_init(&c->block[i].lock, LC_BUF);
		c->block[i].home = c;
	}
}

void
block_init(uint pages)
{
	budget = pages > FLOOR ? pages : FLOOR;
	for (uint i = 0; i < NBUCKETS; i++) {
		spin_init(&buckets[i].lock, LC_BCACHE);
		list_init(&buckets[i].clusters);
	}
	cluster_cache = kcache_create("cluster", sizeof(struct cluster),
	    cluster_construct);
}

// Neighbouring clusters go to neighbouring buckets: a sequential scan spreads
// evenly.
static struct bucket *
bucket_of(uint first)
{
	return &buckets[first / PER_CLUSTER % NBUCKETS];
}

static struct cluster *
cluster_new(void)
{
	struct cluster *c = kcache_alloc(cluster_cache);

	if (c == NULL)
		return NULL;
	c->page = kpage_alloc();
	if (c->page == NULL) {
		kcache_free(cluster_cache, c);
		return NULL;
	}
	__atomic_add_fetch(&nclusters, 1, __ATOMIC_RELAXED);
	return c;
}

// The cluster is in no bucket.
static void
cluster_free(struct cluster *c)
{
	__atomic_sub_fetch(&nclusters, 1, __ATOMIC_RELAXED);
	kpage_free(c->page);
	kcache_free(cluster_cache, c);
}

// Unlists a cluster of k that nobody uses and that the hand has spared before.
static struct cluster *
bucket_victim(struct bucket *k)
{
	struct cluster *victim = NULL;

	spin_lock(&k->lock);
	LIST_EACH(n, &k->clusters) {
		struct cluster *c = LIST_OBJ(n, struct cluster, link);

		// Acquire: what its last user did has happened.
		if (__atomic_load_n(&c->refs, __ATOMIC_ACQUIRE) > 0)
			continue;
		if (!c->recent) {
			victim = c;
			list_del(&c->link);
			break;
		}
		c->recent = false;
	}
	spin_unlock(&k->lock);
	return victim;
}

// Two rounds of the hand find whatever is unused.
static struct cluster *
clock_victim(void)
{
	for (uint i = 0; i < 2 * NBUCKETS; i++) {
		uint at = __atomic_fetch_add(&hand, 1, __ATOMIC_RELAXED);
		struct cluster *c = bucket_victim(&buckets[at % NBUCKETS]);

		if (c != NULL)
			return c;
	}
	return NULL;
}

// A cluster in no bucket: new while the budget lasts, then the clock's; when
// memory is short or all is in use, whichever way works.
static struct cluster *
cluster_obtain(void)
{
	struct cluster *c = NULL;

	if (__atomic_load_n(&nclusters, __ATOMIC_RELAXED) >= budget)
		c = clock_victim();
	if (c == NULL)
		c = cluster_new();
	if (c == NULL)
		c = clock_victim();
	return c;
}

// Makes c stand for the blocks from first on, none of them valid, with one
// reference.
static void
cluster_assign(struct cluster *c, uint first)
{
	uint left = fs_geo.sb.size - first;

	c->first = first;
	c->nblocks = left < PER_CLUSTER ? left : PER_CLUSTER;
	c->recent = true;
	__atomic_store_n(&c->refs, 1, __ATOMIC_RELAXED);
	for (uint i = 0; i < PER_CLUSTER; i++) {
		c->block[i].no = first + i;
		c->block[i].data = c->page + i * BSIZE;
		c->block[i].valid = false;
		c->block[i].txn = 0;
	}
}

// Under k's lock: the cluster with one more reference, or NULL.
static struct cluster *
bucket_find(struct bucket *k, uint first)
{
	LIST_EACH(n, &k->clusters) {
		struct cluster *c = LIST_OBJ(n, struct cluster, link);

		if (c->first == first) {
			__atomic_add_fetch(&c->refs, 1, __ATOMIC_RELAXED);
			c->recent = true;
			return c;
		}
	}
	return NULL;
}

static struct cluster *
cluster_get(uint first)
{
	struct bucket *k = bucket_of(first);
	struct cluster *c, *mine;

	spin_lock(&k->lock);
	c = bucket_find(k, first);
	spin_unlock(&k->lock);
	if (c != NULL)
		return c;
	mine = cluster_obtain();
	if (mine == NULL)
		return NULL;
	cluster_assign(mine, first);
	spin_lock(&k->lock);
	c = bucket_find(k, first); // somebody may have been quicker
	if (c == NULL)
		list_add(&k->clusters, &mine->link);
	spin_unlock(&k->lock);
	if (c == NULL)
		return mine;
	__atomic_store_n(&mine->refs, 0, __ATOMIC_RELAXED);
	cluster_free(mine);
	return c;
}

static struct buf *
block_hold(uint no)
{
	struct cluster *c;
	struct buf *b;

	if (no >= fs_geo.sb.size) {
		kprintf("fs: block %u is not on the disk\n", no);
		return NULL;
	}
	c = cluster_get(no - no % PER_CLUSTER);
	if (c == NULL)
		return NULL;
	b = &c->block[no % PER_CLUSTER];
	sleeplock_lock(&b->lock);
	return b;
}

// True, with its lock, if the block should be read together with a neighbour.
static bool
claim_unread(struct buf *b)
{
	if (!sleeplock_trylock(&b->lock))
		return false;
	if (!b->valid)
		return true;
	sleeplock_unlock(&b->lock);
	return false;
}

static int
load_range(struct buf *from, struct buf *to)
{
	int r = io_once(from->no, (uint)(to - from) + 1, from->data, false);

	for (struct buf *b = from; b <= to && r == 0; b++)
		b->valid = true;
	return r;
}

// Reads b, which is locked, and the unread blocks next to it.
static int
load(struct buf *b)
{
	struct buf *low = b->home->block;
	struct buf *high = low + b->home->nblocks - 1;
	struct buf *from = b, *to = b;
	int r;

	while (from > low && claim_unread(from - 1))
		from--;
	while (to < high && claim_unread(to + 1))
		to++;
	r = load_range(from, to);
	for (struct buf *n = from; n <= to; n++)
		if (n != b)
			sleeplock_unlock(&n->lock);
	if (r < 0 && from < to)
		r = load_range(b, b); // the neighbour may be the bad one
	return r;
}

struct buf *
block_read(uint no)
{
	struct buf *b = block_hold(no);

	if (b == NULL || b->valid || load(b) == 0)
		return b;
	block_release(b);
	return NULL;
}

struct buf *
block_fresh(uint no)
{
	struct buf *b = block_hold(no);

	if (b != NULL) {
		memset(b->data, 0, BSIZE);
		b->valid = true;
	}
	return b;
}

void
block_release(struct buf *b)
{
	sleeplock_unlock(&b->lock);
	block_unpin(b);
}

void
block_pin(struct buf *b)
{
	// Relaxed: the caller's reference keeps the cluster.
	__atomic_add_fetch(&b->home->refs, 1, __ATOMIC_RELAXED);
}

void
block_unpin(struct buf *b)
{
	uint32 was = __atomic_fetch_sub(&b->home->refs, 1, __ATOMIC_RELEASE);

	if (was == 0)
		panic("block %u released by nobody who holds it", b->no);
}

uint
block_shrink(uint pages)
{
	uint given = 0;

	while (given < pages &&
	    __atomic_load_n(&nclusters, __ATOMIC_RELAXED) > FLOOR) {
		struct cluster *c = clock_victim();

		if (c == NULL)
			break;
		cluster_free(c);
		given++;
	}
	return given;
}

uint
block_reclaimable(void)
{
	uint n = __atomic_load_n(&nclusters, __ATOMIC_RELAXED);

	return n > FLOOR ? n - FLOOR : 0;
}
