// Kernel messages, and the end when an invariant is broken.

#include "boot/platform.h"
#include "boot/power.h"
#include "dev/uart.h"
#include "lib/printf.h"
#include "proc/hart.h"
#include "proc/ipi.h"
#include "trap/trap.h"

#define PANIC_STATUS 101 // what QEMU exits with

static struct spinlock message_lock = SPINLOCK_INIT(LC_PRINTF);
static uint32 panicking; // [a]

static void
emit(void *to, char c)
{
	(void)to;
	if (c == '\n')
		uart_putc_sync('\r');
	uart_putc_sync(c);
}

void
kprintf(const char *fmt, ...)
{
	bool lock = !__atomic_load_n(&panicking, __ATOMIC_RELAXED) &&
	    harts != NULL;
	va_list ap;

	va_start(ap, fmt);
	if (lock)
		spin_lock(&message_lock);
	format(emit, NULL, fmt, ap);
	if (lock)
		spin_unlock(&message_lock);
	va_end(ap);
}

static void
say_where(void)
{
	struct proc *p = current();

	if (harts == NULL)
		return;
	kprintf("hart %u, process %d %s\n", p->hart->id, p->pid, p->name);
}

void
panic(const char *fmt, ...)
{
	uint64 *fp;
	va_list ap;

	if (__atomic_exchange_n(&panicking, 1, __ATOMIC_RELAXED)) {
		// A second panic, here or elsewhere: the first one speaks.
		for (;;)
			__asm__ volatile("wfi");
	}
	if (harts != NULL)
		ipi_stop_others();
	va_start(ap, fmt);
	kprintf("panic: ");
	format(emit, NULL, fmt, ap);
	kprintf("\n");
	va_end(ap);
	say_where();
	// This function's frame record: the caller's return address and frame.
	fp = __builtin_frame_address(0);
	backtrace(fp[-1], fp[-2]);
	power_off(PANIC_STATUS);
}
