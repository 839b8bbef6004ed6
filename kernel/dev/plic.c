// The platform-level interrupt controllers (RISC-V PLIC specification 1.0).
//
// There may be several, each for some devices and some harts.  Each hart sees
// in its own context of a controller only the sources enabled there.  All of a
// controller's sources are enabled for one hart, its home, the first one that
// it serves: enabled for several, one completion would wake them all from wfi,
// and all but one would find nothing to claim.  One for all of them will do:
// interrupts are few (one per disk transfer, one per key), and its idle loop is
// the only one they disturb.
//
// The tables are written by hart 0 before other harts start, but for a
// controller's context, which its home settles when it starts.  After that, and
// after hart 0 has cleared them, only the home touches a controller's registers
// of contexts; so nothing here needs a lock.

#include "dev/plic.h"
#include "boot/platform.h"
#include "dev/mmio.h"
#include "lib/printf.h"
#include "proc/proc.h"

#define MAX_SOURCES 16  // attached: the serial port, the disk, some to spare
#define MAX_IRQ     127 // QEMU's virt machine numbers up to 95

#define ENABLE_WORDS ((MAX_IRQ + 1) / 32)

#define SIP_EXTERNAL (1UL << 9)

// Reads of sip before an interrupt that is up counts as one that does not
// arrive: far longer than a signal takes on a chip.
#define ARRIVAL_POLLS 1000

// Register offsets, by source or by context.
#define PRIORITY(irq)  (4 * (irq))
#define PENDING(w)     (0x1000 + 4 * (w))
#define ENABLE(ctx, w) (0x2000 + 0x80 * (ctx) + 4 * (w))
#define THRESHOLD(ctx) (0x200000 + 0x1000 * (ctx))
#define CLAIM(ctx)     (0x200004 + 0x1000 * (ctx))

struct source {
	struct platform_irq irq; // [I]
	void (*handler)(void);   // [I]
};

struct controller {
	mmio_base regs;               // [I]
	int home;                     // [I] hart, -1: it serves none
	uint context;                 // [I] once its home runs
	uint32 enabled[ENABLE_WORDS]; // [I] after boot: its sources
};

static struct controller plic[MAX_PLICS];  // [I] but context
static struct source sources[MAX_SOURCES]; // [I] after boot
static uint nsources;                      // [I] after boot

// Lets the controller's sources, or none, through to a context.
static void
enable(const struct controller *c, uint context, bool on)
{
	mmio_begin();
	for (uint w = 0; w < ENABLE_WORDS; w++)
		mmio_write32(c->regs, ENABLE(context, w),
		    on ? c->enabled[w] : 0);
	mmio_write32(c->regs, THRESHOLD(context), 0);
	mmio_end();
}

static void
init_controller(struct controller *c, const struct platform_plic *p)
{
	c->regs = mmio_map(p->pa);
	for (uint i = 0; i < p->contexts; i++)
		enable(c, i, false);
	c->home = -1;
	for (uint hart = 0; hart < platform.nharts; hart++) {
		if (p->context[hart] >= 0) {
			c->home = hart;
			c->context = p->context[hart];
			break;
		}
	}
}

void
plic_init(void)
{
	for (uint i = 0; i < platform.nplics; i++)
		init_controller(&plic[i], &platform.plic[i]);
}

void
plic_attach(struct platform_irq irq, void (*handler)(void))
{
	struct controller *c = &plic[irq.plic];

	if (irq.line == 0 || irq.line > MAX_IRQ || nsources == MAX_SOURCES)
		panic("plic: no place for interrupt %u", irq.line);
	if (c->home < 0)
		panic("plic: no hart is served with interrupt %u", irq.line);
	sources[nsources++] = (struct source){irq, handler};
	c->enabled[irq.line / 32] |= 1U << irq.line % 32;
	mmio_begin();
	mmio_write32(c->regs, PRIORITY(irq.line), 1); // 0 would be "never"
	mmio_end();
}

uint
irq_home(struct platform_irq irq)
{
	return plic[irq.plic].home;
}

static bool
is_pending(const struct controller *c)
{
	uint32 pending = 0;

	mmio_begin();
	for (uint w = 0; w < ENABLE_WORDS; w++)
		pending |= mmio_read32(c->regs, PENDING(w)) & c->enabled[w];
	mmio_end();
	return pending != 0;
}

static bool
arrives(void)
{
	uint64 sip = 0;

	for (uint i = 0; i < ARRIVAL_POLLS && !(sip & SIP_EXTERNAL); i++)
		__asm__ volatile("csrr %0, sip" : "=r"(sip));
	return sip & SIP_EXTERNAL;
}

// QEMU 7.2 connects the contexts of all controllers but the first to other
// harts, or modes, than its device tree says.  If what is up does not arrive,
// the context from which it does is looked for.  Other harts that see it for
// a moment find nothing to claim.
static void
settle_context(struct controller *c, uint contexts)
{
	if (!is_pending(c) || arrives())
		return;
	enable(c, c->context, false);
	for (uint i = 0; i < contexts; i++) {
		c->context = i;
		enable(c, i, true);
		if (arrives())
			return;
		enable(c, i, false);
	}
	panic("plic at %p: its interrupts do not arrive at hart %u",
	    (void *)kva_to_pa((void *)c->regs), hart_id());
}

void
plic_init_hart(uint hart)
{
	for (uint i = 0; i < platform.nplics; i++) {
		struct controller *c = &plic[i];

		if (c->home != (int)hart)
			continue;
		enable(c, c->context, true);
		settle_context(c, platform.plic[i].contexts);
	}
}

static void
dispatch(uint controller, uint line)
{
	for (uint i = 0; i < nsources; i++) {
		const struct platform_irq *irq = &sources[i].irq;

		if (irq->plic == controller && irq->line == line) {
			sources[i].handler();
			return;
		}
	}
	kprintf("plic: interrupt %u of no device\n", line);
}

static void
serve(uint controller)
{
	const struct controller *c = &plic[controller];
	uint line;

	mmio_begin();
	line = mmio_read32(c->regs, CLAIM(c->context));
	mmio_end();
	if (line == 0)
		return;
	dispatch(controller, line);
	// The handler has quietened the device by now, and mmio_begin keeps it
	// so: a level still up at completion would come in a second time.
	mmio_begin();
	mmio_write32(c->regs, CLAIM(c->context), line);
	mmio_end();
}

void
plic_interrupt(void)
{
	for (uint i = 0; i < platform.nplics; i++)
		if (plic[i].home == (int)hart_id())
			serve(i);
}
