// Interrupts between harts, through the CLINT's MSIP registers and the
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

static bool stopping;   // [a] a hart has panicked
static uint32 parking;  // [a] 1 = one hart has the others parked
static uint32 parked;   // [a] how many are

static void __attribute__((noreturn))
stop_here(void)
{
	for (;;)
		__asm__ volatile("wfi");
}

void
ipi_send(uint hart, uint32 work)
{
	volatile uint32 *msip = pa_to_kva(platform.clint_pa);

	__atomic_fetch_or(&harts[hart].ipi_work, work, __ATOMIC_RELEASE);
	count_event(CTR_IPIS);
	// Memory before the device store (RVWMO orders them by fence only).
	__asm__ volatile("fence w, o" : : : "memory");
	msip[hart] = 1;
}

void
ipi_check_stop(void)
{
	if (__atomic_load_n(&stopping, __ATOMIC_RELAXED))
		stop_here();
	__asm__ volatile(".insn i 0x0f, 0, x0, x0, 0x010"); // pause
}

// Waits in wfi: with more harts than host cores, spinning would keep the one
// that has work from running.
static void
park_here(void)
{
	__atomic_fetch_add(&parked, 1, __ATOMIC_RELEASE);
	while (__atomic_load_n(&parking, __ATOMIC_ACQUIRE) != 0) {
		__asm__ volatile("wfi");
		__asm__ volatile("csrc sip, %0" : : "r"(1UL << 1));
		ipi_check_stop();
	}
	__atomic_fetch_sub(&parked, 1, __ATOMIC_RELEASE);
}

void
ipi_receive(void)
{
	uint32 work = __atomic_exchange_n(&this_hart()->ipi_work, 0,
	    __ATOMIC_ACQUIRE);

	if (work & IPI_STOP)
		stop_here();
	if (work & IPI_PARK)
		park_here();
	if ((work & IPI_WAKE) && current() != &this_hart()->idle)
		this_hart()->need_resched = true;
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

void
harts_park(void)
{
	while (__atomic_exchange_n(&parking, 1, __ATOMIC_ACQUIRE) != 0)
		preempt_point();
	// The last round's parkers have left.
	while (__atomic_load_n(&parked, __ATOMIC_ACQUIRE) != 0)
		ipi_check_stop();
	for (uint i = 0; i < platform.nharts; i++) {
		if (i != hart_id())
			ipi_send(i, IPI_PARK);
	}
	while (__atomic_load_n(&parked, __ATOMIC_ACQUIRE) !=
	    platform.nharts - 1)
		ipi_check_stop();
}

void
harts_unpark(void)
{
	__atomic_store_n(&parking, 0, __ATOMIC_RELEASE);
	for (uint i = 0; i < platform.nharts; i++) {
		if (i != hart_id())
			ipi_send(i, IPI_WAKE);
	}
}
