// /dev/null: always at end of file, and takes whatever is written.

#include <stddef.h>

#include "dev/chardev.h"
#include "dev/devices.h"

static int
null_read(void **state, uint64 uaddr, int n)
{
	(void)state, (void)uaddr, (void)n;
	return 0;
}

static int
null_write(void **state, uint64 uaddr, int n)
{
	(void)state, (void)uaddr;
	return n;
}

static const struct chardev null_device = {
    .name = "null",
    .read = null_read,
    .write = null_write,
};

void
null_init(void)
{
	chardev_register(MAJOR_NULL, &null_device);
}
