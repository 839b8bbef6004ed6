// The machine of host_stubs.h: randomness, messages, processes, locks.

#include "host_stubs.h"

#include <dlfcn.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>
#include <unistd.h>

#include "lib/printf.h"
#include "proc/procslot.h"
#include "proc/sched.h"

#define STACK_SIZE (1 << 18)

enum { READY, ASLEEP, ENDED };

// --- randomness and messages ---

static uint64 random_state = 1;
static uint disk_delay = 3; // of so many steps, one is the disk's
bool host_quiet = true;
long host_messages;
char *host_panic_text;
uint64 host_counters[CTR_COUNT];

void
host_seed(uint64 seed)
{
	random_state = seed * 2862933555777941757UL + 3037000493UL;
	disk_delay = seed % 2 ? 3 : 200;
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

void
host_broken(const char *what)
{
	fprintf(stderr, "host machine: %s\n", what);
	abort();
}

// --- processes ---

// Where a stack goes on.  Contexts only begin one: to change stacks with them
// takes a system call for the signal mask, and a run changes hundreds of
// thousands of times.
struct stack {
	jmp_buf on;
	bool begun;
	ucontext_t start;
};

static struct proc procs[MAX_PROCS];
static struct stack stacks[MAX_PROCS];
static uint nprocs;
static struct proc *running;
static struct stack scheduler = {.begun = true};
static uint spins_held;
static uint rank_held[8];

struct proc *
current(void)
{
	return running;
}

static void
jump(jmp_buf to)
{
	// The address sanitizer takes a longjmp to be one down its own stack;
	// hence the library's own.
	static void (*longjump)(jmp_buf, int);

	if (longjump == NULL)
		longjump = (void (*)(jmp_buf, int))dlsym(
		    dlopen("libc.so.6", RTLD_LAZY), "_longjmp");
	longjump(to, 1);
	abort();
}

static void
swap_stacks(struct stack *from, struct stack *to)
{
	if (_setjmp(from->on) != 0)
		return;
	if (to->begun)
		jump(to->on);
	to->begun = true;
	setcontext(&to->start);
}

// The address sanitizer wants to be told of every change of stacks.
#ifdef __SANITIZE_ADDRESS__
void __sanitizer_start_switch_fiber(void **save, const void *low, size_t n);
void __sanitizer_finish_switch_fiber(void *save, const void **low, size_t *n);

static const void *scheduler_stack;
static size_t scheduler_size;

static void
change_stack(struct stack *from, struct stack *to, const void *low, size_t n)
{
	void *save;

	__sanitizer_start_switch_fiber(&save, low, n);
	swap_stacks(from, to);
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
change_stack(struct stack *from, struct stack *to, const void *low, size_t n)
{
	(void)low;
	(void)n;
	swap_stacks(from, to);
}

static void
stack_begins(void)
{
}
#endif

static void
to_scheduler(void)
{
	change_stack(running->on, &scheduler, scheduler_stack,
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
		host_broken("too many processes");
	p = &procs[nprocs];
	memset(p, 0, sizeof(*p));
	list_init(&p->wait_link);
	p->run = run;
	p->arg = arg;
	p->on = &stacks[nprocs++];
	p->stack = malloc(STACK_SIZE);
	c = &p->on->start;
	getcontext(c);
	c->uc_stack.ss_sp = p->stack;
	c->uc_stack.ss_size = STACK_SIZE;
	makecontext(c, trampoline, 0);
	return p;
}

uint
procslot_count(void)
{
	return MAX_PROCS;
}

uint
host_self(void)
{
	return (uint)(running - procs);
}

bool
host_may_sleep(void)
{
	return running != NULL && spins_held == 0;
}

void
host_switch(void)
{
	if (spins_held != 0)
		host_broken("switch with a spinlock held");
	to_scheduler();
}

void
host_yield(void)
{
	if (running != NULL && spins_held == 0 && host_random(4) == 0)
		host_switch();
}

void
preempt_point(void)
{
	if (!host_may_sleep())
		host_broken("preemption point with a spinlock held");
	host_yield();
}

void
host_join(void)
{
	running->joining = true;
	running->state = ASLEEP;
	host_switch();
}

// Nothing can happen any more; if that is because all have ended but for one
// that waits for this, it goes on.
static bool
end_join(void)
{
	struct proc *joining = NULL;

	for (uint i = 0; i < nprocs; i++) {
		if (procs[i].joining)
			joining = &procs[i];
		else if (procs[i].state != ENDED)
			return false;
	}
	if (joining == NULL)
		return false;
	joining->joining = false;
	joining->state = READY;
	return true;
}

static struct timeout *timeouts[4];
static uint ntimeouts;

void
timeout_start(struct timeout *t, uint64 ticks)
{
	(void)ticks;
	if (ntimeouts == 4)
		host_broken("too many time-outs");
	timeouts[ntimeouts++] = t;
}

bool
host_timeout(void)
{
	struct timeout *t;

	if (ntimeouts == 0)
		return false;
	t = timeouts[0];
	timeouts[0] = timeouts[--ntimeouts];
	t->fire(t);
	return true;
}

void
host_rest(void)
{
	while (host_timeout() || host_disk_busy())
		host_switch();
}

// Lets one thing happen that can; false if nothing can.
static bool
step(void)
{
	uint start = host_random(nprocs + 1);

	if (host_disk_busy() && host_random(disk_delay) == 0)
		return host_disk_event();
	if (host_random(100) == 0 && host_timeout())
		return true;
	for (uint i = 0; i < nprocs; i++) {
		struct proc *p = &procs[(start + i) % nprocs];

		if (p->state != READY)
			continue;
		running = p;
		change_stack(&scheduler, p->on, p->stack, STACK_SIZE);
		running = NULL;
		return true;
	}
	return host_disk_event() || host_timeout() || end_join();
}

void
host_run(void)
{
	while (step())
		;
	for (uint i = 0; i < nprocs; i++) {
		if (procs[i].state != ENDED)
			host_broken("deadlock: a process sleeps for ever");
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

static void
take(struct spinlock *l)
{
	if (l->holder != 0)
		host_broken("spinlock taken twice");
	rank_held[spins_held++] = rank_of(l->class);
	l->holder = 1;
}

void
spin_lock(struct spinlock *l)
{
	host_yield(); // another hart may come first
	if (spins_held > 0 && rank_of(l->class) <= rank_held[spins_held - 1])
		host_broken("spinlocks taken in the wrong order");
	take(l);
}

void
spin_lock_beside(struct spinlock *l)
{
	if (spins_held == 0 || rank_of(l->class) != rank_held[spins_held - 1])
		host_broken("spinlock of another class than the last one");
	take(l);
}

void
spin_unlock(struct spinlock *l)
{
	if (l->holder == 0 || rank_held[spins_held - 1] != rank_of(l->class))
		host_broken("spinlock released out of order");
	l->holder = 0;
	spins_held--;
	host_yield();
}

bool
spin_held(const struct spinlock *l)
{
	return l->holder != 0;
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

	if (p == NULL || spins_held != 1 || l->holder == 0)
		host_broken("sleep without its lock, or with others");
	list_add_tail(&q->procs, &p->wait_link);
	if (deaf || !p->killed)
		p->state = ASLEEP;
	l->holder = 0;
	spins_held = 0;
	host_switch();
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
		host_broken("wake-up without the condition's lock");
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
waitq_wake_one_sync(struct waitq *q)
{
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
		host_broken("sleep lock taken with a spinlock held");
	spin_lock(&l->lock);
	if (l->owner == running)
		host_broken("sleep lock taken twice");
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
		host_broken("sleep lock released by somebody else");
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
