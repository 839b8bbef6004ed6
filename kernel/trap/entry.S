# Trap entry and exit.
#
# sscratch always holds the running process (struct proc), and so does tp while
# in the kernel: the swap at the entry changes nothing there.  A system call can
# only come from user mode; of other traps sstatus.SPP tells.  CSR accesses end
# a translated block under emulation, so the path of a system call has as few
# as possible: six.  satp stays as it is, nothing is flushed.
#
# Whenever C code runs in a process's context, sstatus.SPP is 0, SPIE 1 and SIE
# 0, so the way back to user mode need not write sstatus; every sret restores
# that state by itself (privileged specification, "xIE and xPIE").

#include "kernel/syscall.h"
#include "trap/trapframe.h"

	# What a call may change (but sp and tp), and what it preserves.
	.macro each_temporary op
	\op ra, TF_X(1)(sp)
	\op t0, TF_X(5)(sp)
	\op t1, TF_X(6)(sp)
	\op t2, TF_X(7)(sp)
	\op a0, TF_X(10)(sp)
	\op a1, TF_X(11)(sp)
	\op a2, TF_X(12)(sp)
	\op a3, TF_X(13)(sp)
	\op a4, TF_X(14)(sp)
	\op a5, TF_X(15)(sp)
	\op a6, TF_X(16)(sp)
	\op a7, TF_X(17)(sp)
	\op t3, TF_X(28)(sp)
	\op t4, TF_X(29)(sp)
	\op t5, TF_X(30)(sp)
	\op t6, TF_X(31)(sp)
	.endm

	.macro each_preserved op
	\op gp, TF_X(3)(sp)
	\op s0, TF_X(8)(sp)
	\op s1, TF_X(9)(sp)
	\op s2, TF_X(18)(sp)
	\op s3, TF_X(19)(sp)
	\op s4, TF_X(20)(sp)
	\op s5, TF_X(21)(sp)
	\op s6, TF_X(22)(sp)
	\op s7, TF_X(23)(sp)
	\op s8, TF_X(24)(sp)
	\op s9, TF_X(25)(sp)
	\op s10, TF_X(26)(sp)
	\op s11, TF_X(27)(sp)
	.endm

	.macro each_saved op
	each_temporary \op
	each_preserved \op
	.endm

	# With sp at the frame: what each_temporary missed, and the pc.
	.macro finish_frame
	ld t0, PROC_TRAP_T0(tp)
	sd t0, TF_X(5)(sp)
	ld t0, PROC_TRAP_SP(tp)
	sd t0, TF_X(2)(sp)
	csrrw t0, sscratch, tp
	sd t0, TF_X(4)(sp)
	csrr t0, sepc
	sd t0, TF_PC(sp)
	.endm

	.section .text.hot, "ax"
	.align 2
	.globl trap_entry
trap_entry:
	csrrw tp, sscratch, tp
	sd sp, PROC_TRAP_SP(tp)
	sd t0, PROC_TRAP_T0(tp)
	csrr t0, scause
	sd t0, PROC_TRAP_CAUSE(tp)
	addi t0, t0, -8 # a system call from user mode
	bnez t0, not_a_call

	# The kernel's functions and switch_to preserve what each_preserved
	# lists (gp is never touched, and switch_to keeps it), so a call saves
	# the rest.  Fork and exec need, or replace, all registers.
	addi t0, a7, -SYS_fork
	beqz t0, from_user
	addi t0, a7, -SYS_exec
	beqz t0, from_user
	ld sp, PROC_TF(tp)
	each_temporary sd
	finish_frame
	mv a0, sp
	call trap_syscall
	ld sp, PROC_TF(tp)
	ld t0, TF_PC(sp)
	csrw sepc, t0
	each_temporary ld
	ld tp, TF_X(4)(sp)
	ld sp, TF_X(2)(sp)
	sret

not_a_call:
	csrr t0, sstatus
	andi t0, t0, 1 << 8 # SPP
	bnez t0, from_kernel

from_user:
	ld sp, PROC_TF(tp)
	each_saved sd
	finish_frame
	ld a1, PROC_TRAP_CAUSE(tp)
	mv a0, sp
	mv s0, zero
	call trap_user

# To user mode with the registers of the current process's frame.
	.globl trap_return
trap_return:
	ld sp, PROC_TF(tp)
	ld t0, TF_PC(sp)
	csrw sepc, t0
	each_saved ld
	ld tp, TF_X(4)(sp)
	ld sp, TF_X(2)(sp)
	sret

from_kernel:
	addi sp, sp, -TF_SIZE
	# A slot's lower half is the guard: see KSTACK_SLOT.
	srli t0, sp, 13
	andi t0, t0, 1
	beqz t0, stack_overflow
	ld t0, PROC_TRAP_T0(tp)
	each_saved sd
	addi t0, sp, TF_SIZE
	sd t0, TF_X(2)(sp)
	sd tp, TF_X(4)(sp)
	csrr t0, sepc
	sd t0, TF_PC(sp)
	csrr t1, sstatus
	sd t1, TF_SSTATUS(sp)
	ld a1, PROC_TRAP_CAUSE(tp)
	mv a0, sp
	# A frame record, so that a stack trace crosses the trap.
	addi sp, sp, -16
	sd t0, 8(sp)
	sd s0, 0(sp)
	addi s0, sp, 16
	call trap_kernel
	addi sp, sp, 16
	ld t0, TF_PC(sp)
	csrw sepc, t0
	ld t0, TF_SSTATUS(sp)
	csrw sstatus, t0
	each_saved ld
	addi sp, sp, TF_SIZE
	sret

stack_overflow:
	mv a0, sp
	la sp, emergency_stack_top
	csrr a1, sepc
	tail trap_stack_overflow

# struct proc *switch_to(struct proc *from, struct proc *to): saves the
# registers that a call preserves on from's stack, goes on with to's, and
# returns from there.
	.globl switch_to
switch_to:
	addi sp, sp, -112
	sd ra, 0(sp)
	sd s0, 8(sp)
	sd s1, 16(sp)
	sd s2, 24(sp)
	sd s3, 32(sp)
	sd s4, 40(sp)
	sd s5, 48(sp)
	sd s6, 56(sp)
	sd s7, 64(sp)
	sd s8, 72(sp)
	sd s9, 80(sp)
	sd s10, 88(sp)
	sd s11, 96(sp)
	sd gp, 104(sp)
	sd sp, PROC_KSP(a0)
	ld sp, PROC_KSP(a1)
	mv tp, a1
	csrw sscratch, a1
	ld ra, 0(sp)
	ld s0, 8(sp)
	ld s1, 16(sp)
	ld s2, 24(sp)
	ld s3, 32(sp)
	ld s4, 40(sp)
	ld s5, 48(sp)
	ld s6, 56(sp)
	ld s7, 64(sp)
	ld s8, 72(sp)
	ld s9, 80(sp)
	ld s10, 88(sp)
	ld s11, 96(sp)
	ld gp, 104(sp)
	addi sp, sp, 112
	ret

# Where a new process comes out of its first switch_to, a0 = the one before.
# s1 = what to call before user mode, or 0.
	.globl proc_first_run
proc_first_run:
	mv s0, zero
	call sched_finish
	beqz s1, trap_return
	jalr s1
	j trap_return

	.section .bss, "aw", @nobits
	.align 4
	.skip 4096
emergency_stack_top:
