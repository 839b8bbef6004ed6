// The table of character devices, by major number.  Filled at boot by hart 0
// and constant afterwards, so it is read without a lock.

#include "dev/chardev.h"
#include "kernel/param.h"
#include "lib/printf.h"

static const struct chardev *devices[NDEV]; // [I] after boot

void
chardev_register(int major, const struct chardev *dev)
{
	if (major <= 0 || major >= NDEV || devices[major] != NULL)
		panic("device %s: major number %d cannot be had", dev->name,
		    major);
	devices[major] = dev;
}

const struct chardev *
chardev_find(int major)
{
	if (major < 0 || major >= NDEV)
		return NULL;
	return devices[major];
}
