# Drove's own system calls (user/drove.h), apart from the others, so that a
# program may have functions of these names.

#include "kernel/syscall.h"
#include "user/lib/stub.h"

	stub	poweroff, SYS_poweroff
	stub	setaffinity, SYS_setaffinity
	stub	gethart, SYS_gethart
	stub	nharts, SYS_nharts
	stub	sync, SYS_sync
	stub	reboot, SYS_reboot

	.section .note.GNU-stack, "", @progbits
