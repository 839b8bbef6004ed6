// The machine of host_stubs.h.

#include "host_stubs.h"

#include <dlfcn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#include "dev/chardev.h"
#include "dev/disk.h"
#include "kernel/fs.h"
#include "kernel/riscv.h"
#include "lib/printf.h"
#include "mm/kcache.h"
#include "mm/page.h"
#include "mm/ucopy.h"
#include "proc/sched.h"

#define MAX_PROCS   64
#define MAX_PENDING 64
#define STACK_SIZE  (1 << 18)

enum { READY, ASLEEP, ENDED };

// --- randomness and messages ---

static uint64 random_state = 1;
bool host_quiet = true;
long host_messages;
char *host_panic_text;

void
host_seed(uint64 seed)
{
	random_state = seed * 2862933555777941757UL + 3037000493UL;
}

uint
host_random(uint below)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (uint)((random_state >> 20) % below);
}

void
kprintf(const char *fmt, ...)
{
	va_list ap;

	host_messages++;
	if (host_quiet)
		return;
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
}

void
panic(const char *fmt, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (!host_quiet || host_panic_text == NULL)
		fprintf(stderr, "panic: %s\n", text);
	if (host_panic_text != NULL)
		snprintf(host_panic_text, 256, "%s", text);
	_exit(HOST_EXIT_PANIC);
}

static void
broken(const char *what)
{
	fprintf(stderr, "host machine: %s\n", what);
	abort();
}

// --- processes ---

static struct proc procs[MAX_PROCS];
static ucontext_t contexts[MAX_PROCS];
static uint nprocs;
static struct proc *running;
static ucontext_t scheduler;
static uint spins_held;
static uint rank_held[8];

static bool disk_event(void);
static bool disk_busy(void);

struct proc *
current(void)
{
	return running;
}

// The address sanitizer wants to be told of every change of stacks, and warns
// of the swapcontext it wraps; hence the library's own.
#ifdef __SANITIZE_ADDRESS__
void __sanitizer_start_switch_fiber(void **save, const void *low, size_t n);
void __sanitizer_finish_switch_fiber(void *save, const void **low, size_t *n);

static const void *scheduler_stack;
static size_t scheduler_size;

static void
change_stack(ucontext_t *from, ucontext_t *to, const void *low, size_t n)
{
	static int (*swap)(ucontext_t *, const ucontext_t *);
	void *save;

	if (swap == NULL)
		swap = (int (*)(ucontext_t *, const ucontext_t *))dlsym(
		    dlopen("libc.so.6", RTLD_LAZY), "swapcontext");
	__sanitizer_start_switch_fiber(&save, low, n);
	swap(from, to);
	__sanitizer_finish_switch_fiber(save, NULL, NULL);
}

static void
stack_begins(void)
{
	__sanitizer_finish_switch_fiber(NULL, &scheduler_stack,
	    &scheduler_size);
}
#else
#define scheduler_stack NULL
#define scheduler_size  0

static void
change_stack(ucontext_t *from, ucontext_t *to, const void *low, size_t n)
{
	(void)low;
	(void)n;
	swapcontext(from, to);
}

static void
stack_begins(void)
{
}
#endif

static void
to_scheduler(void)
{
	change_stack(running->context, &scheduler, scheduler_stack,
	    scheduler_size);
}

static void
trampoline(void)
{
	stack_begins();
	running->run(running->arg);
	running->state = ENDED;
	to_scheduler();
}

struct proc *
host_spawn(void (*run)(void *arg), void *arg)
{
	struct proc *p;
	ucontext_t *c;

	if (nprocs == MAX_PROCS)
		broken("too many processes");
	p = &procs[nprocs];
	c = &contexts[nprocs];
	nprocs++;
	memset(p, 0, sizeof(*p));
	list_init(&p->wait_link);
	p->run = run;
	p->arg = arg;
	p->context = c;
	p->stack = malloc(STACK_SIZE);
	getcontext(c);
	c->uc_stack.ss_sp = p->stack;
	c->uc_stack.ss_size = STACK_SIZE;
	makecontext(c, trampoline, 0);
	return p;
}

uint
host_self(void)
{
	return (uint)(running - procs);
}

static void
switch_away(void)
{
	if (spins_held != 0)
		broken("switch with a spinlock held");
	to_scheduler();
}

void
host_yield(void)
{
	if (running != NULL && spins_held == 0 && host_random(4) == 0)
		switch_away();
}

void
preempt_point(void)
{
	if (spins_held != 0)
		broken("preemption point with a spinlock held");
	host_yield();
}

// Lets one thing happen that can; false if nothing can.
static bool
step(void)
{
	uint start = host_random(nprocs + 1);

	if (disk_busy() && host_random(3) == 0)
		return disk_event();
	for (uint i = 0; i < nprocs; i++) {
		struct proc *p = &procs[(start + i) % nprocs];

		if (p->state != READY)
			continue;
		running = p;
		change_stack(&scheduler, p->context, p->stack, STACK_SIZE);
		running = NULL;
		return true;
	}
	return disk_event();
}

void
host_run(void)
{
	while (step())
		;
	for (uint i = 0; i < nprocs; i++) {
		if (procs[i].state != ENDED)
			broken("deadlock: a process sleeps for ever");
		free(procs[i].stack);
	}
	nprocs = 0;
}

void
host_kill(struct proc *p)
{
	p->killed = true;
	if (p->state == ASLEEP)
		p->state = READY;
}

// --- locks and wait queues ---

static uint
rank_of(uint class)
{
	static const uint ranks[] = {
#define X(id, rank, name, what) rank,
	    LOCK_CLASSES(X)
#undef X
	};
	return ranks[class];
}

