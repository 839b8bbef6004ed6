// The turn, the gates and the watchdog.
//
// One mutex protects all states; it is let go before the next hart is told that
// it has the turn, which on one core would otherwise wake up to find it taken.
// The hart with the turn runs without it: its clock and costs are its own, and
// pass to others' eyes through the mutex when it hands the turn over.  A waiting
// hart's clock does not move.  The one thing that may change under the hart with
// the turn is its limit, when another hart wakes up: that store is atomic.
//
// QEMU's locks: the callbacks for sleep and wake-up come with its big lock
// held, and take the mutex for a moment; nobody waits for the big lock with
// the mutex held.
//
// A hart that waits in a callback keeps QEMU from entering an exclusive section
// (a flush of all translations), for which QEMU waits until every hart leaves
// translated code.  The watchdog sees that nothing moves while all threads
// sleep, and lets every waiting hart run one block: that is a break, counted,
// since the order in the region is no longer what it should be.

#define _GNU_SOURCE
#include <dirent.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "order.h"
#include "trace.h"

#define WATCH_MS      50
#define STILL_TICKS   4     // of no movement, before harts are let run
#define GATE_TICKS    40    // a gate that nobody else can come to opens
#define WAKE_MS       10000 // for a hart that was interrupted to wake up

enum state { COMING, READY, RUNNING, PARKED, HELD, IDLE };

static const char *const state_names[] = {
    "coming", "ready", "running", "parked", "held", "idle"};

static struct waiter {
	enum state state;
	bool in_region;    // takes part in BEGIN and END
	bool out_of_order; // let run one block by the watchdog
	bool unexplained;  // has woken up, nobody knows why, and not run yet
	uint64_t rung_at;  // when an interrupt sent to it arrives; 0: none
	sem_t go;
} harts[MODEL_HARTS];

struct hart_clock clocks[MODEL_HARTS];
uint64_t order_began, order_breaks, order_handovers;
void (*order_opened)(void);
void (*order_closed)(const struct region *r);

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t woken = PTHREAD_COND_INITIALIZER;
static unsigned n_harts;
static int current = -1; // has the turn
static int to_tell = -1; // that it has the turn
static uint64_t latest;  // clock of the last hart that had it

static bool region_open;

static unsigned with_host; // harts that wait for what the host will do

static struct {
	unsigned expected, held; // participants
	unsigned regions;        // closed
	bool forced;             // by the watchdog
} gate;

static void *watch(void *unused);

void
order_init(unsigned n)
{
	pthread_t watchdog;
	sigset_t all, mask;

	n_harts = n;
	for (unsigned i = 0; i < n; i++)
		sem_init(&harts[i].go, 0, 0);
	// Signals are QEMU's.
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &mask);
	pthread_create(&watchdog, NULL, watch, NULL);
	pthread_sigmask(SIG_SETMASK, &mask, NULL);
	pthread_detach(watchdog);
}

// ---- The turn.  All with the mutex held.

static void
unlock(void)
{
	int hart = to_tell;

	to_tell = -1;
	pthread_mutex_unlock(&lock);
	if (hart >= 0)
		sem_post(&harts[hart].go);
}

static void
set_limit(int hart, uint64_t limit)
{
	__atomic_store_n(&clocks[hart].limit, limit, __ATOMIC_RELAXED);
}

// The READY hart with the smallest clock, but for one; -1 if there is none.
static int
first_ready(int but)
{
	int first = -1;

	for (unsigned i = 0; i < n_harts; i++) {
		if (harts[i].state == READY && (int)i != but &&
		    (first < 0 || clocks[i].now < clocks[first].now))
			first = i;
	}
	return first;
}

static bool
anyone(enum state s)
{
	for (unsigned i = 0; i < n_harts; i++) {
		if (harts[i].state == s)
			return true;
	}
	return false;
}

// The turn of hart ends when it is the turn of next (-1: nobody).
static void
limit_by(int hart, int next)
{
	set_limit(
	    hart, next < 0 ? UINT64_MAX : clocks[next].now + params.slack);
}

