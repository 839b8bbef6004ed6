# Machine mode: what runs before and below the kernel.
#
# Every hart enters at boot_entry with a0 = hart number, a1 = device tree.  It
# opens memory to supervisor mode, delegates traps, and drops into supervisor
# mode at a high address, with the boot page table already in satp (machine
# mode is not translated, so no identity map is needed).  Hart 0 goes on at
# once; the others sleep until the kernel sends them a software interrupt.
#
# Afterwards machine mode only
#  - turns a CLINT software interrupt into a supervisor software interrupt,
#  - on a CPU without Sstc, serves set_timer calls and turns the CLINT timer
#    into a supervisor timer interrupt.
# It uses no stack: each hart has four words to save registers in (mscratch).

#include "boot/mshim.h"
#include "mm/kmap.h"

#define CLINT_PA      0x2000000
#define CLINT_MTIMECMP 0x4000
#define UART_PA       0x10000000
#define TEST_PA       0x100000

#define MSTATUS_MPP    (3 << 11)
#define MSTATUS_MPP_S  (1 << 11)
#define MIP_SSIP 0x2
#define MIP_STIP 0x20
#define MIP_MSIP 0x8
#define MIP_MTIP 0x80
#define MENVCFG  0x30a
#define STIMECMP 0x14d

	.section .text.boot, "ax"
	.globl boot_entry
boot_entry:
	csrw mie, zero
	li t0, NCPU_MAX
	bgeu a0, t0, park

	# Four words for the trap handler, by hart.
	la t0, mscratch_words
	slli t1, a0, 5
	add t0, t0, t1
	csrw mscratch, t0

	# No machine timer interrupt.  It starts out pending, and a pending
	# interrupt, enabled or not, makes QEMU take its global lock between
	# translated blocks: a system call cost three times as much.
	li t0, CLINT_PA + CLINT_MTIMECMP
	slli t1, a0, 3
	add t0, t0, t1
	li t1, -1
	sd t1, 0(t0)

	# A CPU without supervisor mode could only fail in silence later.
	la t0, no_misa
	csrw mtvec, t0
	csrr t1, misa
	li t2, 1 << ('S' - 'A')
	and t1, t1, t2
	beqz t1, no_supervisor

	# All of memory, all rights, for the modes below.
	li t0, -1
	csrw pmpaddr0, t0
	li t0, 0x1f
	csrw pmpcfg0, t0

	# Supervisor mode handles everything but its own calls.
	li t0, 0xb1ff
	csrw medeleg, t0
	li t0, 0x222
	csrw mideleg, t0
	li t0, 7
	csrw mcounteren, t0
	csrw scounteren, t0

	# Sstc, if menvcfg exists and stimecmp can be written (some CPUs keep
	# the STCE bit without having the register).
	la t0, sstc_probed
	csrw mtvec, t0
	li t1, 0
	li t0, 1
	slli t0, t0, 63
	csrs MENVCFG, t0
	li t0, -1
	csrw STIMECMP, t0
	li t1, 1
	.align 2
sstc_probed:
	la t0, boot_has_sstc
	bnez a0, 1f
	sd t1, 0(t0)
1:
	la t0, machine_trap
	csrw mtvec, t0

	# Leave through mret, into the high half.
	li t0, MSTATUS_MPP
	csrc mstatus, t0
	li t0, MSTATUS_MPP_S
	csrs mstatus, t0
	la t0, boot_root
	srli t0, t0, 12
	li t1, 8
	slli t1, t1, 60
	or t0, t0, t1
	csrw satp, t0
	csrr t1, satp
	bne t0, t1, no_sv39
	sfence.vma
	la t0, supervisor_entry
	li t1, KVOFFSET
	add t0, t0, t1
	csrw mepc, t0
	li t0, MIP_MSIP
	csrw mie, t0
	beqz a0, 3f

	# Wait for the software interrupt that hart 0 sends when it is ready.
2:
	wfi
	csrr t1, mip
	and t1, t1, t0
	beqz t1, 2b
	li t1, CLINT_PA
	slli t2, a0, 2
	add t1, t1, t2
	sw zero, 0(t1)
	fence iorw, iorw
