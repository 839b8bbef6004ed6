// The platform-level interrupt controller.
#ifndef DEV_PLIC_H
#define DEV_PLIC_H

#include "kernel/types.h"

// Boot, hart 0, before any other call.
void plic_init(void);

// Calls handler for each interrupt irq from now on (interrupts off, no locks
// held, on the hart that irq is routed to).  Boot time, hart 0, before other
// harts run.
void plic_attach(uint irq, void (*handler)(void));

// The hart that irq is routed to.
uint irq_home(uint irq);

// On each hart, once: lets the interrupts routed to it through.
void plic_init_hart(uint hart);

// A supervisor external interrupt: serves one device.  If more are waiting the
// interrupt is still up, and the hart comes here again.
void plic_interrupt(void);

#endif