// Gives the turn to whoever is next, if nobody has it.
static void
give_turn(void)
{
	int next;

	if (current >= 0 || anyone(COMING))
		return;
	next = first_ready(-1);
	if (next < 0)
		return;
	harts[next].state = RUNNING;
	harts[next].unexplained = false;
	harts[next].out_of_order = false;
	current = next;
	order_handovers++;
	if (tracing)
		trace_begin(next, clocks[next].now);
	limit_by(next, first_ready(next));
	// Release: what the last hart did to lines and clocks is done.
	__atomic_store_n(&clocks[next].turn, true, __ATOMIC_RELEASE);
	to_tell = next;
}

// Returns whether the hart had the turn, which nobody has then.
static bool
end_turn(unsigned hart, enum state s)
{
	harts[hart].state = s;
	__atomic_store_n(&clocks[hart].turn, false, __ATOMIC_RELAXED);
	if (current != (int)hart)
		return false;
	current = -1;
	if (tracing)
		trace_end(hart, clocks[hart].now, state_names[s]);
	return true;
}

static void
drop_turn(unsigned hart, enum state s)
{
	if (!end_turn(hart, s))
		return;
	latest = clocks[hart].now;
	give_turn();
}

// Waits until this hart may run on.  Called with the mutex, returns without.
static void
await(unsigned hart)
{
	struct waiter *w = &harts[hart];

	while (w->state != RUNNING && !w->out_of_order) {
		unlock();
		while (sem_wait(&w->go) != 0)
			;
		if (__atomic_load_n(&clocks[hart].turn, __ATOMIC_ACQUIRE))
			return;
		pthread_mutex_lock(&lock);
	}
	w->out_of_order = false; // for one block, then it waits again
	unlock();
}

void
order_enter(unsigned hart)
{
	struct waiter *w = &harts[hart];

	shake();
	pthread_mutex_lock(&lock);
	// A hart that wakes up is READY before it gets here.
	if (w->state == COMING)
		w->state = READY;
	give_turn();
	await(hart);
}

void
order_pass(unsigned hart)
{
	int next;

	pthread_mutex_lock(&lock);
	if (harts[hart].state != RUNNING) {
		unlock();
		return;
	}
	next = first_ready(hart);
	if (next >= 0 && clocks[hart].now > clocks[next].now) {
		drop_turn(hart, READY);
		await(hart);
		return;
	}
	limit_by(hart, next);
	unlock();
}

void
order_park(unsigned hart)
{
	pthread_mutex_lock(&lock);
	if (harts[hart].state != RUNNING) {
		unlock();
		return;
	}
	drop_turn(hart, PARKED);
	await(hart);
}

// Somebody has become READY: the turn ends when its time comes.
static void
mind(unsigned hart)
{
	uint64_t limit = clocks[hart].now + params.slack;

	if (current >= 0 && clocks[current].limit > limit)
		set_limit(current, limit);
}

static void
unpark(unsigned hart, uint64_t at)
{
	struct hart_clock *c = &clocks[hart];

	if (harts[hart].state != PARKED)
		return;
	if (at > c->now)
		charge(c, COST_SPIN, at - c->now);
	harts[hart].state = READY;
	mind(hart);
}

void
order_unpark(uint64_t mask, uint64_t at)
{
	pthread_mutex_lock(&lock);
	for (; mask != 0; mask &= mask - 1)
		unpark(__builtin_ctzl(mask), at);
	unlock();
}

// ---- Sleep.

void
order_sleep(unsigned hart)
{
	shake();
	pthread_mutex_lock(&lock);
	// QEMU lets its harts idle before it starts the machine.
	if (harts[hart].state != COMING)
		drop_turn(hart, IDLE);
	unlock();
}

// The hart, asleep, comes to be at that time.
static void
idle_until(unsigned hart, uint64_t at)
{
	if (at > clocks[hart].now)
		charge(&clocks[hart], COST_IDLE, at - clocks[hart].now);
}

// A hart that nobody rang wakes up because of a device or a timer, at whatever
// time it is by the last clock that moved; or the one who rang has not got to
// say so yet: the interrupt is faster than its sender's callback.
static void
count_idle(unsigned hart)
{
	struct waiter *w = &harts[hart];

	w->unexplained = w->rung_at == 0;
	if (!w->unexplained)
		idle_until(hart, w->rung_at);
	else
		idle_until(hart, current >= 0 ? clocks[current].now : latest);
	w->rung_at = 0;
}

void
order_wake(unsigned hart)
{
	shake();
	pthread_mutex_lock(&lock);
	if (harts[hart].state == IDLE) {
		count_idle(hart);
		harts[hart].state = READY;
		mind(hart);
		give_turn();
	}
	pthread_cond_broadcast(&woken);
	unlock();
}

static struct timespec
after_ms(unsigned ms)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	t.tv_nsec += ms * 1000000L;
	t.tv_sec += t.tv_nsec / 1000000000L;
	t.tv_nsec %= 1000000000L;
	return t;
}

static void
await_wake(unsigned hart)
{
	struct timespec end = after_ms(WAKE_MS);
	int late = 0;

	order_host_begin();
	while (harts[hart].state == IDLE && late == 0)
		late = pthread_cond_timedwait(&woken, &lock, &end);
	order_host_end();
}

void
order_interrupt(unsigned from, unsigned to)
{
	uint64_t at = clocks[from].now + params.ipi;
	struct waiter *w;

	if (to >= n_harts)
		return;
	w = &harts[to];
	shake();
	pthread_mutex_lock(&lock);
	switch (w->state) {
	case IDLE:
		w->rung_at = at;
		await_wake(to);
		break;
	case PARKED:
		unpark(to, at);
		break;
	default:
		if (w->unexplained) {
			w->unexplained = false;
			idle_until(to, at);
			limit_by(from, first_ready(from));
		} else {
			w->rung_at = at;
		}
		break;
	}
	unlock();
}

void
order_wfi(unsigned hart)
{
	pthread_mutex_lock(&lock);
	idle_until(hart, harts[hart].rung_at);
	harts[hart].rung_at = 0;
	unlock();
}

// ---- Gates.

static void
clear_figures(uint64_t began)
{
	for (unsigned i = 0; i < n_harts; i++) {
		struct hart_clock *c = &clocks[i];

		memset(c->cost, 0, sizeof(c->cost));
		memset(c->at_pause, 0, sizeof(c->at_pause));
		c->ops = 0;
		c->ended = 0;
		if (c->now < began || harts[i].in_region)
			c->now = began;
	}
	order_began = began;
	order_breaks = gate.forced;
	gate.forced = false;
	order_handovers = 0;
}

// The latest clock of those who stand at the gate.
static uint64_t
last_arrival(void)
{
	uint64_t last = latest;

	for (unsigned i = 0; i < n_harts; i++) {
		if (harts[i].state == HELD && clocks[i].now > last)
			last = clocks[i].now;
	}
	return last;
}

// Everyone who stands at the gate goes on, in the order of their clocks.
static void
release(void)
{
	for (unsigned i = 0; i < n_harts; i++) {
		if (harts[i].state == HELD)
			harts[i].state = READY;
	}
	gate.held = 0;
	give_turn();
}

static void
open_region(void)
{
	clear_figures(last_arrival());
	order_opened();
	region_open = true;
	release();
}

static void
close_region(void)
{
	struct region r = {
	    .number = ++gate.regions,
	    .participants = gate.expected,
	    .breaks = order_breaks + gate.forced,
	    .handovers = order_handovers};
	uint64_t end = order_began;

	for (unsigned i = 0; i < n_harts; i++) {
		if (clocks[i].ended > end)
			end = clocks[i].ended;
		r.ops += clocks[i].ops;
	}
	r.cycles = end - order_began;
	// Who slept to the end.
	for (unsigned i = 0; i < n_harts; i++) {
		if (harts[i].state == IDLE && clocks[i].now < end)
			charge(&clocks[i], COST_IDLE, end - clocks[i].now);
	}
	order_closed(&r);
	region_open = false;
	gate.forced = false;
	for (unsigned i = 0; i < n_harts; i++)
		harts[i].in_region = false;
	gate.expected = 0;
	release();
}

