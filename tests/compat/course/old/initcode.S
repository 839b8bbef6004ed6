# Stand-in for what an older kernel has in place of a first program: it cannot
# be assembled here, and need not.
#include "syscall.h"
	.globl start
start:
	la a0, name
	li a7, SYS_exec
	ecall
name:
	.string "/init"
