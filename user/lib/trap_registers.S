# void trap_registers(uint64 r[32]): loads the registers from the array, register
# number n from r[n], executes ecall, and stores them back.  Left out are sp,
# which is not ours to give, and t2 (x7), which holds the array meanwhile.

	.macro each_register op
	.irp n, 1, 3, 4, 5, 6, 8, 9, 10, 11, 12, 13, 14, 15, 16
	\op x\n, 8 * \n(t2)
	.endr
	.irp n, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	\op x\n, 8 * \n(t2)
	.endr
	.endm

	# What a function must preserve, and the array.
	.macro each_kept op
	\op a0, 0(sp)
	\op ra, 8(sp)
	\op gp, 16(sp)
	\op tp, 24(sp)
	.irp n, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27
	\op x\n, 8 * \n - 112(sp)
	.endr
	\op s0, 112(sp)
	\op s1, 120(sp)
	.endm

	.text
	.globl trap_registers
	.type trap_registers, @function
trap_registers:
	addi sp, sp, -128
	each_kept sd
	mv t2, a0
	each_register ld
	ecall
	ld t2, 0(sp)
	each_register sd
	each_kept ld
	addi sp, sp, 128
	ret
	.size trap_registers, . - trap_registers

	.section .note.GNU-stack, "", @progbits
