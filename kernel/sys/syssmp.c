// Drove's own system calls: harts, the disk's cache and the power switch.

#include "boot/platform.h"
#include "boot/power.h"
#include "fs/fs.h"
#include "proc/hart.h"
#include "proc/sched.h"
#include "sys/syscall.h"

// Writes what is pending and turns the machine off; QEMU exits with the low 8
// bits of status.
long
sys_poweroff(long status)
{
	fs_sync();
	power_off(status & 0xff);
}

// The same, but the machine starts again.
long
sys_reboot(void)
{
	fs_sync();
	power_reset();
}

// Returns when all that any call has changed is in its place on the disk.
long
sys_sync(void)
{
	return fs_sync();
}

// Restricts the process, and what it forks later, to the harts of the mask (0
// = all), and moves it there before it returns.  -1 if the mask names no hart
// that there is.
long
sys_setaffinity(uint64 mask)
{
	uint64 all = ~0UL >> (64 - platform.nharts);

	if (mask == 0)
		mask = all;
	if ((mask & all) == 0)
		return -1;
	current()->affinity = mask & all;
	sched_migrate();
	return 0;
}

long
sys_gethart(void)
{
	return hart_id();
}

long
sys_nharts(void)
{
	return platform.nharts;
}
