# System calls.  A new one needs its line here, in kernel/syscall.h and in
# course.h.

#include "kernel/syscall.h"
#include "user/lib/stub.h"

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

	.section .note.GNU-stack, "", @progbits
