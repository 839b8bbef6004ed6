# Where a program begins under Linux: argc, then argv, are on the stack.  sp
# is aligned; gp is not set, as nothing is linked that would use it.

	.section .text.start, "ax"
	.globl	_start
	.type	_start, @function
_start:
	ld	a0, 0(sp)
	addi	a1, sp, 8
	li	s0, 0
	call	compat_start
	call	exit
	.size	_start, . - _start

	.section .note.GNU-stack, "", @progbits
