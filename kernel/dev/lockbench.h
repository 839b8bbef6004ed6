// /dev/lockbench; see dev/lockbench_device.c.
#ifndef DEV_LOCKBENCH_H
#define DEV_LOCKBENCH_H

#define MAJOR_LOCKBENCH 6 // behind those of dev/chardev.h

void lockbench_init(void); // boot, hart 0

#endif
