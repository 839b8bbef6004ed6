// Object caches: magazines over slabs.
//
// Each hart has one magazine per cache, under a lock of its own that others
// take only to shrink.  Magazines exchange half their capacity at a time with
// the slabs behind them.  A slab is one page: a header, the numbers of its free
// objects as a stack (objects keep their constructed contents, so no links run
// through them), and the objects.  Large objects are pages without a header
// and go straight to the page lists.
//
//   objects of a slab = in use or in magazines + n_free
//
// A slab whose objects are all free is given back at once: the magazines are
// the reserve.  Lock order: magazine, then the cache's slabs; pages are
// allocated with neither held.

#include "mm/kcache_impl.h"
#include "boot/model_map.h"
#include "boot/platform.h"
#include "kernel/riscv.h"
#include "lib/list.h"
#include "lib/string.h"
#include "mm/kmap.h"
#include "proc/hart.h"

#define MAX_CACHES 32
#define MAG_ROUNDS 28 // with lock and count, a magazine is 256 bytes
#define PAGE_ROUNDS 8 // of caches whose objects are pages

struct magazine {
	struct spinlock lock;
	uint n;                  // [lock]
	uint64 pad;
	void *round[MAG_ROUNDS]; // [lock] ready objects
} __attribute__((aligned(64)));

_Static_assert(sizeof(struct magazine) == 256, "whole cache lines");

struct kcache {
	const char *name;      // [I]
	void (*ctor)(void *);  // [I]
	uint size;             // [I] bytes of an object
	uint per_slab;         // [I] 0: an object is a page
	uint first;            // [I] offset of the first object in a slab
	uint rounds;           // [I] capacity of its magazines
	uint8 kind;            // [I] of its pages
	struct spinlock lock;  // protects the slabs
	struct list partial;   // [lock] slabs with a free object
} __attribute__((aligned(64)));

struct slab {
	struct kcache *cache; // [I]
	struct list link;     // [cache lock] in partial
	uint n_free;          // [cache lock]
	uint8 free[];         // [cache lock] numbers of free objects
};

static struct kcache caches[MAX_CACHES];
static uint n_caches;
static struct magazine *magazines; // hart by hart, MAX_CACHES each

void
kcache_init(void)
{
	uint n = platform.nharts * MAX_CACHES;

	magazines = early_alloc(n * sizeof(struct magazine), PGSIZE);
	for (uint i = 0; i < n; i++)
		spin_init(&magazines[i].lock, LC_KCACHE);
	model_area("magazine", magazines, sizeof(struct magazine), n);
}

static struct magazine *
magazine_of(const struct kcache *c, uint hart)
{
	return &magazines[hart * MAX_CACHES + (c - caches)];
}

static struct kcache *
new_cache(const char *name, void (*ctor)(void *), uint size)
{
	struct kcache *c = &caches[n_caches++];

	KASSERT(n_caches <= MAX_CACHES);
	c->name = name;
	c->ctor = ctor;
	c->size = size;
	c->rounds = MAG_ROUNDS;
	c->kind = PK_KERNEL;
	spin_init(&c->lock, LC_KCACHE_DEPOT);
	list_init(&c->partial);
	return c;
}

struct kcache *
kcache_create(const char *name, uint size, void (*ctor)(void *obj))
{
	struct kcache *c;
	uint align = size % 64 == 0 ? 64 : 8;

	KASSERT(size >= 8 && size <= PGSIZE);
	size = (size + 7) & ~7u;
	if (size < 32)
		size = 32; // so that a slab's objects have 8-bit numbers
	c = new_cache(name, ctor, size);
	c->per_slab = (PGSIZE - sizeof(struct slab) - align) / (size + 1);
	c->first = (sizeof(struct slab) + c->per_slab + align - 1) &
	    ~(align - 1);
	if (c->per_slab < 2) {
		c->per_slab = 0;
		c->rounds = PAGE_ROUNDS;
	}
	model_cache(name, c, c->first, c->per_slab ? size : 0);
	return c;
}

struct kcache *
kcache_create_pages(const char *name, enum page_kind kind,
    void (*ctor)(void *obj))
{
	struct kcache *c = new_cache(name, ctor, PGSIZE);

	c->kind = kind;
	c->rounds = PAGE_ROUNDS;
	return c;
}

static void
construct(struct kcache *c, void *obj)
{
	if (c->ctor != NULL)
		c->ctor(obj);
}

static void *
slab_object(struct slab *s, uint i)
{
	return (char *)s + s->cache->first + i * s->cache->size;
}

// Adds a new slab; false if memory is short.  No locks held.
static bool
slab_new(struct kcache *c)
{
	struct page *pg = page_alloc(c->kind);
	struct slab *s;

	if (pg == NULL)
		return false;
	s = page_to_kva(pg);
	s->cache = c;
	s->n_free = c->per_slab;
	for (uint i = 0; i < c->per_slab; i++) {
		s->free[i] = c->per_slab - 1 - i;
		construct(c, slab_object(s, i));
	}
	spin_lock(&c->lock);
	list_add(&c->partial, &s->link);
	spin_unlock(&c->lock);
	return true;
}

