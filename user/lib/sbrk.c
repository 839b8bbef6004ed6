// The two ways to ask for heap.

#include "kernel/types.h"
#include "user/lib/course.h"

char *
sbrk(int bytes)
{
	return sys_sbrk(bytes, SBRK_EAGER);
}

char *
sbrklazy(int bytes)
{
	return sys_sbrk(bytes, SBRK_LAZY);
}