// Stops at the gate; the last participant opens it.  Called with the mutex,
// returns without.
static void
arrive(unsigned hart, void (*all_here)(void))
{
	struct waiter *w = &harts[hart];

	w->in_region = true;
	gate.held++;
	if (gate.held >= gate.expected) {
		end_turn(hart, HELD);
		all_here();
	} else {
		drop_turn(hart, HELD);
	}
	await(hart);
}

void
order_begin(unsigned hart, unsigned participants)
{
	pthread_mutex_lock(&lock);
	if (gate.expected != 0 && gate.expected != participants) {
		complain("BEGIN for %u in a region of %u participants: its "
		         "figures are of both", participants, gate.expected);
		gate.forced = true;
	}
	gate.expected = participants;
	arrive(hart, open_region);
}

uint64_t
order_end(unsigned hart, uint64_t ops)
{
	uint64_t cycles;

	pthread_mutex_lock(&lock);
	if (!region_open) {
		unlock();
		return 0;
	}
	clocks[hart].ops += ops;
	clocks[hart].ended = clocks[hart].now;
	cycles = clocks[hart].ended - order_began;
	arrive(hart, close_region);
	return cycles;
}

uint64_t
order_elapsed(unsigned hart)
{
	uint64_t cycles = 0;

	pthread_mutex_lock(&lock);
	if (region_open)
		cycles = clocks[hart].now - order_began;
	unlock();
	return cycles;
}

// ---- The watchdog.

void
order_host_begin(void)
{
	__atomic_fetch_add(&with_host, 1, __ATOMIC_RELAXED);
}

void
order_host_end(void)
{
	__atomic_fetch_sub(&with_host, 1, __ATOMIC_RELAXED);
}

static bool
sleeps(const char *thread)
{
	char path[64], state = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/self/task/%.20s/stat", thread);
	f = fopen(path, "r");
	if (f == NULL)
		return true;
	if (fscanf(f, "%*d (%*[^)]) %c", &state) != 1)
		state = 0;
	fclose(f);
	return state == 'S';
}

// All threads of QEMU but the watchdog: one that runs, or would if the host let
// it, may be the one that the others wait for.
static bool
all_sleep(void)
{
	DIR *tasks = opendir("/proc/self/task");
	struct dirent *d;
	bool all = true;

	while (tasks != NULL && all && (d = readdir(tasks)) != NULL) {
		if (d->d_name[0] != '.' && atoi(d->d_name) != gettid())
			all = sleeps(d->d_name);
	}
	if (tasks != NULL)
		closedir(tasks);
	return all && __atomic_load_n(&with_host, __ATOMIC_RELAXED) == 0;
}

static uint64_t
movement(void)
{
	uint64_t sum = order_handovers + gate.held + gate.regions;

	for (unsigned i = 0; i < n_harts; i++)
		sum += __atomic_load_n(&clocks[i].now, __ATOMIC_RELAXED);
	return sum;
}

static void
let_run(void)
{
	order_breaks++;
	for (unsigned i = 0; i < n_harts; i++) {
		if (harts[i].state == RUNNING || harts[i].state == IDLE)
			continue;
		harts[i].out_of_order = true;
		sem_post(&harts[i].go);
	}
}

// Somebody waits at a gate, and nobody else is left to come.
static void
force_gate(void)
{
	complain("a gate opens for %u of %u participants: nobody else runs",
	    gate.held, gate.expected);
	gate.forced = true;
	if (region_open)
		close_region();
	else
		release();
	gate.expected = 0;
}

static void *
watch(void *unused)
{
	uint64_t before = 0;
	unsigned still = 0;

	for (;;) {
		uint64_t now;

		usleep(WATCH_MS * 1000);
		pthread_mutex_lock(&lock);
		now = movement();
		still = now == before && all_sleep() ? still + 1 : 0;
		before = now;
		if (still >= STILL_TICKS &&
		    (anyone(READY) || anyone(COMING) || anyone(PARKED))) {
			let_run();
			still = 0;
		} else if (gate.held > 0 && still >= GATE_TICKS) {
			force_gate();
			still = 0;
		}
		unlock();
	}
	return unused;
}
