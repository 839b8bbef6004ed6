# Entry and system calls as another user library has them.  The kernel may
# rely on nothing here but a7 and the arguments: what a call does not take is
# filled with junk.

	.equ JUNK, 0x5eed

	.section .data
	.balign 8
	.globl entry_sp, entry_a0, entry_a1, sbrk_a1
entry_sp: .dword 0
entry_a0: .dword 0
entry_a1: .dword 0
sbrk_a1:  .dword 0

	.text

# Where execution begins, behind something else on purpose: the entry point is
# not the first byte.
	.4byte 0, 0
	.globl begin
begin:
	lla t0, entry_sp
	sd sp, 0(t0)
	sd a0, 8(t0)
	sd a1, 16(t0)
	call main
	li a0, 0	# whatever main returned
	call exit

# The call that takes a count of arguments gets junk behind them.
	.macro call_with args, name, number
	.globl \name
\name:
	.if \args < 1
	li a0, JUNK
	.endif
	.if \args < 2
	li a1, JUNK
	.endif
	.if \args < 3
	li a2, JUNK
	.endif
	li a3, -1
	li a4, -1
	li a5, -1
	li a6, JUNK
	li a7, \number
	ecall
	jr ra
	.endm

	call_with 0, fork, 1
	call_with 1, exit, 2
	call_with 1, wait, 3
	call_with 1, pipe, 4
	call_with 3, read, 5
	call_with 1, kill, 6
	call_with 2, exec, 7
	call_with 2, fstat, 8
	call_with 1, chdir, 9
	call_with 1, dup, 10
	call_with 0, getpid, 11
	call_with 1, sleep, 13
	call_with 0, uptime, 14
	call_with 2, open, 15
	call_with 3, write, 16
	call_with 3, mknod, 17
	call_with 1, unlink, 18
	call_with 2, link, 19
	call_with 1, mkdir, 20
	call_with 1, close, 21

# The older sbrk takes one argument; a1 has whatever the caller left there.
	.globl sbrk
sbrk:
	ld a1, sbrk_a1
	li a7, 12
	ecall
	jr ra

	.section .note.GNU-stack, "", @progbits
