// One one-shot timer per hart, set to the next thing due.
//
// Programming it is dear under emulation, so it is not touched at context
// switches: while a hart runs processes it ticks twice per slice, and a
// process that two ticks have found running gives way (proc/sched.c).  A slice
// is thus between one and two ticks long, 10 ms at most (boot option slice_ms=).  An
// idle hart's timer is set for its earliest sleeper only.

#include "trap/trap.h"
#include "boot/mshim.h"
#include "boot/platform.h"
#include "kernel/riscv.h"
#include "mm/stats.h"
#include "proc/hart.h"
#include "proc/sched.h"

#define MAX_SLICE_MS 86400000UL // a day

#define CSR_STIMECMP "0x14d" // Sstc extension

static uint64 slice; // [I] ticks of the time CSR

void
timer_init(void)
{
	uint64 ms = boot_option("slice_ms", 10);

	if (ms < 1 || ms > MAX_SLICE_MS)
		panic("slice_ms=%lu is not in 1..%lu", ms, MAX_SLICE_MS);
	for (uint i = 0; !boot_has_sstc && i < platform.nharts; i++)
		if (platform.hart[i].mtimecmp_pa == 0)
			panic("hart %lu has no timer", platform.hart[i].id);
	slice = platform.timebase * ms / 1000;
}

uint64
timer_slice(void)
{
	return slice;
}

uint64
timer_user_tick(void)
{
	return platform.timebase / 10;
}

void
timer_set(uint64 t)
{
	this_hart()->timer_at = t;
	if (boot_has_sstc)
		__asm__ volatile("csrw " CSR_STIMECMP ", %0" : : "r"(t));
	else
		mshim_set_timer(t);
}

void
timer_arm(uint64 t)
{
	if (t < this_hart()->timer_at)
		timer_set(t);
}

void
timer_interrupt(void)
{
	struct hart *h = this_hart();
	uint64 now = r_time();
	uint64 next = timerq_run(now);

	count_event(CTR_TICKS);
	if (current() != &h->idle) {
		sched_tick();
		if (now + timer_slice() / 2 < next)
			next = now + timer_slice() / 2;
	}
	timer_set(next);
}
