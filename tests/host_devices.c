// The machine of host_stubs.h: memory and devices.

#include "host_stubs.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "dev/chardev.h"
#include "dev/disk.h"
#include "kernel/fs.h"
#include "kernel/riscv.h"
#include "mm/kcache.h"
#include "mm/page.h"
#include "mm/ucopy.h"

#define MAX_PENDING 64

// --- memory ---

uchar host_user[HOST_USER_SIZE];
uint host_ram_pages = 2048;
long host_fail_alloc;
bool host_no_memory;
static long live_pages;

struct kcache {
	const char *name;
	uint size;
	void (*ctor)(void *obj);
	long live;
	void *spare[64]; // constructed
	uint nspare;
};

static struct kcache caches[16];
static uint ncaches;

struct host_faults host_faults;

static bool
fault(bool kind)
{
	struct host_faults *f = &host_faults;

	if (!f->armed || !kind)
		return false;
	f->count++;
	if (f->count != f->at && (f->every == 0 || f->count % f->every != 0))
		return false;
	f->hits++;
	return true;
}

static bool
alloc_fails(void)
{
	if (current() == NULL)
		return false; // boot
	if (!host_may_sleep())
		host_broken("allocation with a spinlock held");
	host_yield();
	if (host_no_memory || fault(host_faults.allocs))
		return true;
	return host_fail_alloc > 0 && --host_fail_alloc == 0;
}

struct kcache *
kcache_create(const char *name, uint size, void (*ctor)(void *obj))
{
	struct kcache *c = &caches[ncaches++];

	c->name = name;
	c->size = size;
	c->ctor = ctor;
	return c;
}

void *
kcache_alloc(struct kcache *c)
{
	void *obj;

	if (alloc_fails())
		return NULL;
	c->live++;
	if (c->nspare > 0 && host_random(2) == 0)
		return c->spare[--c->nspare];
	// As the kernel's cache aligns them.
	obj = c->size % 64 == 0 ? aligned_alloc(64, c->size) : malloc(c->size);
	memset(obj, 0xa5, c->size);
	if (c->ctor != NULL)
		c->ctor(obj);
	return obj;
}

void
kcache_free(struct kcache *c, void *obj)
{
	if (!host_may_sleep())
		host_broken("object freed with a spinlock held");
	c->live--;
	if (c->ctor != NULL && c->nspare < 64 && host_random(2) == 0)
		c->spare[c->nspare++] = obj;
	else
		free(obj);
}

long
host_live(const char *name)
{
	for (uint i = ncaches; i-- > 0;)
		if (strcmp(caches[i].name, name) == 0)
			return caches[i].live;
	return -1;
}

void *
kpage_alloc(void)
{
	void *page;

	if (alloc_fails())
		return NULL;
	live_pages++;
	page = aligned_alloc(PGSIZE, PGSIZE);
	memset(page, 0xa5, PGSIZE);
	return page;
}

void
kpage_free(void *kva)
{
	live_pages--;
	free(kva);
}

uint64
page_total(void)
{
	return host_ram_pages;
}

long
host_live_pages(void)
{
	return live_pages;
}

// Bytes of n from ua on that may be accessed.
static uint64
accessible(uint64 ua, uint64 n)
{
	uint64 start = (uint64)host_user, end = start + HOST_USER_SIZE;

	if (!host_may_sleep())
		host_broken("user memory touched with a spinlock held");
	host_yield();
	if (ua < start || ua >= end)
		return 0;
	return n < end - ua ? n : end - ua;
}

int
copy_from_user(void *dst, uint64 usrc, uint64 n)
{
	uint64 ok = accessible(usrc, n);

	memcpy(dst, (void *)usrc, ok);
	return ok == n ? 0 : -1;
}

int
copy_to_user(uint64 udst, const void *src, uint64 n)
{
	uint64 ok = accessible(udst, n);

	memcpy((void *)udst, src, ok);
	return ok == n ? 0 : -1;
}

int
str_from_user(char *dst, uint64 usrc, uint64 size)
{
	uint64 ok = accessible(usrc, size);
	uint64 len = strnlen((char *)usrc, ok);

	if (len == ok)
		return -1;
	memcpy(dst, (void *)usrc, len + 1);
	return (int)len;
}

// --- devices ---

long host_device_releases;

static int
device_read(void **state, uint64 uaddr, int n)
{
	*state = host_user;
	if (n > 6)
		n = 6;
	return copy_to_user(uaddr, "device", (uint64)n) < 0 ? -1 : n;
}

static void
device_release(void *state)
{
	host_device_releases += state == host_user;
}

const struct chardev *
chardev_find(int major)
{
	static const struct chardev device = {
	    .name = "device", .read = device_read, .release = device_release};

	return major == HOST_DEVICE_MAJOR ? &device : NULL;
}

