// The image cache: a small table, searched by stamp.
//
// A stamp stands for the contents that were loaded, so an image never goes out
// of date; one whose file has changed is simply not asked for any more and
// makes room when its turn comes.  The lock protects the table and is held for
// a search only; references keep images alive outside of it (get under the
// lock, put with release, the last one with acquire).
//
// Loading happens under the inode's lock, so two execs of one new program load
// it once.  The loader forks from the image before it enters it: that turns
// the image's entries copy-on-write, after which forking from it only reads
// them, and several harts may do so at once.

#include "proc/image.h"
#include "fs/fs.h"
#include "kernel/riscv.h"
#include "kernel/stat.h"
#include "mm/aspace_impl.h"
#include "mm/kcache.h"
#include "mm/page.h"
#include "mm/pte.h"
#include "proc/hart.h"
#include "proc/load.h"
#include "proc/progcache.h"

// More programs than a shell pipeline or a test run alternates between.
#define TABLE 16

static struct {
	struct spinlock lock;
	struct image *image[TABLE]; // [lock]
	uint next;                  // [lock] to be replaced
} cache = {.lock = SPINLOCK_INIT(LC_IMAGE)};

static struct kcache *images;

void
image_init(void)
{
	images = kcache_create("image", sizeof(struct image), NULL);
}

static struct image *
find(uint64 stamp)
{
	struct image *found = NULL;

	if (stamp == 0)
		return NULL;
	spin_lock(&cache.lock);
	for (uint i = 0; i < TABLE && found == NULL; i++) {
		struct image *m = cache.image[i];

		if (m != NULL && m->stamp == stamp) {
			found = m;
			image_hold(m);
		}
	}
	spin_unlock(&cache.lock);
	return found;
}

void
image_hold(struct image *m)
{
	__atomic_fetch_add(&m->refs, 1, __ATOMIC_RELAXED);
}

bool
image_is_sole(const struct image *m)
{
	return __atomic_load_n(&m->refs, __ATOMIC_RELAXED) == 1;
}

void
image_put(struct image *m)
{
	if (__atomic_fetch_sub(&m->refs, 1, __ATOMIC_RELEASE) != 1)
		return;
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	aspace_drop(m->as);
	kcache_free(images, m);
}

// Puts m into the table, with a reference for it, in place of the oldest.
static void
enter(struct image *m)
{
	struct image *old;

	image_hold(m);
	spin_lock(&cache.lock);
	old = cache.image[cache.next];
	cache.image[cache.next] = m;
	cache.next = (cache.next + 1) % TABLE;
	spin_unlock(&cache.lock);
	if (old != NULL)
		image_put(old);
}

// A guard page, the stack's room, and then the heap, above the program.
static int
place_stack(struct aspace *as, uint64 image_end)
{
	as->stack_start = PGROUNDUP(image_end) + PGSIZE;
	as->heap_start = as->stack_start + STACK_PAGES_MAX * PGSIZE;
	as->heap_end = as->heap_start;
	return segment_add(as->segs, (struct segment){
	    .start = as->stack_start, .end = as->heap_start,
	    .prot = PTE_R | PTE_W, .kind = SEG_STACK});
}

// Frames of a whole image, or of a clone, which has its own of those only that
// are copy-on-write; tables included: a root, and two for the program.
static uint
count_frames(struct aspace *as, uint64 marks)
{
	struct segment_list *l = as->segs;
	struct pt_run r;
	uint n = 3;

	for (uint i = 0; i < l->n; i++) {
		for (uint64 va = l->seg[i].start; va < l->seg[i].end;
		     va = r.end) {
			r = pt_run(as->root, va, l->seg[i].end);
			for (uint k = 0; k < r.n; k++)
				n += (r.entry[k] & marks) == marks;
		}
	}
	return n;
}

// Turns the image's entries copy-on-write.
static int
share_once(struct aspace *as)
{
	struct aspace *first = aspace_fork(as);

	if (first == NULL)
		return -1;
	aspace_drop(first);
	return 0;
}

