// The course's lock statistics.

#include "kernel/types.h"
#include "kernel/fcntl.h"
#include "user/lib/course.h"

// Their text, as course programs call for it.  Returns its length, -1 on
// error.
int
statistics(void *text, int size)
{
	int fd = open("statistics", O_RDONLY), got = 0, n = -1;

	if (fd < 0) {
		fprintf(2, "statistics: cannot open the device\n");
		return -1;
	}
	while (got < size) {
		n = read(fd, (char *)text + got, size - got);
		if (n <= 0)
			break;
		got += n;
	}
	close(fd);
	return n < 0 && got == 0 ? -1 : got;
}
