// Interrupt controllers name the harts they serve in interrupts-extended: pairs
// of the phandle of a hart's own controller and the number of the interrupt
// that they raise there.  A pair's place gives the hart's register:
//
//   CLINT, ACLINT   the n-th pair of that interrupt has the n-th register
//   PLIC            the n-th pair is context n
//
// A hart's own controller is a child of its cpu node.  A device names its
// controller in interrupt-parent, itself or by an ancestor.

#include "boot/wiring.h"
#include "lib/string.h"

#define MAX_CLINTS 16 // two per socket with the ACLINT, eight sockets

// Interrupts of a hart (privileged specification, mcause).
enum { MACHINE_SOFTWARE = 3, MACHINE_TIMER = 7, SUPERVISOR_EXTERNAL = 9 };

#define MAX_CONTEXTS 15872 // of a PLIC (its specification)

#define CLINT_MTIMECMP 0x4000 // in a CLINT; an ACLINT's timer has a reg for it

// Registers of so many bytes, one for each pair with that interrupt.
struct registers {
	uint64 pa;
	struct fdt_value pairs;
};

// A device's line and the phandle of the controller that it leads to.
struct lead {
	struct platform_irq *irq;
	uint controller;
};

static struct {
	struct registers software[MAX_CLINTS], timer[MAX_CLINTS];
	uint nsoftware, ntimer;
	struct fdt_value plic_pairs[MAX_PLICS];
	uint plic_phandle[MAX_PLICS];
	struct lead lead[MAX_VIRTIO + 1]; // and the serial port
	uint nleads;
	uint64 cpu_id;  // of the cpu node last met
	uint cpu_depth;
	bool in_cpu;    // its children are being met
} seen;

void
wiring_begin(void)
{
	memset(&seen, 0, sizeof(seen));
}

void
wiring_enter(const struct fdt_node *n)
{
	if (n->depth <= seen.cpu_depth)
		seen.in_cpu = false;
}

// Keeps platform.hart ascending; of more than NCPU, those with the lowest ids.
void
wiring_cpu(const struct fdt_node *n)
{
	struct platform_hart *h = platform.hart;
	uint i = platform.nharts;
	uint64 id, size;

	if (!fdt_reg(n, 0, &id, &size))
		return;
	seen.cpu_id = id;
	seen.cpu_depth = n->depth;
	seen.in_cpu = true;
	while (i > 0 && h[i - 1].id >= id)
		i--;
	if (i == NCPU || (i < platform.nharts && h[i].id == id))
		return;
	if (platform.nharts < NCPU)
		platform.nharts++;
	memmove(&h[i + 1], &h[i], (platform.nharts - 1 - i) * sizeof(*h));
	h[i] = (struct platform_hart){.id = id};
}

static void
note_intc(uint phandle)
{
	for (uint i = 0; i < platform.nharts; i++)
		if (platform.hart[i].id == seen.cpu_id)
			platform.hart[i].intc = phandle;
}

static void
note_registers(struct registers *set, uint *n, uint64 pa, struct fdt_value pairs)
{
	if (*n < MAX_CLINTS)
		set[(*n)++] = (struct registers){pa, pairs};
}

static void
note_plic(const struct fdt_node *n, uint64 pa)
{
	uint at = platform.nplics;

	if (at == MAX_PLICS)
		return;
	platform.plic[at].pa = pa;
	seen.plic_pairs[at] = n->interrupts_extended;
	seen.plic_phandle[at] = fdt_cells(n->phandle, 0, 1);
	platform.nplics++;
}