// Takes up to want objects out of existing slabs; returns how many.
static uint
slabs_take(struct kcache *c, void **to, uint want)
{
	uint got = 0;

	spin_lock(&c->lock);
	while (got < want && !list_empty(&c->partial)) {
		struct slab *s = LIST_OBJ(c->partial.next, struct slab, link);

		to[got++] = slab_object(s, s->free[--s->n_free]);
		if (s->n_free == 0)
			list_del(&s->link);
	}
	spin_unlock(&c->lock);
	return got;
}

// Puts one object back; returns its slab if that is now all free and off the
// list.  Slabs' lock.
static struct slab *
slab_put(struct kcache *c, void *obj)
{
	struct slab *s = (struct slab *)PGROUNDDOWN((uint64)obj);
	uint i = ((char *)obj - (char *)s - c->first) / c->size;

	if (s->cache != c || slab_object(s, i) != obj ||
	    s->n_free >= c->per_slab)
		panic("kcache %s: %p is not one of its objects", c->name, obj);
	s->free[s->n_free++] = i;
	if (s->n_free == 1)
		list_add(&c->partial, &s->link);
	if (s->n_free < c->per_slab)
		return NULL;
	list_del(&s->link);
	return s;
}

// Gives n objects back to their slabs; returns the pages freed.
static uint
slabs_give(struct kcache *c, void **obj, uint n)
{
	struct slab *empty[MAG_ROUNDS];
	uint pages = 0;

	if (c->per_slab == 0) {
		for (uint i = 0; i < n; i++)
			kpage_free(obj[i]);
		return n;
	}
	spin_lock(&c->lock);
	for (uint i = 0; i < n; i++) {
		struct slab *s = slab_put(c, obj[i]);

		if (s != NULL)
			empty[pages++] = s;
	}
	spin_unlock(&c->lock);
	for (uint i = 0; i < pages; i++)
		kpage_free(empty[i]);
	return pages;
}

// The hart's magazine is empty: get objects from the slabs, return one.
static void *
refill(struct kcache *c, struct magazine *m)
{
	void *got[MAG_ROUNDS / 2];
	struct page *pg;
	uint n;

	if (c->per_slab == 0) {
		pg = page_alloc(c->kind);
		if (pg == NULL)
			return NULL;
		construct(c, page_to_kva(pg));
		return page_to_kva(pg);
	}
	while ((n = slabs_take(c, got, c->rounds / 2)) == 0) {
		if (!slab_new(c))
			return NULL;
	}
	// Only this hart fills its magazine, so there is room.
	spin_lock(&m->lock);
	while (n > 1)
		m->round[m->n++] = got[--n];
	spin_unlock(&m->lock);
	return got[0];
}

void *
kcache_alloc(struct kcache *c)
{
	struct magazine *m = magazine_of(c, hart_id());
	void *obj = NULL;

	spin_lock(&m->lock);
	if (m->n > 0)
		obj = m->round[--m->n];
	spin_unlock(&m->lock);
	return obj != NULL ? obj : refill(c, m);
}

// Moves up to want objects out of a magazine, the longest unused first.
static uint
magazine_take(struct magazine *m, void **to, uint want)
{
	uint n = want < m->n ? want : m->n;

	memcpy(to, m->round, n * sizeof(void *));
	memmove(m->round, m->round + n, (m->n - n) * sizeof(void *));
	m->n -= n;
	return n;
}

void
kcache_free(struct kcache *c, void *obj)
{
	struct magazine *m = magazine_of(c, hart_id());
	void *surplus[MAG_ROUNDS];
	uint n = 0;

	spin_lock(&m->lock);
	if (m->n == c->rounds)
		n = magazine_take(m, surplus, c->rounds / 2);
	m->round[m->n++] = obj;
	spin_unlock(&m->lock);
	if (n > 0)
		slabs_give(c, surplus, n);
}

// Empties one magazine; returns the pages that became free.
static uint
magazine_empty(struct kcache *c, struct magazine *m)
{
	void *objs[MAG_ROUNDS];
	uint n;

	spin_lock(&m->lock);
	n = magazine_take(m, objs, MAG_ROUNDS);
	spin_unlock(&m->lock);
	return n > 0 ? slabs_give(c, objs, n) : 0;
}

// Caches of pages first: what these have is pages at once.
uint64
kcache_shrink(uint64 pages)
{
	uint64 freed = 0;

	for (int slabs = 0; slabs <= 1; slabs++) {
		for (uint i = 0; i < n_caches; i++) {
			struct kcache *c = &caches[i];

			if ((c->per_slab != 0) != slabs)
				continue;
			for (uint h = 0; h < platform.nharts &&
			     freed < pages; h++)
				freed += magazine_empty(c, magazine_of(c, h));
		}
	}
	return freed;
}

uint64
kcache_reclaimable(void)
{
	uint64 pages = 0;

	for (uint i = 0; i < n_caches; i++) {
		struct kcache *c = &caches[i];
		uint64 objects = 0;

		// Without the locks, as a hint.
		for (uint h = 0; h < platform.nharts; h++)
			objects += __atomic_load_n(&magazine_of(c, h)->n,
			    __ATOMIC_RELAXED);
		pages += c->per_slab != 0 ? objects / c->per_slab : objects;
	}
	return pages;
}
