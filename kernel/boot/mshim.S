# Machine mode: what runs before and below the kernel.
#
# Every hart enters at boot_entry with a1 = device tree.  The first one to get
# there, whichever it is, drops into supervisor mode to read the tree, which
# tells what harts there are (boot_harts); then it starts hart number 0 by a
# software interrupt, which may be itself, and waits for its turn like the
# others.  A hart that is called looks up its number.  Harts that the tree does
# not let run are never called and stay in the loop that waits for that.
#
# A hart that goes on opens memory to supervisor mode, delegates traps, and
# leaves to a high address, with the boot page table already in satp (machine
# mode is not translated, so no identity map is needed).
#
# Afterwards machine mode only
#  - turns a machine software interrupt into a supervisor software interrupt,
#  - on a CPU without Sstc, serves set_timer calls and turns the machine timer's
#    interrupt into a supervisor timer interrupt.
# It uses no stack: mscratch leads to the hart's struct boot_hart, where there
# is room to save registers.

#include "boot/mshim.h"
#include "mm/kmap.h"

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
	la t0, boot_elected
	li t1, 1
	amoswap.w t1, t1, (t0)
	bnez t1, wait_for_call

	# The first: number -1 until it is called.
	li a0, -1
	la t0, reader
	j enter

	# A software interrupt is the call.  Nobody sends one before the table
	# is complete.
wait_for_call:
	li t0, MIP_MSIP
	csrw mie, t0
1:
	wfi
	csrr t1, mip
	and t1, t1, t0
	beqz t1, 1b
	fence iorw, iorw

	# Its number: a0, its struct boot_hart: t0.
	csrr t2, mhartid
	ld t1, boot_nharts
	la t0, boot_harts
	li a0, 0
2:
	bgeu a0, t1, park
	ld t3, BH_ID(t0)
	beq t3, t2, 3f
	addi t0, t0, 1 << BH_SHIFT
	addi a0, a0, 1
	j 2b
3:
	ld t1, BH_MSIP(t0)
	sw zero, 0(t1)
	fence iorw, iorw

enter:
	csrw mscratch, t0

	# No machine timer interrupt.  It starts out pending, and a pending
	# interrupt, enabled or not, makes QEMU take its global lock between
	# translated blocks: a system call cost three times as much.
	ld t1, BH_MTIMECMP(t0)
	beqz t1, 1f
	li t2, -1
	sd t2, 0(t1)
1:

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
	# Who reads the tree has no register yet to quieten an interrupt with.
	bltz a0, 1f
	li t0, MIP_MSIP
	csrw mie, t0
1:
	mret

park:
	csrw mie, zero
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
	sd t1, BH_SAVED(t0)
	sd t2, BH_SAVED + 8(t0)
	csrr t1, mcause
	bgez t1, machine_call
	andi t1, t1, 0xf
	addi t1, t1, -3
	bnez t1, machine_timer

	# Software interrupt: acknowledge it and pass it on.
	ld t1, BH_MSIP(t0)
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
	# By the kernel only, which makes no other calls than these.
	li t2, 9
	bne t1, t2, unexpected
	bnez a7, hand_over
	# MSHIM_SET_TIMER: a0 = time
	ld t1, BH_MTIMECMP(t0)
	sd a0, 0(t1)
	li t1, MIP_STIP
	csrc mip, t1
	li t1, MIP_MTIP
	csrs mie, t1
	csrr t1, mepc
	addi t1, t1, 4
	csrw mepc, t1

machine_return:
	ld t1, BH_SAVED(t0)
	ld t2, BH_SAVED + 8(t0)
	csrrw t0, mscratch, t0
	mret

	# MSHIM_HAND_OVER: a0 = register of who is called.  What this hart has
	# written comes first.
hand_over:
	fence iorw, iorw
	li t1, 1
	sw t1, 0(a0)
	j wait_for_call

unexpected:
	la t0, message_unexpected
	j fatal

# Supervisor mode, high addresses.  Who reads the tree, and hart number 0 after
# it, use the boot stack.  The others were given theirs by hart number 0, in the
# kernel's page table, which they load first.
	.align 2
supervisor_entry:
	mv s0, zero
	mv ra, zero
	la sp, boot_stack_top
	bgtz a0, 1f
	beqz a0, boot_main_far
	mv a0, a1
	tail boot_read_tree
boot_main_far:
	tail boot_main
1:
	la t0, boot_harts
	slli t1, a0, BH_SHIFT
	add t0, t0, t1
	ld sp, BH_STACK(t0)
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

# The page table that harts enter with: a direct map of the lowest addresses,
# all rights.  kmap_init replaces it.
	.section .data.page, "aw"
	.align 12
boot_root:
	.rept 256
	.dword 0
	.endr
	.set gib, 0
	.rept BOOT_MAP_SIZE >> 30
	.dword (gib << 28) | 0xef
	.set gib, gib + 1
	.endr
	.rept 256 - (BOOT_MAP_SIZE >> 30)
	.dword 0
	.endr

	.section .data, "aw"
	.align 6
	# Before anybody has cleared .bss, if somebody does.
boot_elected:
	.word 0
	.align 3
	.globl boot_has_sstc
boot_has_sstc:
	.dword 0

	.section .bss, "aw", @nobits
	.align 6
reader:
	.skip 1 << BH_SHIFT
	.globl boot_harts
boot_harts:
	.skip NCPU_MAX << BH_SHIFT
	.globl boot_nharts
boot_nharts:
	.skip 8
	.globl boot_satp
boot_satp:
	.skip 8
	.align 4
	.skip 8192
boot_stack_top:
