// From a number in a7 to a handler.  Arguments are in a0..a5; a handler that
// takes fewer ignores the rest, as the calling convention allows.

#include <stddef.h>

#include "sys/syscall.h"
#include "kernel/syscall.h"
#include "trap/trap.h"

typedef long (*handler)(uint64, uint64, uint64, uint64, uint64, uint64);

#define CALL(n) [SYS_##n] = (handler)sys_##n

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wcast-function-type"
static const handler handlers[] = {
    CALL(fork),     CALL(exit),        CALL(wait),    CALL(pipe),
    CALL(read),     CALL(kill),        CALL(exec),    CALL(fstat),
    CALL(chdir),    CALL(dup),         CALL(getpid),  CALL(sbrk),
    CALL(sleep),    CALL(uptime),      CALL(open),    CALL(write),
    CALL(mknod),    CALL(unlink),      CALL(link),    CALL(mkdir),
    CALL(close),    CALL(poweroff),    CALL(setaffinity),
    CALL(gethart),  CALL(nharts),      CALL(sync),    CALL(reboot),
};
#pragma GCC diagnostic pop

void
syscall(struct trapframe *tf)
{
	uint64 n = tf->a7;

	tf->pc += 4;
	if (n < sizeof(handlers) / sizeof(handlers[0]) && handlers[n] != NULL)
		tf->a0 = handlers[n](tf->a0, tf->a1, tf->a2, tf->a3, tf->a4,
		    tf->a5);
	else
		tf->a0 = -1;
}
