// The serial port: a 16550 (National Semiconductor PC16550D), FIFOs off.
//
// Switching the FIFOs on empties them, and a byte that arrives at that moment
// is gone.  Without them the port holds one byte and an emulator's host the
// rest, however much was typed before there was a kernel, so nothing is ever
// lost; the price is a status read for every byte sent.
//
// Output is polled.  Input raises an interrupt that stays up while a byte
// waits; the console takes bytes one by one and turns the interrupt off when
// it has no room.
//
// All under uart.lock, which is a leaf.

#include "dev/uart.h"
#include "boot/platform.h"
#include "dev/mmio.h"
#include "kernel/memlayout.h"
#include "kernel/riscv.h"
#include "sync/spinlock.h"

enum {
	REG_DATA = 0, // read: received byte; write: byte to send
	REG_INT_ENABLE = 1,
	REG_LINE_CONTROL = 3,
	REG_LINE_STATUS = 5,
};

#define INT_RECEIVED  0x01 // INT_ENABLE: a byte has arrived
#define LINE_8N1      0x03 // LINE_CONTROL: 8 bits, no parity, 1 stop bit
#define STATUS_READY  0x01 // LINE_STATUS: a received byte waits
#define STATUS_EMPTY  0x20 // LINE_STATUS: nothing is left to send

// A byte takes 0.1 ms at 115200 baud, a status read 0.1 us or more: in a panic,
// a port busy for longer than this is taken for dead.
#define PANIC_POLLS 1000000

static struct {
	struct spinlock lock;
	mmio_base regs;        // [I] after uart_init
} uart = {
    .lock = SPINLOCK_INIT(LC_UART),
    .regs = (mmio_base)(KVOFFSET + UART0),
};

static uint8
line_status(void)
{
	return mmio_read8(uart.regs, REG_LINE_STATUS);
}

void
uart_init(void)
{
	spin_lock(&uart.lock);
	uart.regs = mmio_map(platform.uart_pa);
	mmio_begin();
	mmio_write8(uart.regs, REG_INT_ENABLE, 0);
	mmio_write8(uart.regs, REG_LINE_CONTROL, LINE_8N1);
	mmio_end();
	spin_unlock(&uart.lock);
}

// At most so many bytes while the lock is held, that others wait for.
#define BURST 32

static size_t
send_some(const char *s, size_t n)
{
	size_t sent = 0;

	while (sent < n && (line_status() & STATUS_EMPTY))
		mmio_write8(uart.regs, REG_DATA, s[sent++]);
	return sent;
}

size_t
uart_write(const char *s, size_t n)
{
	spin_lock(&uart.lock);
	mmio_begin();
	n = send_some(s, n < BURST ? n : BURST);
	mmio_end();
	spin_unlock(&uart.lock);
	return n;
}

void
uart_echo(const char *s, size_t n)
{
	uint64 end = r_time() + platform.timebase / 1000;
	size_t sent = 0;

	spin_lock(&uart.lock);
	mmio_begin();
	do {
		sent += send_some(s + sent, n - sent);
	} while (sent < n && r_time() < end);
	mmio_end();
	spin_unlock(&uart.lock);
}

void
uart_putc_sync(char c)
{
	uint polls = 0;

	mmio_begin();
	while (!(line_status() & STATUS_EMPTY) && polls < PANIC_POLLS)
		polls++;
	mmio_write8(uart.regs, REG_DATA, c);
	mmio_end();
}

static int
receive(void)
{
	if (!(line_status() & STATUS_READY))
		return -1;
	return mmio_read8(uart.regs, REG_DATA);
}

int
uart_getc(void)
{
	int c;

	spin_lock(&uart.lock);
	mmio_begin();
	c = receive();
	mmio_end();
	spin_unlock(&uart.lock);
	return c;
}

void
uart_rx_interrupt(bool on)
{
	spin_lock(&uart.lock);
	mmio_begin();
	mmio_write8(uart.regs, REG_INT_ENABLE, on ? INT_RECEIVED : 0);
	mmio_end();
	spin_unlock(&uart.lock);
}