// Loads the file, which is locked; the image has one reference.
static struct image *
load(struct inode *ip)
{
	struct image *m;
	uint64 end;

	if (inode_type(ip) != T_FILE)
		return NULL;
	m = kcache_alloc(images);
	if (m == NULL)
		return NULL;
	m->refs = 1;
	m->as = aspace_new();
	if (m->as == NULL) {
		kcache_free(images, m);
		return NULL;
	}
	current()->as_image = m->as;
	if (load_image(m->as, ip, &m->entry, &end) < 0 ||
	    place_stack(m->as, end) < 0 || share_once(m->as) < 0) {
		current()->as_image = NULL;
		image_put(m);
		return NULL;
	}
	m->frames = count_frames(m->as, PTE_V);
	m->stamp = inode_stamp_new(ip);
	enter(m);
	current()->as_image = NULL;
	return m;
}

struct image *
image_get(struct inode *ip)
{
	struct image *m = find(inode_stamp(ip));

	if (m != NULL)
		return m;
	inode_lock(ip);
	m = find(inode_stamp(ip)); // somebody may have loaded it meanwhile
	if (m == NULL)
		m = load(ip);
	inode_unlock(ip);
	return m;
}

// Pages that a clone may need of its own, and what must be left of the memory:
// it saves time, and is not worth anybody's pages.
#define CLONE_PAGES 64

static bool
worth_cloning(const struct image *m)
{
	struct segment_list *l = m->as->segs;
	uint64 bytes = 0;

	for (uint i = 0; i < l->n; i++) {
		if (l->seg[i].kind == SEG_IMAGE && (l->seg[i].prot & PTE_W))
			bytes += l->seg[i].end - l->seg[i].start;
	}
	return bytes <= CLONE_PAGES * PGSIZE &&
	    page_free_count() > page_total() / 8;
}

struct image *
image_clone(struct image *m)
{
	struct image *c;

	if (!worth_cloning(m))
		return NULL;
	c = kcache_alloc(images);
	if (c == NULL)
		return NULL;
	*c = (struct image){.refs = 1, .stamp = m->stamp, .entry = m->entry};
	c->as = aspace_fork(m->as);
	if (c->as == NULL) {
		kcache_free(images, c);
		return NULL;
	}
	current()->as_building = c->as;
	if (aspace_own_segments(c->as) < 0 || aspace_own_pages(c->as) < 0) {
		image_put(c);
		c = NULL;
	}
	current()->as_building = NULL;
	if (c != NULL)
		c->frames = count_frames(c->as, PTE_V | PTE_COW);
	return c;
}

// Takes an image that only the table refers to, and that nobody can get then,
// out of the table; NULL if there is none.
static struct image *
take_idle(void)
{
	struct image *m = NULL;

	spin_lock(&cache.lock);
	for (uint i = 0; i < TABLE && m == NULL; i++) {
		if (cache.image[i] != NULL && image_is_sole(cache.image[i])) {
			m = cache.image[i];
			cache.image[i] = NULL;
		}
	}
	spin_unlock(&cache.lock);
	return m;
}

uint64
image_shrink(uint64 pages)
{
	uint64 freed = progcache_shrink(pages);
	struct image *m;

	while (freed < pages && (m = take_idle()) != NULL) {
		freed += m->frames;
		image_put(m);
	}
	return freed;
}

uint64
image_reclaimable(void)
{
	uint64 pages = progcache_reclaimable();

	spin_lock(&cache.lock);
	for (uint i = 0; i < TABLE; i++) {
		if (cache.image[i] != NULL && image_is_sole(cache.image[i]))
			pages += cache.image[i]->frames;
	}
	spin_unlock(&cache.lock);
	return pages;
}

void
image_each(void (*see)(struct aspace *as))
{
	for (uint i = 0; i < TABLE; i++) {
		if (cache.image[i] != NULL)
			see(cache.image[i]->as);
	}
	progcache_each(see);
}
