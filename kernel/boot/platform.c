// The machine as its device tree describes it.  Devices are recognised by
// their compatible strings (the bindings that QEMU's virt machine uses).

#include "boot/platform.h"
#include "boot/fdt.h"
#include "kernel/memlayout.h"
#include "kernel/param.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "mm/kmap.h"

// Until the tree has been read, a message and the way out need an address.
struct platform platform = {.uart_pa = UART0, .test_pa = 0x100000};

static uint64
reg_address(const struct fdt_node *n)
{
	return fdt_cells(n->reg, 0, n->address_cells);
}

static void
note_memory(const struct fdt_node *n)
{
	uint64 start = reg_address(n);
	uint64 size = fdt_cells(n->reg, n->address_cells, n->size_cells);

	// One region on every machine supported; the kernel image is in it.
	if (platform.ram_end == 0) {
		platform.ram_start = start;
		platform.ram_end = start + size;
	}
}

static void
note_virtio(const struct fdt_node *n)
{
	uint at = platform.nvirtio;

	if (at == MAX_VIRTIO)
		return;
	platform.virtio_pa[at] = reg_address(n);
	platform.virtio_irq[at] = fdt_cells(n->interrupts, 0, 1);
	platform.nvirtio++;
}

static void
note_device(const struct fdt_node *n)
{
	if (fdt_compatible(n, "ns16550a")) {
		platform.uart_pa = reg_address(n);
		platform.uart_irq = fdt_cells(n->interrupts, 0, 1);
	} else if (fdt_compatible(n, "riscv,plic0") ||
	    fdt_compatible(n, "sifive,plic-1.0.0")) {
		platform.plic_pa = reg_address(n);
	} else if (fdt_compatible(n, "riscv,clint0") ||
	    fdt_compatible(n, "riscv,aclint-mswi")) {
		platform.clint_pa = reg_address(n);
	} else if (fdt_compatible(n, "sifive,test0")) {
		platform.test_pa = reg_address(n);
	} else if (fdt_compatible(n, "virtio,mmio")) {
		note_virtio(n);
	}
}

// Half a command line must not run: it may say something else.
static void
note_bootargs(const struct fdt_node *n)
{
	if (n->bootargs.len > sizeof(platform.bootargs))
		panic("%u bytes of boot arguments; %lu is the most",
		    n->bootargs.len - 1, sizeof(platform.bootargs) - 1);
	strlcopy(platform.bootargs, (const char *)n->bootargs.data,
	    sizeof(platform.bootargs));
}

static void
visit(const struct fdt_node *n)
{
	uint64 id;

	if (fdt_string_is(n->device_type, "memory")) {
		note_memory(n);
	} else if (fdt_string_is(n->device_type, "cpu")) {
		id = reg_address(n);
		if (id < NCPU && id >= platform.nharts)
			platform.nharts = id + 1;
	} else if (n->timebase.len > 0) {
		platform.timebase = fdt_cells(n->timebase, 0, 1);
	} else if (strcmp(n->name, "chosen") == 0 && n->bootargs.len > 0) {
		note_bootargs(n);
	} else {
		note_device(n);
	}
}

static void
require(uint64 value, const char *what)
{
	if (value == 0)
		panic("the device tree names no %s; use QEMU's -machine virt",
		    what);
}

void
platform_init(uint64 fdt_pa)
{
	if (fdt_pa == 0 || !fdt_walk(pa_to_kva(fdt_pa), visit))
		panic("no device tree at %p", (void *)fdt_pa);
	require(platform.ram_end, "memory");
	require(platform.nharts, "cpu");
	require(platform.timebase, "timebase-frequency");
	require(platform.uart_pa, "ns16550a serial port");
	require(platform.plic_pa, "PLIC");
	require(platform.clint_pa, "CLINT");
}

// The options end where " -- " begins.
static const char *
options_end(void)
{
	const char *s = platform.bootargs;

	for (; *s != 0; s++) {
		if (strncmp(s, "-- ", 3) == 0 &&
		    (s == platform.bootargs || s[-1] == ' '))
			break;
	}
	return s;
}

const char *
boot_command(void)
{
	const char *s = options_end();

	return *s != 0 ? s + 3 : s;
}

uint64
boot_option(const char *name, uint64 fallback)
{
	const char *end = options_end();
	size_t len = strlen(name);
	uint64 value = 0;

	for (const char *s = platform.bootargs; s < end; s++) {
		if (s != platform.bootargs && s[-1] != ' ')
			continue;
		if (strncmp(s, name, len) != 0 || s[len] != '=')
			continue;
		s += len + 1;
		if (*s < '0' || *s > '9')
			return fallback;
		for (; *s >= '0' && *s <= '9'; s++)
			value = value * 10 + (*s - '0');
		return value;
	}
	return fallback;
}
