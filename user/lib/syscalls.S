# System calls: the number in a7, arguments and result where a C call has
# them.  Each stub has its own section, so that a program carries only those
# it calls.  A new call needs its line here, in kernel/syscall.h and user.h.

#include "kernel/syscall.h"

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

	stub	fork, SYS_fork
	stub	exit, SYS_exit
	stub	wait, SYS_wait
	stub	pipe, SYS_pipe
	stub	read, SYS_read
	stub	kill, SYS_kill
	stub	exec, SYS_exec
	stub	fstat, SYS_fstat
	stub	chdir, SYS_chdir
	stub	dup, SYS_dup
	stub	getpid, SYS_getpid
	stub	sys_sbrk, SYS_sbrk
	stub	sleep, SYS_sleep
	stub	pause, SYS_pause
	stub	uptime, SYS_uptime
	stub	open, SYS_open
	stub	write, SYS_write
	stub	mknod, SYS_mknod
	stub	unlink, SYS_unlink
	stub	link, SYS_link
	stub	mkdir, SYS_mkdir
	stub	close, SYS_close
	stub	poweroff, SYS_poweroff
	stub	setaffinity, SYS_setaffinity
	stub	gethart, SYS_gethart
	stub	nharts, SYS_nharts

	.section .note.GNU-stack, "", @progbits
