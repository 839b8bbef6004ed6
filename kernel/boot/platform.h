// What the device tree says of the machine; filled once at boot, then constant.
#ifndef BOOT_PLATFORM_H
#define BOOT_PLATFORM_H

#include "kernel/types.h"

#define MAX_VIRTIO 8

// Bytes of the boot arguments, the final 0 included: the shell's longest line
// (user/sh/sh.h) and 512 for options.  A command of that length is an argument
// that exec has room for.
#define BOOTARGS_SIZE (3072 + 512)

struct platform {
	uint64 ram_start; // physical
	uint64 ram_end;
	uint nharts;      // harts 0..nharts-1 run
	uint64 timebase;  // ticks of the time CSR per second
	uint64 uart_pa;
	uint uart_irq;
	uint64 plic_pa;
	uint64 clint_pa;  // machine software interrupt registers
	uint64 test_pa;   // SiFive test finisher: powers the machine off
	uint nvirtio;
	uint64 virtio_pa[MAX_VIRTIO];
	uint virtio_irq[MAX_VIRTIO];
	char bootargs[BOOTARGS_SIZE];
};

extern struct platform platform;

// Reads the flattened device tree at physical address pa.
void platform_init(uint64 fdt_pa);

// Value of the boot option "name=..." (before the " -- ") as a number, or
// fallback if it is absent or not a number.
uint64 boot_option(const char *name, uint64 fallback);

// What follows " -- " in the boot arguments: a command line for init; "" if
// there is none.
const char *boot_command(void);

#endif
