// The block cache.
//
// The unit of memory is a cluster: one page that holds four neighbouring
// blocks.  A cluster is found and reused as a whole; its blocks are counted and
// locked one by one, and become valid one by one.  A miss reads with one request
// whatever of the cluster is not valid yet, since what lies together is used
// together.
//
// Clusters are hashed to chains.  Whoever uses a block need not meet those who
// use its neighbours: a block number has a stripe, a lock on a line of its own.
// A chain is read under any one of the stripes of its clusters' blocks, which
// are the same for all of them, and changed under all four.
//
//   found      at most one cluster stands for a block: it is entered under its
//              stripes, after a look whether another one is there
//   refs       users of a block + transactions that pin it
//   clean      no block of a cluster has refs => every valid one equals the
//              disk's (the log pins what differs), so the page may go at any
//              time
//
// A count rises from 0 only under the block's stripe, and a cluster leaves its
// chain only with counts of 0 under all its stripes, so dropping a reference
// needs no lock: release on the way down, acquire where 0 permits reuse.
//
// Reuse is by clock: a hand goes round the chains; a cluster that was used
// since its last visit is spared once.  A hit takes one stripe and writes
// nothing that users of other blocks read.
//
// Locks: a block's sleep lock may be held while another block's is taken only
// in the order file contents before bitmap; neighbours in a cluster are merely
// tried.  Stripes of a chain are taken in the order of their blocks, and those
// of two chains never together.  None is held while allocating, sleeping or
// freeing.

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

// A default image of 2000 blocks makes 500 clusters: chains are near two.  Of
// two blocks at random one in 512 has the other's stripe, for eight pages.
#define NCHAINS  256
#define NSTRIPES 512

_Static_assert(PER_CLUSTER * NCHAINS % NSTRIPES == 0 &&
        NSTRIPES % PER_CLUSTER == 0,
    "the clusters of a chain have the same stripes, one behind the other");

// Pages that a shrinking cache keeps, so that somebody who cannot allocate
// finds one to reuse: of 32, a few operations pin ten each at worst.
#define FLOOR 32

// [I] while listed.  This line is only read by who uses the blocks.
struct cluster {
	struct list link; // [all stripes]
	uint first;       // [I] its first block's number
	uint nblocks;     // [I] fewer at the end of the disk
	uchar *page;      // [I]
	struct buf block[PER_CLUSTER];
};

struct stripe {
	struct spinlock lock;
} __attribute__((aligned(64)));

static struct stripe stripes[NSTRIPES];
static struct list chains[NCHAINS]; // [all stripes of their clusters]
static struct kcache *cluster_cache; // [I]
static uint budget;                  // [I] clusters
static uint nclusters;               // [a]
static uint hand;                    // [a] next chain to look for victims in

static void
cluster_construct(void *obj)
{
	struct cluster *c = obj;

	list_init(&c->link);
	for (uint i = 0; i < PER_CLUSTER; i++) {
		sleeplock_init(&c->block[i].lock, LC_BUF);
		c->block[i].home = c;
	}
}

void
block_init(uint pages)
{
	budget = pages > FLOOR ? pages : FLOOR;
	for (uint i = 0; i < NSTRIPES; i++)
		spin_init(&stripes[i].lock, LC_BCACHE);
	for (uint i = 0; i < NCHAINS; i++)
		list_init(&chains[i]);
	cluster_cache = kcache_create("cluster", sizeof(struct cluster),
	    cluster_construct);
}

// Neighbouring clusters go to neighbouring chains: a sequential scan spreads
// evenly.
static struct list *
chain_of(uint first)
{
	return &chains[first / PER_CLUSTER % NCHAINS];
}

static struct spinlock *
stripe_of(uint no)
{
	return &stripes[no % NSTRIPES].lock;
}

// All stripes of the cluster that begins with block first, but for the first of
// them.
static void
lock_others(uint first)
{
	for (uint i = 1; i < PER_CLUSTER; i++)
		spin_lock_beside(stripe_of(first + i));
}

