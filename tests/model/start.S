# Where every hart of the self-test guest begins, in machine mode, without
# translation: a stack by its number, no interrupts taken, software interrupts
# enough to end a WFI.

#include "tests/model/guest.h"

#define MIE_MSIE 0x8

	.section .text.start, "ax"
	.globl start
start:
	csrr a0, mhartid
	csrw mie, zero
	li t0, HARTS_MAX
	bgeu a0, t0, park
	csrwi mstatus, 0
	csrwi mie, MIE_MSIE
	la sp, stacks
	addi t0, a0, 1
	slli t0, t0, STACK_SHIFT
	add sp, sp, t0
	call guest_main
park:
	wfi
	j park

	.bss
	.balign 4096
stacks:
	.skip HARTS_MAX << STACK_SHIFT