uchar *host_disk;
uint host_disk_blocks;
long host_cut;
long host_writes;
long host_bad_block = -1;

struct pending {
	struct disk_request *r;
	uint since; // recorded events when it was submitted
};
static struct pending pending[MAX_PENDING + 1];
static uint npending;

// --- the recording ---

struct host_record *host_record;

void
host_record_start(void)
{
	if (host_record == NULL)
		host_record = mmap(NULL, sizeof(*host_record),
		    PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (host_record == MAP_FAILED)
		host_broken("no memory for a recording");
	host_record->n = 0;
	host_record->used = 0;
	host_record->on = true;
}

void
host_record_end(void)
{
	host_record->on = false;
}

static struct host_event *
record(enum host_what what)
{
	struct host_event *e;

	if (host_record == NULL || !host_record->on)
		return NULL;
	if (host_record->n == HOST_MAX_EVENTS)
		host_broken("a recording without end");
	e = &host_record->event[host_record->n];
	memset(e, 0, sizeof(*e));
	e->what = what;
	return e;
}

void
host_mark(enum host_what what, uint who, uint value)
{
	struct host_event *e = record(what);

	if (e == NULL)
		return;
	e->who = who;
	e->value = value;
	host_record->n++;
}

static void
record_transfer(const struct disk_request *r, uint since)
{
	struct host_event *e =
	    r->write ? record(r->len > 0 ? HOST_WRITE : HOST_FLUSH) : NULL;

	if (e == NULL)
		return;
	if (host_record->used + r->len > HOST_MAX_DATA)
		host_broken("a recording of too much data");
	e->since = since;
	e->sector = r->sector;
	e->len = r->len;
	e->data = host_record->data + host_record->used;
	if (r->len > 0)
		memcpy(e->data, r->data, r->len);
	host_record->used += r->len;
	host_record->n++;
}

static void
enqueue(struct disk_request *r)
{
	pending[npending].r = r;
	pending[npending++].since = host_record != NULL ? host_record->n : 0;
}

void
host_disk_open(uint blocks)
{
	if (host_disk != NULL)
		munmap(host_disk, (size_t)host_disk_blocks * BSIZE);
	host_disk_blocks = blocks;
	host_disk = mmap(NULL, (size_t)blocks * BSIZE, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (host_panic_text == NULL)
		host_panic_text = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (host_disk == MAP_FAILED || host_panic_text == MAP_FAILED)
		host_broken("no memory for the disk");
}

uint64
disk_sectors(void)
{
	return (uint64)host_disk_blocks * (BSIZE / 512);
}

void
disk_submit(struct disk_request *r)
{
	if (!host_may_sleep())
		host_broken("disk request with a spinlock held");
	while (npending >= MAX_PENDING)
		host_switch();
	enqueue(r);
	host_yield();
}

void
disk_submit_now(struct disk_request *r)
{
	if (npending == MAX_PENDING + 1)
		host_broken("two requests that cannot wait");
	enqueue(r);
}

bool
host_disk_busy(void)
{
	return npending > 0;
}

static void
transfer(struct disk_request *r)
{
	uchar *at = host_disk + r->sector * 512;
	uint done = 0;

	if (r->sector + r->len / 512 > disk_sectors())
		host_broken("transfer beyond the end of the disk");
	if (r->write && host_cut > 0 && --host_cut == 0) {
		// Some of its sectors are written still, in order.
		done = host_random(r->len / 512 + 1) * 512;
		memcpy(at, r->data, done);
		_exit(HOST_EXIT_CUT);
	}
	if (r->write)
		memcpy(at, r->data, r->len);
	else
		memcpy(r->data, at, r->len);
	host_writes += r->write;
}

static bool
is_bad(struct disk_request *r)
{
	if (host_bad_block >= 0 && r->len > 0 &&
	    (long)(r->sector / 2) <= host_bad_block &&
	    host_bad_block < (long)((r->sector + r->len / 512) / 2))
		return true;
	if (!fault(r->write ? host_faults.writes : host_faults.reads))
		return false;
	host_faults.write_hits += r->write;
	if (r->write && r->len > 0 && host_random(2))
		transfer(r);
	return true;
}

// Completes one of the pending requests; false if there are none.
bool
host_disk_event(void)
{
	struct disk_request *r;
	uint i;

	if (npending == 0)
		return false;
	i = host_random(npending);
	r = pending[i].r;
	r->ok = !is_bad(r);
	if (r->ok && r->len > 0)
		transfer(r);
	if (r->ok)
		record_transfer(r, pending[i].since);
	pending[i] = pending[--npending];
	r->done(r);
	return true;
}