3:
	mret

park:
	wfi
	j park

# Fatal: say why on the serial port and end the machine.
	.align 2
no_misa:
no_supervisor:
	la t0, message_no_s
	j fatal
no_sv39:
	la t0, message_no_sv39
fatal:
	li t1, UART_PA
1:
	lbu t2, 0(t0)
	beqz t2, 2f
	sb t2, 0(t1)
	addi t0, t0, 1
	j 1b
2:
	li t0, TEST_PA
	li t1, (1 << 16) | 0x3333
	sw t1, 0(t0)
	j park

# Traps taken in machine mode.  mcause: an interrupt is negative.
	.align 2
machine_trap:
	csrrw t0, mscratch, t0
	sd t1, 0(t0)
	sd t2, 8(t0)
	csrr t1, mcause
	bgez t1, machine_call
	andi t1, t1, 0xf
	addi t1, t1, -3
	bnez t1, machine_timer

	# Software interrupt: acknowledge it and pass it on.
	csrr t1, mhartid
	slli t1, t1, 2
	li t2, CLINT_PA
	add t1, t1, t2
	sw zero, 0(t1)
	# Before the kernel reads what it was interrupted for: a request whose
	# interrupt merged with this one must be seen.
	fence iorw, iorw
	li t1, MIP_SSIP
	csrs mip, t1
	j machine_return

machine_timer:
	# Pass it on, and be quiet until the next set_timer call.
	li t1, MIP_MTIP
	csrc mie, t1
	li t1, MIP_STIP
	csrs mip, t1
	j machine_return

machine_call:
	# set_timer(a0 = time) is the only call; others are the kernel's bug.
	li t2, 9
	bne t1, t2, unexpected
	csrr t1, mhartid
	slli t1, t1, 3
	li t2, CLINT_PA + CLINT_MTIMECMP
	add t1, t1, t2
	sd a0, 0(t1)
	li t1, MIP_STIP
	csrc mip, t1
	li t1, MIP_MTIP
	csrs mie, t1
	csrr t1, mepc
	addi t1, t1, 4
	csrw mepc, t1

machine_return:
	ld t1, 0(t0)
	ld t2, 8(t0)
	csrrw t0, mscratch, t0
	mret

unexpected:
	la t0, message_unexpected
	j fatal

# Supervisor mode, high addresses.  Hart 0 has a boot stack.  The others were
# given theirs by hart 0, in the kernel's page table, which they load first.
	.align 2
supervisor_entry:
	la t0, boot_stacks
	slli t1, a0, 3
	add t0, t0, t1
	ld sp, 0(t0)
	mv s0, zero
	mv ra, zero
	bnez a0, 1f
	la sp, boot_stack_top
	mv a0, a1
	tail boot_main
1:
	ld t0, boot_satp
	csrw satp, t0
	sfence.vma
	tail boot_secondary

	.section .rodata
message_no_s:
	.asciz "drove: this CPU has no supervisor mode (misa.S)\n"
message_no_sv39:
	.asciz "drove: this CPU has no Sv39 paging (satp.MODE=8)\n"
message_unexpected:
	.asciz "drove: unexpected trap in machine mode\n"

# The page table that harts enter with: the direct map of the first 64 GiB,
# all rights.  kmap_init replaces it.
	.section .data.page, "aw"
	.align 12
boot_root:
	.rept 256
	.dword 0
	.endr
	.set gib, 0
	.rept 64
	.dword (gib << 28) | 0xef
	.set gib, gib + 1
	.endr
	.rept 192
	.dword 0
	.endr

	.section .data, "aw"
	.align 3
	.globl boot_has_sstc
boot_has_sstc:
	.dword 0

	.section .bss, "aw", @nobits
	.align 6
mscratch_words:
	.skip 32 * NCPU_MAX
	.globl boot_satp
boot_satp:
	.skip 8
	.globl boot_stacks
boot_stacks:
	.skip 8 * NCPU_MAX
	.align 4
	.skip 8192
boot_stack_top:
