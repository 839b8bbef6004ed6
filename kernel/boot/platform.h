// What the device tree says of the machine; filled once at boot, then constant.
//
// Harts have two numbers.  The kernel and its programs count them 0..nharts-1
// (h->id, gethart, affinity masks); the machine gives each an id, which may be
// any number (mhartid, the tree's reg).  platform.hart[] leads from the first
// to the second and to what the machine keeps per hart; nothing but the
// machine-mode shim is told an id.  Harts that the tree disables, that no
// software interrupt reaches, or that exceed NCPU have no number and stay
// where they were when the machine started.
#ifndef BOOT_PLATFORM_H
#define BOOT_PLATFORM_H

#include "boot/ranges.h"
#include "kernel/param.h"
#include "kernel/types.h"

#define MAX_VIRTIO 8
#define MAX_PLICS  8 // one per socket; QEMU's virt machine has 8 at most

struct platform_hart {
	uint64 id;          // mhartid
	uint intc;          // phandle of its interrupt controller
	uint64 msip_pa;     // its machine software interrupt register
	uint64 mtimecmp_pa; // its machine timer's; 0: it has none
};

struct platform_plic {
	uint64 pa;
	uint contexts;      // it has these, numbered from 0
	int context[NCPU];  // supervisor mode's, by hart; -1: it serves others
};

// An interrupt line of a device.
struct platform_irq {
	uint plic; // index
	uint line; // 0: none
};

// Bytes of the boot arguments, the final 0 included: the shell's longest line
// (user/sh/sh.h) and 512 for options.  A command of that length is an argument
// that exec has room for.
#define BOOTARGS_SIZE (3072 + 512)

struct platform {
	struct range_set ram;  // what may be mapped as memory, whole pages
	struct range_set free; // of it: not the kernel's, the tree's or others'
	uint nharts;
	struct platform_hart hart[NCPU]; // ascending ids
	uint64 timebase;  // ticks of the time CSR per second
	uint64 uart_pa;
	struct platform_irq uart_irq;
	uint nplics;
	struct platform_plic plic[MAX_PLICS];
	uint64 test_pa;   // SiFive test finisher: powers the machine off
	uint nvirtio;
	uint64 virtio_pa[MAX_VIRTIO];
	struct platform_irq virtio_irq[MAX_VIRTIO];
	char bootargs[BOOTARGS_SIZE];
};

extern struct platform platform;

// Reads the flattened device tree at physical address pa.
void platform_init(uint64 fdt_pa);

// The same for a blob of which room bytes can be read, to platform but for
// free, which is left the same as ram less what the tree reserves.  False if
// it is no device tree.
bool platform_read(const void *blob, uint64 room);

// Value of the boot option "name=..." (before the " -- ") as a number, or
// fallback if it is absent or not a number.
uint64 boot_option(const char *name, uint64 fallback);

// What follows " -- " in the boot arguments: a command line for init; "" if
// there is none.
const char *boot_command(void);

#endif
