// The serial port.
#ifndef DEV_UART_H
#define DEV_UART_H

#include <stdbool.h>
#include <stddef.h>
#include "kernel/types.h"

// Takes over the port named by the device tree; the receiver is silent.
// Before it, output goes to where QEMU's virt machine has its first port.
void uart_init(void);

// Sends what the port takes of n bytes at once; returns how many it were.
size_t uart_write(const char *s, size_t n);

// Sends n bytes in one piece, from a handler: those that a port cannot take
// within a millisecond are dropped.
void uart_echo(const char *s, size_t n);

// Sends one byte without taking the lock: for a panic, whose hart may hold it.
// Drops the byte if the port stays busy too long.
void uart_putc_sync(char c);

// The oldest byte received, or -1 if there is none.
int uart_getc(void);

// Turns the receive interrupt on or off.  While it is off, what arrives stays
// in the port and behind it in the host.
void uart_rx_interrupt(bool on);

#endif
