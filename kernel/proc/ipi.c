// Interrupts between harts, through their machine software interrupts and the
// machine-mode shim.
//
// ipi_work carries what is asked: bits are set (release) before the interrupt
// and taken all at once (acquire) by its handler, so requests that arrive
// together are all seen.

#include "proc/ipi.h"
#include "boot/platform.h"
#include "lib/printf.h"
#include "mm/kmap.h"
#include "mm/stats.h"
#include "proc/hart.h"
#include "proc/sched.h"
#include "proc/stretch.h"

static bool stopping;      // [a] a hart has panicked
static uint32 parking;     // [a] 1 = a hart parks the others, or has
static uint64 park_round;  // [a] written by that hart: its round's number
static uint64 park_ended;  // [a] rounds up to this one are over

static void __attribute__((noreturn))
stop_here(void)
{
	for (;;)
		__asm__ volatile("wfi");
}

void
ipi_send(uint hart, uint32 work)
{
	volatile uint32 *msip = pa_to_kva(platform.hart[hart].msip_pa);

	__atomic_fetch_or(&harts[hart].ipi_work, work, __ATOMIC_RELEASE);
	count_event(CTR_IPIS);
	// Memory before the device store (RVWMO orders them by fence only).
	__asm__ volatile("fence w, o" : : : "memory");
	*msip = 1;
}

void
ipi_check_stop(void)
{
	if (__atomic_load_n(&stopping, __ATOMIC_RELAXED))
		stop_here();
	__asm__ volatile(".insn i 0x0f, 0, x0, x0, 0x010"); // pause
}

// Waits in wfi: with more harts than host cores, spinning would keep the one
// that has work from running.  Release: the parking hart sees all that this one
// did; acquire: and the other way round.
static void
park_here(void)
{
	uint64 round = __atomic_load_n(&park_round, __ATOMIC_ACQUIRE);

	__atomic_store_n(&this_hart()->parked, round, __ATOMIC_RELEASE);
	while (__atomic_load_n(&park_ended, __ATOMIC_ACQUIRE) < round) {
		__asm__ volatile("wfi");
		__asm__ volatile("csrc sip, %0" : : "r"(1UL << 1));
		ipi_check_stop();
	}
	stretch_begin(); // the stop is the audit's
}

// A hart that was parked has cleared interrupts, and with them, perhaps, that
// of a request that came before it left; so it looks again until there is none.
void
ipi_receive(void)
{
	uint32 work;

	do {
		work = __atomic_exchange_n(&this_hart()->ipi_work, 0,
		    __ATOMIC_ACQUIRE);
		if (work & IPI_STOP)
			stop_here();
		if (work & IPI_PARK)
			park_here();
		if ((work & IPI_WAKE) && current() != &this_hart()->idle)
			this_hart()->need_resched = true;
		if (work & IPI_DUMP)
			proc_dump_more();
	} while (work & IPI_PARK);
}

void
ipi_stop_others(void)
{
	__atomic_store_n(&stopping, true, __ATOMIC_RELAXED);
	for (uint i = 0; i < platform.nharts; i++) {
		if (&harts[i] != current()->hart)
			ipi_send(i, IPI_STOP);
	}
}

// What parked says is exact for this round, whatever the last one has left: a
// hart still on its way out of that parks again when it finds the request.
void
harts_park(void)
{
	uint64 round;

	while (__atomic_exchange_n(&parking, 1, __ATOMIC_ACQUIRE) != 0)
		preempt_point();
	round = park_round + 1;
	__atomic_store_n(&park_round, round, __ATOMIC_RELEASE);
	for (uint i = 0; i < platform.nharts; i++) {
		if (i != hart_id())
			ipi_send(i, IPI_PARK);
	}
	for (uint i = 0; i < platform.nharts; i++) {
		while (i != hart_id() &&
		    __atomic_load_n(&harts[i].parked, __ATOMIC_ACQUIRE) !=
		        round)
			ipi_check_stop();
	}
}

void
harts_unpark(void)
{
	__atomic_store_n(&park_ended, park_round, __ATOMIC_RELEASE);
	for (uint i = 0; i < platform.nharts; i++) {
		if (i != hart_id())
			ipi_send(i, IPI_WAKE);
	}
	// The next round's number is written by whoever has this now.
	__atomic_store_n(&parking, 0, __ATOMIC_RELEASE);
	stretch_begin();
}
