// Character devices: what a T_DEVICE inode's major number leads to.
#ifndef DEV_CHARDEV_H
#define DEV_CHARDEV_H

#include "kernel/types.h"

#define MAJOR_CONSOLE    1
#define MAJOR_STATISTICS 2 // the course's lock statistics
#define MAJOR_LOCKSTAT   3
#define MAJOR_MEMSTAT    4
#define MAJOR_NULL       5

// Per open file: state starts as NULL and is the device's own; release, which
// may be NULL, frees it at the last close.
struct chardev {
	const char *name;
	// Moves up to n bytes to or from user memory at uaddr.  Returns the
	// bytes moved, 0 at end of file, -1 on error or if killed.  No locks
	// are held by the caller.
	int (*read)(void **state, uint64 uaddr, int n);
	int (*write)(void **state, uint64 uaddr, int n);
	void (*release)(void *state);
};

// Boot time only.
void chardev_register(int major, const struct chardev *dev);

// NULL if no device has that major.
const struct chardev *chardev_find(int major);

#endif
