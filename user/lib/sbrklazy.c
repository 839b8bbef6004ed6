// Heap that appears when it is touched.

#include "kernel/types.h"
#include "user/lib/course.h"

char *
sbrklazy(int bytes)
{
	return sys_sbrk(bytes, SBRK_LAZY);
}
