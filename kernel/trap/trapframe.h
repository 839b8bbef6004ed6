// Registers saved at a trap, as the assembler lays them out.
//
// A trap from user mode saves into the process's frame at the top of its
// kernel stack; a trap from the kernel itself (a fault in a user copy, or an
// interrupt in a window) pushes a frame on the stack.
#ifndef TRAP_TRAPFRAME_H
#define TRAP_TRAPFRAME_H

#define TF_X(n)    ((n)*8) // x1..x31; slot 0 holds the pc
#define TF_PC      0
#define TF_SSTATUS 256 // kernel traps only
#define TF_SIZE    272 // a multiple of 16

// Offsets into struct proc, asserted in trap/trap.c.
#define PROC_TF         0
#define PROC_TRAP_SP    8
#define PROC_TRAP_T0    16
#define PROC_TRAP_CAUSE 24
#define PROC_KSP        32

#ifndef __ASSEMBLER__
#include "kernel/types.h"

struct trapframe {
	uint64 pc;
	uint64 ra, sp, gp, tp;
	uint64 t0, t1, t2;
	uint64 s0, s1;
	uint64 a0, a1, a2, a3, a4, a5, a6, a7;
	uint64 s2, s3, s4, s5, s6, s7, s8, s9, s10, s11;
	uint64 t3, t4, t5, t6;
	uint64 sstatus;
	uint64 pad;
};
#endif

#endif
