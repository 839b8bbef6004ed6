// The platform-level interrupt controllers.
#ifndef DEV_PLIC_H
#define DEV_PLIC_H

#include "boot/platform.h"
#include "kernel/types.h"

// Boot, hart 0, before any other call.
void plic_init(void);

// Calls handler for each interrupt of that line from now on (interrupts off, no
// locks held, on the hart that the line is routed to).  Boot time, hart 0,
// before other harts run.
void plic_attach(struct platform_irq irq, void (*handler)(void));

// The hart that an attached line is routed to.
uint irq_home(struct platform_irq irq);

// On each hart, once, when all are attached: lets the interrupts routed to it
// through.  Those that are up at that time tell whether they arrive.
void plic_init_hart(uint hart);

// A supervisor external interrupt: serves one device.  If more are waiting the
// interrupt is still up, and the hart comes here again.
void plic_interrupt(void);

#endif
