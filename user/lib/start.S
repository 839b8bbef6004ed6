# Where a program begins.  exec leaves argc in a0 and argv in a1, and a stack
# that is aligned to 16 bytes; what main returns is the exit status.

	.section .text.start, "ax"
	.globl _start
	.type _start, @function
_start:
	andi	sp, sp, -16
	li	s0, 0		# no caller: stack traces end here
	call	main
	call	exit
	.size _start, . - _start

	.section .note.GNU-stack, "", @progbits
