// The harts' program caches.
//
// Each is a handful of entries under a lock of its own, which others take only
// to shrink it.  An entry first remembers just the name, so that a program that
// runs once costs nothing; when the name comes again it gets its clone.
//
// Only absolute paths are remembered: what a relative one means depends on the
// current directory, whose inode is a line that harts share.
//
// A find reads the generation with acquire; who changes a name or a program
// raises it with release while it holds the inode's lock.  So an exec that
// happens after an unlink or a write, on whichever hart, sees that; one that
// runs at the same time is as good as before it.

#include "proc/progcache.h"
#include "boot/model_map.h"
#include "boot/platform.h"
#include "fs/fs.h"
#include "lib/string.h"
#include "mm/kmap.h"
#include "proc/hart.h"
#include "proc/image.h"

#define ENTRIES   4
#define PATH_SIZE 44

struct program {
	uint64 generation;    // at which path was looked up
	struct image *image;  // NULL: only seen once
	uint32 used;          // value of the cache's clock at the last use
	char path[PATH_SIZE]; // "": no entry
} __attribute__((aligned(64)));

struct progcache {
	struct spinlock lock;
	uint32 clock;                    // [lock] counts finds
	struct program program[ENTRIES]; // [lock]
} __attribute__((aligned(64)));

static struct progcache *caches; // [I] by hart

void
progcache_init(void)
{
	uint n = platform.nharts;

	caches = early_alloc(n * sizeof(struct progcache), 64);
	for (uint i = 0; i < n; i++)
		spin_init(&caches[i].lock, LC_PROGCACHE);
	model_area("progcache", caches, sizeof(struct progcache), n);
}

static struct program *
search(struct progcache *c, const char *path)
{
	for (uint i = 0; i < ENTRIES; i++) {
		if (strcmp(c->program[i].path, path) == 0)
			return &c->program[i];
	}
	return NULL;
}

static bool
cacheable(const char *path)
{
	return path[0] == '/' && strlen(path) < PATH_SIZE;
}

struct image *
progcache_find(const char *path)
{
	struct progcache *c = &caches[hart_id()];
	struct image *m = NULL;
	struct program *p;

	if (!cacheable(path))
		return NULL;
	spin_lock(&c->lock);
	p = search(c, path);
	if (p != NULL && p->image != NULL &&
	    p->generation == fs_generation()) {
		p->used = ++c->clock;
		m = p->image;
		image_hold(m);
	}
	spin_unlock(&c->lock);
	return m;
}

// The entry that has not been used for the longest time.
static struct program *
oldest(struct progcache *c)
{
	struct program *p = &c->program[0];

	for (uint i = 1; i < ENTRIES; i++) {
		if ((int)(c->program[i].used - p->used) < 0)
			p = &c->program[i];
	}
	return p;
}

// Makes path's entry say (generation, m), a reference that it takes over;
// returns the image that it had.
static struct image *
replace(struct progcache *c, const char *path, uint64 generation,
    struct image *m)
{
	struct program *p;
	struct image *old;

	spin_lock(&c->lock);
	p = search(c, path);
	if (p == NULL)
		p = oldest(c);
	old = p->image;
	strlcopy(p->path, path, PATH_SIZE);
	p->generation = generation;
	p->image = m;
	p->used = ++c->clock;
	spin_unlock(&c->lock);
	return old;
}

static bool
seen_before(struct progcache *c, const char *path, uint64 generation)
{
	struct program *p;
	bool seen;

	spin_lock(&c->lock);
	p = search(c, path);
	seen = p != NULL && p->generation == generation;
	spin_unlock(&c->lock);
	return seen;
}

void
progcache_enter(const char *path, uint64 generation, struct image *m)
{
	struct image *clone = NULL, *old;

	if (!cacheable(path))
		return;
	if (seen_before(&caches[hart_id()], path, generation))
		clone = image_clone(m);
	// By now this may be another hart, which is then the one that knows it.
	old = replace(&caches[hart_id()], path, generation, clone);
	if (old != NULL)
		image_put(old);
}

// Takes out the image of p if nobody else refers to it.
static struct image *
take_idle(struct progcache *c, struct program *p)
{
	struct image *m = NULL;

	spin_lock(&c->lock);
	if (p->image != NULL && image_is_sole(p->image)) {
		m = p->image;
		p->image = NULL;
	}
	spin_unlock(&c->lock);
	return m;
}

uint64
progcache_shrink(uint64 pages)
{
	uint64 freed = 0;

	for (uint h = 0; h < platform.nharts; h++) {
		for (uint i = 0; i < ENTRIES && freed < pages; i++) {
			struct program *p = &caches[h].program[i];
			struct image *m = take_idle(&caches[h], p);

			if (m != NULL) {
				freed += m->frames;
				image_put(m);
			}
		}
	}
	return freed;
}

uint64
progcache_reclaimable(void)
{
	uint64 pages = 0;

	for (uint h = 0; h < platform.nharts; h++) {
		struct progcache *c = &caches[h];

		spin_lock(&c->lock);
		for (uint i = 0; i < ENTRIES; i++) {
			struct image *m = c->program[i].image;

			if (m != NULL && image_is_sole(m))
				pages += m->frames;
		}
		spin_unlock(&c->lock);
	}
	return pages;
}

void
progcache_each(void (*see)(struct aspace *as))
{
	for (uint h = 0; h < platform.nharts; h++) {
		for (uint i = 0; i < ENTRIES; i++) {
			struct image *m = caches[h].program[i].image;

			if (m != NULL)
				see(m->as);
		}
	}
}
