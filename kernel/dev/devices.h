// Character devices that boot starts (hart 0, before processes run).
#ifndef DEV_DEVICES_H
#define DEV_DEVICES_H

// The console; needs uart_init and plic_init.
void console_init(void);

// /dev/null.
void null_init(void);

// /dev/lockstat, /dev/memstat and the course's statistics.
void lockstat_device_init(void);
void memstat_device_init(void);

#endif
