// Heap that is there when the call returns.
//
// A program of the older generation, which is one that never calls sbrklazy,
// may mean addresses; what cannot be had as memory it asks for in the way of
// that generation (kernel/vm.h).  Whether there is an sbrklazy is known when the
// program is linked: this file must not bring it in.

#include "kernel/types.h"
#include "user/lib/course.h"

extern __typeof__(sbrklazy) sbrklazy __attribute__((weak));

char *
sbrk(int bytes)
{
	char *old = sys_sbrk(bytes, SBRK_EAGER);

	if (old == SBRK_ERROR && sbrklazy == 0)
		old = sys_sbrk(bytes, SBRK_OLDER);
	return old;
}
