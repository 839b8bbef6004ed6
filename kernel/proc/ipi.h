// Interrupts from hart to hart.
#ifndef PROC_IPI_H
#define PROC_IPI_H

#include "kernel/types.h"

#define IPI_WAKE 1u // look at the run queue
#define IPI_STOP 2u // a panic: stop for good
#define IPI_PARK 4u // wait until the audit is over
#define IPI_DUMP 8u // go on with the process list

void ipi_send(uint hart, uint32 work);
void ipi_receive(void); // the software interrupt's handler

// For spin loops with interrupts off: stops here if another hart panicked.
void ipi_check_stop(void);

// A panic: stops all other harts.
void ipi_stop_others(void);

// Stops all other harts at their next interrupt window, and lets them go on.
// One caller at a time (it retries until it is the one).
void harts_park(void);
void harts_unpark(void);

#endif
