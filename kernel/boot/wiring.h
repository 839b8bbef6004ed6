// Who interrupts whom: harts, their software interrupts and timers, PLICs and
// the lines of devices.  Between boot/platform.c, which walks the tree, and
// boot/wiring.c, which fills in platform's hart[], plic[] and the lines.
#ifndef BOOT_WIRING_H
#define BOOT_WIRING_H

#include "boot/fdt.h"
#include "boot/platform.h"

void wiring_begin(void);

// Any node that is enabled, before what else is said of it.
void wiring_enter(const struct fdt_node *n);

// A cpu that is enabled.
void wiring_cpu(const struct fdt_node *n);

// Any other node: notes it if it is an interrupt controller.
void wiring_controller(const struct fdt_node *n);

// A device: irq is its line, once wiring_end has been called.
void wiring_device(const struct fdt_node *n, struct platform_irq *irq);

void wiring_end(void);

#endif