void
wiring_controller(const struct fdt_node *n)
{
	struct fdt_value pairs = n->interrupts_extended;
	uint64 first, second, size;

	if (seen.in_cpu && fdt_compatible(n, "riscv,cpu-intc"))
		note_intc(fdt_cells(n->phandle, 0, 1));
	if (!fdt_reg(n, 0, &first, &size))
		return;
	if (fdt_compatible(n, "riscv,clint0") ||
	    fdt_compatible(n, "sifive,clint0")) {
		note_registers(seen.software, &seen.nsoftware, first, pairs);
		note_registers(seen.timer, &seen.ntimer,
		    first + CLINT_MTIMECMP, pairs);
	} else if (fdt_compatible(n, "riscv,aclint-mswi")) {
		note_registers(seen.software, &seen.nsoftware, first, pairs);
	} else if (fdt_compatible(n, "riscv,aclint-mtimer") &&
	    fdt_reg(n, 1, &second, &size)) {
		note_registers(seen.timer, &seen.ntimer, second, pairs);
	} else if (fdt_compatible(n, "riscv,plic0") ||
	    fdt_compatible(n, "sifive,plic-1.0.0")) {
		note_plic(n, first);
	}
}

void
wiring_device(const struct fdt_node *n, struct platform_irq *irq)
{
	struct lead *l = &seen.lead[seen.nleads];

	if (seen.nleads == MAX_VIRTIO + 1)
		return;
	seen.nleads++;
	l->irq = irq;
	l->controller = n->interrupt_parent;
	irq->line = fdt_cells(n->interrupts, 0, 1);
	if (n->interrupts_extended.len > 0) {
		l->controller = fdt_cells(n->interrupts_extended, 0, 1);
		irq->line = fdt_cells(n->interrupts_extended, 1, 1);
	}
}

// The place of a pair: among all pairs, and among those of that interrupt.
struct place {
	int of_all;
	int of_same;
};

static struct place
find_pair(struct fdt_value pairs, uint intc, uint interrupt)
{
	int same = 0;

	for (uint i = 0; intc != 0 && i < pairs.len / 8; i++) {
		if (fdt_cells(pairs, 2 * i + 1, 1) != interrupt)
			continue;
		if (fdt_cells(pairs, 2 * i, 1) == intc)
			return (struct place){i, same};
		same++;
	}
	return (struct place){-1, -1};
}

static uint64
register_of(const struct registers *set, uint n, uint width, uint intc,
    uint interrupt)
{
	for (uint i = 0; i < n; i++) {
		struct place p = find_pair(set[i].pairs, intc, interrupt);

		if (p.of_same >= 0)
			return set[i].pa + (uint64)p.of_same * width;
	}
	return 0;
}

// Finds each hart's registers; who has no software interrupt cannot be started
// and goes.
static void
connect_harts(void)
{
	uint n = 0;

	for (uint i = 0; i < platform.nharts; i++) {
		struct platform_hart h = platform.hart[i];

		h.msip_pa = register_of(seen.software, seen.nsoftware, 4,
		    h.intc, MACHINE_SOFTWARE);
		h.mtimecmp_pa = register_of(seen.timer, seen.ntimer, 8,
		    h.intc, MACHINE_TIMER);
		if (h.msip_pa != 0)
			platform.hart[n++] = h;
	}
	platform.nharts = n;
}

static void
connect_plic(struct platform_plic *p, struct fdt_value pairs)
{
	if (pairs.len > 8 * MAX_CONTEXTS)
		pairs.len = 8 * MAX_CONTEXTS;
	p->contexts = pairs.len / 8;
	for (uint i = 0; i < platform.nharts; i++)
		p->context[i] = find_pair(pairs, platform.hart[i].intc,
		    SUPERVISOR_EXTERNAL).of_all;
}

void
wiring_end(void)
{
	connect_harts();
	for (uint i = 0; i < platform.nplics; i++)
		connect_plic(&platform.plic[i], seen.plic_pairs[i]);
	for (uint i = 0; i < seen.nleads; i++) {
		struct lead *l = &seen.lead[i];

		for (uint p = 0; p < platform.nplics; p++)
			if (seen.plic_phandle[p] == l->controller)
				l->irq->plic = p;
	}
}
