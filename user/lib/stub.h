// For assembler: a system call's stub has the number in a7, arguments and result
// where a C call has them.  Each has its own section, so that a program carries
// only those it calls.

	.macro	stub name, number
	.section .text.\name, "ax"
	.globl	\name
	.type	\name, @function
\name:
	li	a7, \number
	ecall
	ret
	.size	\name, . - \name
	.endm
