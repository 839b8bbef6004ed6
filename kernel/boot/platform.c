// The machine as its device tree describes it.  Devices are recognised by
// their compatible strings (the bindings that QEMU's virt machine uses).
//
// The walk notes what stands in the nodes; who is connected to whom is found
// out when all of them are known.  Whatever the tree's order, harts are
// numbered by ascending ids, so that a machine is the same at every boot.

#include "boot/platform.h"
#include "boot/fdt.h"
#include "boot/wiring.h"
#include "kernel/memlayout.h"
#include "kernel/riscv.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "mm/kmap.h"

// Until the tree has been read, a message and the way out need an address.
struct platform platform = {.uart_pa = UART0, .test_pa = 0x100000};

extern char kernel_start[], kernel_end[];

// Taken away from RAM at the end, since nodes come in any order.
static struct range_set reserved; // whole pages
static struct range_set no_map;   // of it: not even to be mapped

// Depths of /reserved-memory and of a disabled node while the walk is inside
// of them; otherwise NOWHERE.
#define NOWHERE (-1u)
static uint reserved_depth;
static uint disabled_depth;

static uint64
reg_address(const struct fdt_node *n)
{
	uint64 start, size;

	return fdt_reg(n, 0, &start, &size) ? start : 0;
}

static uint64
end_of(uint64 start, uint64 size)
{
	return size > ~start ? -1UL : start + size;
}

// To whole pages, up to the last whose end can be written as a number.
static uint64
page_after(uint64 pa)
{
	return pa > -1UL - PGSIZE ? -1UL - PGSIZE + 1 : PGROUNDUP(pa);
}

static void
note_memory(const struct fdt_node *n)
{
	uint64 start, size;

	for (uint i = 0; fdt_reg(n, i, &start, &size); i++) {
		uint64 end = PGROUNDDOWN(end_of(start, size));

		if (end > DIRECT_MAP_SIZE)
			end = DIRECT_MAP_SIZE;
		if (!range_add(&platform.ram, page_after(start), end))
			panic("more than %u ranges of memory", MAX_RANGES);
	}
}

static void
reserve(struct range_set *set, uint64 start, uint64 size)
{
	if (size != 0 &&
	    !range_add(set, PGROUNDDOWN(start),
	        page_after(end_of(start, size))))
		panic("more than %u reserved ranges of memory", MAX_RANGES);
}

// A child of /reserved-memory.  One without reg asks for memory from a driver
// that is not here.
static void
note_reserved(const struct fdt_node *n)
{
	uint64 start, size;

	for (uint i = 0; fdt_reg(n, i, &start, &size); i++) {
		reserve(&reserved, start, size);
		if (n->no_map.data != NULL)
			reserve(&no_map, start, size);
	}
}

static void
note_virtio(const struct fdt_node *n)
{
	uint at = platform.nvirtio;

	if (at == MAX_VIRTIO)
		return;
	platform.virtio_pa[at] = reg_address(n);
	wiring_device(n, &platform.virtio_irq[at]);
	platform.nvirtio++;
}

static void
note_device(const struct fdt_node *n)
{
	if (fdt_compatible(n, "ns16550a")) {
		platform.uart_pa = reg_address(n);
		wiring_device(n, &platform.uart_irq);
	} else if (fdt_compatible(n, "sifive,test0")) {
		platform.test_pa = reg_address(n);
	} else if (fdt_compatible(n, "virtio,mmio")) {
		note_virtio(n);
	} else {
		wiring_controller(n);
	}
}

// Half a command line must not run: it may say something else.
static void
note_bootargs(const struct fdt_node *n)
{
	if (n->bootargs.len > sizeof(platform.bootargs))
		panic("%u bytes of boot arguments; %lu is the most",
		    n->bootargs.len - 1, sizeof(platform.bootargs) - 1);
	// The value ends with a 0 unless the tree is damaged.
	strlcopy(platform.bootargs, (const char *)n->bootargs.data,
	    n->bootargs.len < sizeof(platform.bootargs) ?
	        n->bootargs.len + 1 : sizeof(platform.bootargs));
}

// Notes which of the two nodes the walk is inside of; true if this one is not
// to be used, as what stands below a disabled node.
static bool
unusable(const struct fdt_node *n)
{
	if (reserved_depth != NOWHERE && n->depth <= reserved_depth)
		reserved_depth = NOWHERE;
	if (disabled_depth != NOWHERE && n->depth <= disabled_depth)
		disabled_depth = NOWHERE;
	if (disabled_depth == NOWHERE && !fdt_enabled(n))
		disabled_depth = n->depth;
	return disabled_depth != NOWHERE;
}

static void
visit(const struct fdt_node *n)
{
	if (unusable(n))
		return;
	wiring_enter(n);
	if (n->timebase.len > 0)
		platform.timebase = fdt_cells(n->timebase, 0, 1);
	if (reserved_depth != NOWHERE)
		note_reserved(n);
	else if (n->depth == 1 && strcmp(n->name, "reserved-memory") == 0)
		reserved_depth = n->depth;
	else if (fdt_string_is(n->device_type, "memory"))
		note_memory(n);
	else if (fdt_string_is(n->device_type, "cpu"))
		wiring_cpu(n);
	else if (strcmp(n->name, "chosen") == 0 && n->bootargs.len > 0)
		note_bootargs(n);
	else
		note_device(n);
}

static void
take_away(struct range_set *from, const struct range_set *what)
{
	for (uint i = 0; i < what->n; i++)
		if (!range_remove(from, what->r[i].start, what->r[i].end))
			panic("more than %u ranges of memory", MAX_RANGES);
}

bool
platform_read(const void *blob, uint64 room)
{
	struct fdt tree;
	uint64 start, size;

	reserved.n = no_map.n = 0;
	reserved_depth = disabled_depth = NOWHERE;
	wiring_begin();
	if (!fdt_open(&tree, blob, room) || !fdt_walk(&tree, visit))
		return false;
	for (uint i = 0; fdt_reservation(&tree, i, &start, &size); i++)
		reserve(&reserved, start, size);
	take_away(&platform.ram, &no_map);
	platform.free = platform.ram;
	take_away(&platform.free, &reserved);
	wiring_end();
	return true;
}

static void
require(uint64 value, const char *what)
{
	if (value == 0)
		panic("the device tree names no %s; use QEMU's -machine virt",
		    what);
}

static void
keep(uint64 start, uint64 end)
{
	struct range_set own = {0};

	reserve(&own, start, end - start);
	take_away(&platform.free, &own);
}

void
platform_init(uint64 fdt_pa)
{
	struct fdt tree;
	const void *blob = pa_to_kva(fdt_pa);

	if (fdt_pa == 0 || fdt_pa > BOOT_MAP_SIZE - FDT_MAX_SIZE ||
	    !platform_read(blob, FDT_MAX_SIZE))
		panic("no device tree at %p", (void *)fdt_pa);
	require(range_bytes(&platform.ram), "memory");
	if (!range_holds(&platform.ram, kva_to_pa(kernel_start),
	        kva_to_pa(kernel_end)))
		panic("the device tree names no memory where the kernel is");
	require(platform.nharts, "cpu with a software interrupt");
	require(platform.timebase, "timebase-frequency");
	require(platform.uart_pa, "ns16550a serial port");
	require(platform.nplics, "PLIC");
	fdt_open(&tree, blob, FDT_MAX_SIZE);
	keep(fdt_pa, fdt_pa + tree.size);
	keep(kva_to_pa(kernel_start), kva_to_pa(kernel_end));
}
