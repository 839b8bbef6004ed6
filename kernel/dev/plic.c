// The platform-level interrupt controller (RISC-V PLIC specification 1.0).
//
// Each hart has two contexts, machine and supervisor, and sees in its own
// context only the sources enabled there.  Every source is enabled for exactly
// one hart (irq_home): enabled for several, one completion would wake them all
// from wfi, and all but one would find nothing to claim.
//
// The table of sources is written by hart 0 before other harts start and
// constant afterwards.  A context's registers are touched by its own hart, and
// by hart 0 at boot; so nothing here needs a lock.

#include "dev/plic.h"
#include "boot/platform.h"
#include "dev/mmio.h"
#include "lib/printf.h"
#include "proc/proc.h"

#define MAX_SOURCES 16  // attached: the serial port, the disk, some to spare
#define MAX_IRQ     127 // QEMU's virt machine numbers up to 95

#define ENABLE_WORDS ((MAX_IRQ + 1) / 32)

// Register offsets, by source or by context.
#define PRIORITY(irq)  (4 * (irq))
#define ENABLE(ctx, w) (0x2000 + 0x80 * (ctx) + 4 * (w))
#define THRESHOLD(ctx) (0x200000 + 0x1000 * (ctx))
#define CLAIM(ctx)     (0x200004 + 0x1000 * (ctx))

struct source {
	uint irq;              // [I]
	void (*handler)(void); // [I]
};

static mmio_base plic;                     // [I]
static struct source sources[MAX_SOURCES]; // [I] after boot
static uint nsources;                      // [I] after boot

// QEMU's virt machine: two contexts per hart, in the order of hart numbers.
static uint
supervisor_context(uint hart)
{
	return 2 * hart + 1;
}

// The hart that serves irq.  One hart for all devices: their interrupts are
// few (one per disk transfer, one per key), and its idle loop is the only one
// they disturb.
uint
irq_home(uint irq)
{
	(void)irq;
	return 0;
}

// Writes one hart's enable word from the table.
static void
write_enables(uint hart, uint word)
{
	uint32 bits = 0;

	for (uint i = 0; i < nsources; i++) {
		uint irq = sources[i].irq;

		if (irq / 32 == word && irq_home(irq) == hart)
			bits |= 1U << (irq % 32);
	}
	mmio_write32(plic, ENABLE(supervisor_context(hart), word), bits);
}

void
plic_init(void)
{
	plic = mmio_map(platform.plic_pa);
}

void
plic_attach(uint irq, void (*handler)(void))
{
	if (irq == 0 || irq > MAX_IRQ || nsources == MAX_SOURCES)
		panic("plic: no place for interrupt %u", irq);
	sources[nsources++] = (struct source){irq, handler};
	mmio_begin();
	mmio_write32(plic, PRIORITY(irq), 1); // 0 would be "never"
	write_enables(irq_home(irq), irq / 32);
	mmio_end();
}

void
plic_init_hart(uint hart)
{
	mmio_begin();
	for (uint word = 0; word < ENABLE_WORDS; word++)
		write_enables(hart, word);
	mmio_write32(plic, THRESHOLD(supervisor_context(hart)), 0);
	mmio_end();
}

static void
dispatch(uint irq)
{
	for (uint i = 0; i < nsources; i++) {
		if (sources[i].irq == irq) {
			sources[i].handler();
			return;
		}
	}
	kprintf("plic: interrupt %u of no device\n", irq);
}

void
plic_interrupt(void)
{
	uint ctx = supervisor_context(hart_id());
	uint irq;

	mmio_begin();
	irq = mmio_read32(plic, CLAIM(ctx));
	mmio_end();
	if (irq == 0)
		return;
	dispatch(irq);
	// The handler has quietened the device by now, and mmio_begin keeps it
	// so: a level still up at completion would come in a second time.
	mmio_begin();
	mmio_write32(plic, CLAIM(ctx), irq);
	mmio_end();
}
