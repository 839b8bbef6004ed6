// Apart from mem.c: the compiler calls it on its own, and the oldest of the
// course's libraries have the others and not this.

#include "kernel/types.h"
#include "user/lib/course.h"

void *
memcpy(void *to, const void *from, uint n)
{
	return memmove(to, from, n);
}