void
spin_init(struct spinlock *l, enum lock_class class)
{
	memset(l, 0, sizeof(*l));
	l->class = class;
}

void
spin_lock(struct spinlock *l)
{
	uint rank = rank_of(l->class);

	host_yield(); // another hart may come first
	if (l->held)
		broken("spinlock taken twice");
	if (spins_held > 0 && rank <= rank_held[spins_held - 1])
		broken("spinlocks taken in the wrong order");
	rank_held[spins_held++] = rank;
	l->held = 1;
}

void
spin_unlock(struct spinlock *l)
{
	if (!l->held || rank_held[spins_held - 1] != rank_of(l->class))
		broken("spinlock released out of order");
	l->held = 0;
	spins_held--;
	host_yield();
}

bool
spin_held(const struct spinlock *l)
{
	return l->held;
}

void
waitq_init(struct waitq *q)
{
	list_init(&q->procs);
}

static void
sleep_on(struct waitq *q, struct spinlock *l, bool deaf)
{
	struct proc *p = running;

	if (p == NULL || spins_held != 1 || !l->held)
		broken("sleep without the condition's lock, or with others");
	list_add_tail(&q->procs, &p->wait_link);
	if (deaf || !p->killed)
		p->state = ASLEEP;
	l->held = 0;
	spins_held = 0;
	switch_away();
	spin_lock(l);
	list_del(&p->wait_link);
}

bool
waitq_sleep(struct waitq *q, struct spinlock *l)
{
	sleep_on(q, l, false);
	return !running->killed;
}

void
waitq_sleep_deaf(struct waitq *q, struct spinlock *l)
{
	sleep_on(q, l, true);
}

void
waitq_wake_one(struct waitq *q)
{
	struct proc *p;

	if (spins_held == 0)
		broken("wake-up without the condition's lock");
	if (list_empty(&q->procs))
		return;
	p = LIST_OBJ(q->procs.next, struct proc, wait_link);
	list_del(&p->wait_link);
	p->state = READY;
}

void
waitq_wake_all(struct waitq *q)
{
	while (!list_empty(&q->procs))
		waitq_wake_one(q);
}

void
waitq_wake_all_sync(struct waitq *q)
{
	waitq_wake_all(q);
}

void
sleeplock_init(struct sleeplock *l, enum lock_class class)
{
	spin_init(&l->lock, LC_SLEEPLOCK);
	l->class = class;
	l->owner = NULL;
	waitq_init(&l->waiters);
}

void
sleeplock_lock(struct sleeplock *l)
{
	if (running == NULL || spins_held != 0)
		broken("sleep lock taken with a spinlock held");
	spin_lock(&l->lock);
	if (l->owner == running)
		broken("sleep lock taken twice");
	while (l->owner != NULL)
		waitq_sleep_deaf(&l->waiters, &l->lock);
	l->owner = running;
	spin_unlock(&l->lock);
}

bool
sleeplock_trylock(struct sleeplock *l)
{
	bool got;

	spin_lock(&l->lock);
	got = l->owner == NULL;
	if (got)
		l->owner = running;
	spin_unlock(&l->lock);
	return got;
}

void
sleeplock_unlock(struct sleeplock *l)
{
	if (l->owner != running)
		broken("sleep lock released by somebody else");
	spin_lock(&l->lock);
	l->owner = NULL;
	waitq_wake_one(&l->waiters);
	spin_unlock(&l->lock);
}

bool
sleeplock_held(struct sleeplock *l)
{
	return l->owner == running;
}

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

static bool
alloc_fails(void)
{
	if (spins_held != 0)
		broken("allocation with a spinlock held");
	host_yield();
	if (host_no_memory)
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
	obj = malloc(c->size);
	memset(obj, 0xa5, c->size);
	if (c->ctor != NULL)
		c->ctor(obj);
	return obj;
}

void
kcache_free(struct kcache *c, void *obj)
{
	if (spins_held != 0)
		broken("object freed with a spinlock held");
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

	if (spins_held != 0)
		broken("user memory touched with a spinlock held");
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
	return copy_to_user(uaddr, "device", n < 6 ? (uint64)n : 6) < 0 ? -1 : n;
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
static struct disk_request *pending[MAX_PENDING];
static uint npending;

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
		broken("no memory for the disk");
}

uint64
disk_sectors(void)
{
	return (uint64)host_disk_blocks * (BSIZE / 512);
}

void
disk_submit(struct disk_request *r)
{
	if (spins_held != 0 || running == NULL)
		broken("disk request with a spinlock held");
	while (npending == MAX_PENDING)
		switch_away();
	pending[npending++] = r;
	host_yield();
}

static bool
disk_busy(void)
{
	return npending > 0;
}

static void
transfer(struct disk_request *r)
{
	uchar *at = host_disk + r->sector * 512;
	uint done = 0;

	if (r->sector + r->len / 512 > disk_sectors())
		broken("transfer beyond the end of the disk");
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

// Completes one of the pending requests; false if there are none.
static bool
disk_event(void)
{
	struct disk_request *r;
	uint i;

	if (npending == 0)
		return false;
	i = host_random(npending);
	r = pending[i];
	pending[i] = pending[--npending];
	r->ok = true;
	if (host_bad_block >= 0 && r->len > 0 &&
	    (long)(r->sector / 2) <= host_bad_block &&
	    host_bad_block < (long)((r->sector + r->len / 512) / 2))
		r->ok = false;
	else if (r->len > 0)
		transfer(r);
	r->done(r);
	return true;
}
