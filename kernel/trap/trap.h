// Traps: user programs' faults and calls, interrupts, kernel faults.
#ifndef TRAP_TRAP_H
#define TRAP_TRAP_H

#include "kernel/types.h"
#include "trap/trapframe.h"

// Prepares this hart to take traps.
void trap_init_hart(void);

// Opens a window for pending interrupts.
void interrupts_window(void);

// Sleeps until an interrupt is pending, then takes it.
void interrupts_wait(void);

// Boot: reads the option slice_ms, the longest slice of a process.
void timer_init(void);

// Timer: arms this hart's timer for time CSR value t unless it is set to go
// off earlier.
void timer_arm(uint64 t);

// Forgets what the timer was armed for and sets it to t (-1: never).
void timer_set(uint64 t);

// The timer interrupt.
void timer_interrupt(void);

// Length of a slice in ticks of the time CSR, and of the tick that sleep() and
// uptime() count in.
uint64 timer_slice(void);
uint64 timer_user_tick(void);

// Assembler.
void trap_entry(void);
void trap_return(void) __attribute__((noreturn));
void proc_first_run(void);
struct proc *switch_to(struct proc *from, struct proc *to);

// The system-call dispatcher.
void syscall(struct trapframe *tf);

// The function that pc is in; NULL if it is none of the kernel's.
const char *function_at(uint64 pc, uint64 *offset);

// Prints the callers from frame pointer fp up.
void backtrace(uint64 pc, uint64 fp);

#endif
