// The power switch.
#ifndef BOOT_POWER_H
#define BOOT_POWER_H

// Ends the machine; QEMU exits with status (0..255).
void power_off(int status) __attribute__((noreturn));

// Starts the machine again, as switching it on does.
void power_reset(void) __attribute__((noreturn));

#endif
