# Where a program begins.  exec leaves argc in a0 and argv in a1, and a stack
# that is aligned to 16 bytes; what main returns is the exit status, unless
# something that it printed got lost.

	.section .text.start, "ax"
	.globl _start
	.type _start, @function
_start:
	andi	sp, sp, -16
	li	s0, 0		# no caller: stack traces end here
	mv	s1, a1
	call	main
	mv	a1, s1
	call	output_status
	call	exit
	.size _start, . - _start

	.section .note.GNU-stack, "", @progbits
