// The serial port: a 16550 with FIFOs (National Semiconductor PC16550D).
//
// Output is polled.  A register access leaves the guest in an emulator and
// costs as much as a thousand instructions, so the line status is read once
// per FIFO-full, not per byte: when it says "transmitter empty", TX_FIFO bytes
// may follow blindly.  tx_room is what is left of that promise.  The FIFO only
// drains by itself, so the count is never too high.
//
// Input raises an interrupt that stays up while a byte waits; the console
// takes bytes one by one and turns the interrupt off when it has no room.
//
// All under uart.lock, which is a leaf.

#include "dev/uart.h"
#include "boot/platform.h"
#include "dev/mmio.h"
#include "kernel/memlayout.h"
#include "sync/spinlock.h"

enum {
	REG_DATA = 0, // read: received byte; write: byte to send
	REG_INT_ENABLE = 1,
	REG_FIFO_CONTROL = 2, // write only
	REG_LINE_CONTROL = 3,
	REG_LINE_STATUS = 5,
};

#define INT_RECEIVED  0x01 // INT_ENABLE: a byte has arrived
#define FIFO_ON_CLEAR 0x07 // FIFO_CONTROL: on, both directions emptied
#define LINE_8N1      0x03 // LINE_CONTROL: 8 bits, no parity, 1 stop bit
#define STATUS_READY  0x01 // LINE_STATUS: a received byte waits
#define STATUS_EMPTY  0x20 // LINE_STATUS: nothing is left to send

#define TX_FIFO 16 // bytes, in every 16550

// A FIFO-full takes 1.4 ms at 115200 baud, a status read 0.1 us or more: in a
// panic, a port busy for longer than this is taken for dead.
#define PANIC_POLLS 1000000

// Input that came before uart_init is at most what a person or a script types
// ahead of the prompt; switching the FIFOs on would drop it.
#define EARLY_MAX 128

static struct {
	struct spinlock lock;
	mmio_base regs;        // [I] after uart_init
	uint tx_room;          // [lock] bytes that fit without looking
	uint early_count;      // [lock] bytes in early[]
	uint early_taken;      // [lock] those already handed on
	char early[EARLY_MAX]; // [lock] received before the FIFOs were on
} uart = {
    .lock = SPINLOCK_INIT(LC_UART),
    .regs = (mmio_base)(KVOFFSET + UART0),
};

static uint8
line_status(void)
{
	return mmio_read8(uart.regs, REG_LINE_STATUS);
}

// A host that reads slowly keeps the port busy; output waits, it is not lost.
static void
wait_for_room(void)
{
	while (uart.tx_room == 0) {
		if (line_status() & STATUS_EMPTY)
			uart.tx_room = TX_FIFO;
	}
}

static void
send(char c)
{
	wait_for_room();
	uart.tx_room--;
	mmio_write8(uart.regs, REG_DATA, c);
}

// Without FIFOs the port holds one byte and the host the rest, so this ends
// when the host has no more, or early[] is full.
static void
save_early_input(void)
{
	while (uart.early_count < EARLY_MAX && (line_status() & STATUS_READY))
		uart.early[uart.early_count++] =
		    mmio_read8(uart.regs, REG_DATA);
}

void
uart_init(void)
{
	spin_lock(&uart.lock);
	uart.regs = mmio_map(platform.uart_pa);
	mmio_begin();
	mmio_write8(uart.regs, REG_INT_ENABLE, 0);
	mmio_write8(uart.regs, REG_LINE_CONTROL, LINE_8N1);
	// Clearing the FIFOs would cut off a message still on its way out.
	uart.tx_room = 0;
	wait_for_room();
	save_early_input();
	mmio_write8(uart.regs, REG_FIFO_CONTROL, FIFO_ON_CLEAR);
	mmio_end();
	spin_unlock(&uart.lock);
}

void
uart_write(const char *s, size_t n)
{
	spin_lock(&uart.lock);
	mmio_begin();
	while (n-- > 0)
		send(*s++);
	mmio_end();
	spin_unlock(&uart.lock);
}

void
uart_putc_sync(char c)
{
	uint polls = 0;

	mmio_begin();
	// Another hart may be sending too: tx_room cannot be trusted, and is
	// put where it does no harm if the kernel lives on.
	while (!(line_status() & STATUS_EMPTY) && polls < PANIC_POLLS)
		polls++;
	uart.tx_room = 0;
	mmio_write8(uart.regs, REG_DATA, c);
	mmio_end();
}

static int
receive(void)
{
	if (uart.early_taken < uart.early_count)
		return (uint8)uart.early[uart.early_taken++];
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
