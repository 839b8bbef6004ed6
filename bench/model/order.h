// Clocks, and who runs: one hart at a time, the one whose clock is smallest,
// from power-on, so that everything a guest does happens in the same order
// every time.
//
// A hart is in one of these states:
//
//   COMING   has not executed its first instruction yet
//   READY    waits for its turn
//   RUNNING  has the turn; at most one
//   PARKED   spins on lines that nobody has written since it read them
//   HELD     waits at a gate (BEGIN, END) for the other participants
//   IDLE     sleeps in wfi
//
// Nobody gets the turn while a hart is COMING.  A hart keeps the turn until its
// clock is more than the slack ahead of the next hart's, until it sleeps, or
// comes to a gate.
#ifndef MODEL_ORDER_H
#define MODEL_ORDER_H

#include <stdbool.h>
#include <stdint.h>
#include "params.h"

enum cost {
	COST_INSTRUCTIONS,
	COST_MISS,     // lines from memory
	COST_TRANSFER, // lines from other harts
	COST_QUEUE,    // waiting for others' transfers of the same line
	COST_DEVICE,
	COST_SPIN,     // any of these in a loop with pause
	COST_IDLE,
	COST_COUNT
};

struct hart_clock {
	uint64_t now;   // cycles; only the hart with the turn moves its own
	uint64_t limit; // the turn is over beyond this
	bool turn;      // RUNNING; set by who gives the turn
	uint64_t cost[COST_COUNT];    // since BEGIN
	uint64_t at_pause[COST_COUNT]; // cost at the last pause
	uint64_t ops;                 // reported at END
	uint64_t ended;               // clock at END
} __attribute__((aligned(64)));

extern struct hart_clock clocks[MODEL_HARTS];

// Cycles at which the region began.
extern uint64_t order_began;

// Watchdog breaks in this region: times that harts had to run out of order.
extern uint64_t order_breaks, order_handovers;

void order_init(unsigned harts);

// The hart is at the start of a block without having the turn: returns when it
// may run.
void order_enter(unsigned hart);

// Passes the turn on if another hart's clock is before this one's.
void order_pass(unsigned hart);

// The hart spins, and sees nothing new until another hart writes one of the
// lines it reads: it returns when unpark has been called for it.  What it does
// meanwhile is known without doing it.
void order_park(unsigned hart);

// The hart with the turn has written, at time `at`, what these harts spin on.
void order_unpark(uint64_t harts, uint64_t at);

// QEMU's callbacks when a hart falls asleep and wakes up.  They never block:
// QEMU holds its big lock.
void order_sleep(unsigned hart);
void order_wake(unsigned hart);

// A hart with the turn has interrupted another one, whom that reaches at the
// sender's time and the time it takes.  If it sleeps, returns when it has woken
// up (or, bounded, after a while).
void order_interrupt(unsigned from, unsigned to);

// Between these a hart waits for something outside, a device or a thread of
// QEMU's: that nothing moves is no reason to break the order.
void order_host_begin(void);
void order_host_end(void);

// The hart is at a wfi.  If it will fall through, because of an interrupt that
// QEMU delivered ahead of its time, it sleeps until that time.
void order_wfi(unsigned hart);

// Gates.  Both return when all participants have come; end returns the cycles
// since begin, 0 outside regions.  begin is called when
// they have, before anyone runs on, and before figures are set to nothing.
void order_begin(unsigned hart, unsigned participants);
uint64_t order_end(unsigned hart, uint64_t ops);

// Cycles of this hart since BEGIN; 0 outside regions.
uint64_t order_elapsed(unsigned hart);

// What a closed region's figures are made of; called by order_end with all
// harts standing.
struct region {
	unsigned number, participants;
	uint64_t cycles, ops, breaks, handovers;
};
extern void (*order_opened)(void);
extern void (*order_closed)(const struct region *r);

static inline void
charge(struct hart_clock *c, enum cost what, uint64_t cycles)
{
	c->now += cycles;
	c->cost[what] += cycles;
}

#endif
