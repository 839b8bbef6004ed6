// kernel/sync/sleeplock.c under every kind of luck: processes take and give up
// one lock, and whenever the inner lock is not held, another may go on, chosen
// at random or by malice: newcomers first, whoever was woken last.  Nobody is
// let in beside the owner, nobody is forgotten, and nobody who waits sleeps
// more often than the patience that sleeplock.c names allows.

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sync/sleeplock.h"
#include "lib/printf.h"
#include "proc/hart.h"

#define MOST_PROCS 8
#define STACK_SIZE (64 * 1024)
#define TURNS      40 // of each process, in a run
#define RUNS       600

// A waiter sleeps PATIENCE (4) times before it asks for the lock, and once then;
// and once more for each waiter with a lower ticket that was given it instead.
#define MOST_SLEEPS (4 + 1 + nprocs - 1)

static struct proc procs[MOST_PROCS];
static char stacks[MOST_PROCS][STACK_SIZE];
static uint nprocs;
static struct proc *running;
static ucontext_t scheduler;
static struct hart hart;
static struct sleeplock lock;
static struct proc *inside;
static uint64 random_state, now;
static bool malice; // who was woken goes on only if nobody else can
static uint worst;

bool lockstat_hold_on;

static uint
draw(uint below)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (uint)((random_state >> 20) % below);
}

void
panic(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n0 passed, 1 failed\n");
	exit(1);
}

// --- what the lock needs ------------------------------------------------------

struct proc *
current(void)
{
	return running;
}

struct hart *
this_hart(void)
{
	return &hart;
}

uint64
cycles_now(void)
{
	return ++now;
}

static void
go_aside(void)
{
	swapcontext(&running->context, &scheduler);
}

void
ipi_check_stop(void)
{
	if (draw(100) == 0)
		go_aside();
}

void
spin_init(struct spinlock *l, enum lock_class class)
{
	(void)class;
	l->held = false;
}

void
spin_lock(struct spinlock *l)
{
	go_aside();
	KASSERT(!l->held);
	l->held = true;
}

void
spin_unlock(struct spinlock *l)
{
	KASSERT(l->held);
	l->held = false;
	if (draw(2) == 0)
		go_aside();
}

void
waitq_init(struct waitq *q)
{
	list_init(&q->procs);
}

struct proc *
waitq_first(struct waitq *q)
{
	return list_empty(&q->procs)
	           ? NULL
	           : LIST_OBJ(q->procs.next, struct proc, wait_link);
}

void
waitq_wake_one(struct waitq *q)
{
	struct proc *p = waitq_first(q);

	if (p == NULL)
		return;
	list_del(&p->wait_link);
	p->asleep = false;
}

void
waitq_sleep_deaf_ordered(struct waitq *q, struct spinlock *l, uint64 ticket)
{
	struct list *before = q->procs.prev;

	while (before != &q->procs &&
	    LIST_OBJ(before, struct proc, wait_link)->ticket > ticket)
		before = before->prev;
	list_add(before, &running->wait_link);
	running->ticket = ticket;
	running->asleep = true;
	running->sleeps++;
	l->held = false;
	go_aside();
	KASSERT(!running->asleep);
	spin_lock(l);
}

// --- processes ------------------------------------------------------------------

static void
turn(void)
{
	running->sleeps = 0;
	if (draw(8) == 0) {
		if (!sleeplock_trylock(&lock))
			return;
	} else {
		sleeplock_lock(&lock);
	}
	if (running->sleeps > worst)
		worst = running->sleeps;
	KASSERT(running->sleeps <= MOST_SLEEPS);
	KASSERT(inside == NULL);
	inside = running;
	while (draw(3) != 0)
		go_aside();
	KASSERT(inside == running && sleeplock_held(&lock));
	inside = NULL;
	sleeplock_unlock(&lock);
}

static void
body(void)
{
	for (uint i = 0; i < TURNS; i++) {
		turn();
		while (draw(4) == 0)
			go_aside();
	}
	running->ended = true;
	go_aside();
}

// The next to go on, or NULL if nobody can.
static struct proc *
choose(void)
{
	struct proc *late = NULL;
	uint first = draw(nprocs);

	for (uint i = 0; i < nprocs; i++) {
		struct proc *p = &procs[(first + i) % nprocs];

		if (p->asleep || p->ended)
			continue;
		if (!malice || p->sleeps == 0 || draw(20) == 0)
			return p;
		late = p;
	}
	return late;
}

static void
run(uint64 seed)
{
	random_state = seed * 0x9e3779b97f4a7c15 + 1;
	nprocs = 2 + draw(MOST_PROCS - 1);
	malice = draw(2) == 0;
	sleeplock_init(&lock, LC_INODE);
	for (uint i = 0; i < nprocs; i++) {
		struct proc *p = &procs[i];

		memset(p, 0, sizeof(*p));
		getcontext(&p->context);
		p->context.uc_stack.ss_sp = stacks[i];
		p->context.uc_stack.ss_size = STACK_SIZE;
		makecontext(&p->context, body, 0);
	}
	while ((running = choose()) != NULL)
		swapcontext(&scheduler, &running->context);
	for (uint i = 0; i < nprocs; i++)
		KASSERT(procs[i].ended && procs[i].holds == 0);
	KASSERT(waitq_first(&lock.waiters) == NULL);
}

int
main(void)
{
	for (uint seed = 1; seed <= RUNS; seed++)
		run(seed);
	// Or nobody has come too late, and nothing was tried.
	KASSERT(worst > 4);
	printf("%d passed, 0 failed\n", RUNS);
	return 0;
}