static void
unlock_others(uint first)
{
	for (uint i = 1; i < PER_CLUSTER; i++)
		spin_unlock(stripe_of(first + i));
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

// The cluster is in no chain.
static void
cluster_free(struct cluster *c)
{
	__atomic_sub_fetch(&nclusters, 1, __ATOMIC_RELAXED);
	kpage_free(c->page);
	kcache_free(cluster_cache, c);
}

static bool
is_used(const struct cluster *c)
{
	uint32 refs = 0;

	// Acquire: what a block's last user did has happened.
	for (uint i = 0; i < PER_CLUSTER; i++)
		refs |= __atomic_load_n(&c->block[i].refs, __ATOMIC_ACQUIRE);
	return refs != 0;
}

// Whether any block was used since the last time, which is forgotten.
static bool
was_recent(struct cluster *c)
{
	bool recent = false;

	// Relaxed: a hint.
	for (uint i = 0; i < PER_CLUSTER; i++) {
		bool *r = &c->block[i].recent;

		recent |= __atomic_load_n(r, __ATOMIC_RELAXED);
		__atomic_store_n(r, false, __ATOMIC_RELAXED);
	}
	return recent;
}

// Under its first stripe: unlists a cluster if nobody uses it.
static bool
unlist_unused(struct cluster *c)
{
	bool unused;

	lock_others(c->first);
	unused = !is_used(c);
	if (unused)
		list_del(&c->link);
	unlock_others(c->first);
	return unused;
}

// Unlists a cluster of the chain that nobody uses and that the hand has spared
// before.
static struct cluster *
chain_victim(uint chain)
{
	struct spinlock *lock = stripe_of(chain * PER_CLUSTER);
	struct cluster *victim = NULL;

	spin_lock(lock);
	LIST_EACH(n, &chains[chain]) {
		struct cluster *c = LIST_OBJ(n, struct cluster, link);

		if (!is_used(c) && !was_recent(c) && unlist_unused(c)) {
			victim = c;
			break;
		}
	}
	spin_unlock(lock);
	return victim;
}

// Two rounds of the hand find whatever is unused.
static struct cluster *
clock_victim(void)
{
	for (uint i = 0; i < 2 * NCHAINS; i++) {
		uint at = __atomic_fetch_add(&hand, 1, __ATOMIC_RELAXED);
		struct cluster *c = chain_victim(at % NCHAINS);

		if (c != NULL)
			return c;
	}
	return NULL;
}

// A cluster in no chain: new while the budget lasts, then the clock's; when
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

// Makes c stand for the cluster with block no, none of it valid, with one
// reference to that block.
static void
cluster_assign(struct cluster *c, uint no)
{
	uint first = no - no % PER_CLUSTER;
	uint left = fs_geo.sb.size - first;

	c->first = first;
	c->nblocks = left < PER_CLUSTER ? left : PER_CLUSTER;
	for (uint i = 0; i < PER_CLUSTER; i++) {
		struct buf *b = &c->block[i];

		b->no = first + i;
		b->data = c->page + i * BSIZE;
		b->valid = false;
		b->txn = 0;
		b->recent = b->no == no;
		__atomic_store_n(&b->refs, b->no == no, __ATOMIC_RELAXED);
	}
}

// Under the block's stripe: the block with one more reference, or NULL.
static struct buf *
chain_find(uint no)
{
	uint first = no - no % PER_CLUSTER;

	LIST_EACH(n, chain_of(first)) {
		struct cluster *c = LIST_OBJ(n, struct cluster, link);
		struct buf *b = &c->block[no - first];

		if (c->first != first)
			continue;
		__atomic_add_fetch(&b->refs, 1, __ATOMIC_RELAXED);
		__atomic_store_n(&b->recent, true, __ATOMIC_RELAXED);
		return b;
	}
	return NULL;
}

// Lists c, unless there is a cluster for the block already: that one's block
// then, with one more reference.
static struct buf *
chain_enter(struct cluster *c, uint no)
{
	struct buf *b;

	spin_lock(stripe_of(c->first));
	lock_others(c->first);
	b = chain_find(no);
	if (b == NULL)
		list_add(chain_of(c->first), &c->link);
	unlock_others(c->first);
	spin_unlock(stripe_of(c->first));
	return b;
}

static struct buf *
block_get(uint no)
{
	struct cluster *mine;
	struct buf *b;

	spin_lock(stripe_of(no));
	b = chain_find(no);
	spin_unlock(stripe_of(no));
	if (b != NULL)
		return b;
	mine = cluster_obtain();
	if (mine == NULL)
		return NULL;
	cluster_assign(mine, no);
	b = chain_enter(mine, no);
	if (b == NULL)
		return &mine->block[no % PER_CLUSTER];
	cluster_free(mine); // somebody was quicker
	return b;
}

static struct buf *
block_hold(uint no)
{
	struct buf *b;

	if (no >= fs_geo.sb.size) {
		kprintf("fs: block %u is not on the disk\n", no);
		return NULL;
	}
	b = block_get(no);
	if (b != NULL)
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
	__atomic_add_fetch(&b->refs, 1, __ATOMIC_RELAXED);
}

void
block_unpin(struct buf *b)
{
	uint32 was = __atomic_fetch_sub(&b->refs, 1, __ATOMIC_RELEASE);

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
