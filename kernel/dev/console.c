// The console: line editing on what is typed, and output in whole pieces.
//
// Input: the serial port's handler moves bytes through the editing keys into
// console.lines and wakes the readers.  When the queue has no room for another
// line the handler leaves the rest in the port and turns its interrupt off
// (stalled); the reader who makes room turns it on again.  So nothing typed
// ahead is lost: it waits here, then in the port, then in the host.
//
// A reader must not touch user memory under the spinlock, and must not lose a
// line to a bad address either: it copies a line out, stores it in user
// memory unlocked, and takes it off the queue only then, provided that nobody
// else took it meanwhile (the queue's head is the version).
//
// Locks: console.output, a sleep lock; console.lock; then the serial port's.

#include "dev/chardev.h"
#include "dev/devices.h"
#include "dev/lineq.h"
#include "dev/plic.h"
#include "dev/uart.h"
#include "boot/platform.h"
#include "kernel/riscv.h"
#include "mm/ucopy.h"
#include "proc/proc.h"
#include "proc/sched.h"
#include "proc/waitq.h"
#include "sync/sleeplock.h"
#include "sync/spinlock.h"

#define CTRL(letter) ((letter) - '@')
#define DELETE       0x7f

// One write call of up to this many bytes comes out in one piece, between
// others' (not between kernel messages and echo).
#define WRITE_PIECE 128

// Looks at a busy port before a writer sleeps for a millisecond: a byte takes
// 0.09 ms at 115200 baud, a look 0.1 us or more.  A port that is busy for longer
// is one whose host does not read.
#define BUSY_LOOKS 2000

// Echo that is collected before the port is locked; a longer one goes in two.
#define ECHO_PIECE 64

static struct {
	struct spinlock lock;
	struct waitq readers;  // [lock]
	struct lineq lines;    // [lock]
	bool stalled;          // [lock] the receive interrupt is off
	bool dump_wanted;      // [lock] the process list was asked for
	uint echo_len;         // [lock]
	char echo[ECHO_PIECE]; // [lock] not yet sent
	struct sleeplock output; // whose piece is being sent
} console = {.lock = SPINLOCK_INIT(LC_CONSOLE)};

static void
echo_flush(void)
{
	if (console.echo_len > 0)
		uart_echo(console.echo, console.echo_len);
	console.echo_len = 0;
}

static void
echo(const char *s)
{
	for (; *s != 0; s++) {
		if (console.echo_len == ECHO_PIECE)
			echo_flush();
		console.echo[console.echo_len++] = *s;
	}
}

static bool
is_control(int c)
{
	return (c >= 0 && c < ' ') || c == DELETE;
}

// A control character shows as ^ and a letter, a tab as one blank: so each
// byte typed takes a known number of columns and can be wiped off again.
static void
echo_byte(int c)
{
	char shown[3] = {c, 0, 0};

	if (c == '\t') {
		shown[0] = ' ';
	} else if (c != '\n' && is_control(c)) {
		shown[0] = '^';
		shown[1] = c ^ '@';
	}
	echo(shown);
}

// Takes back the last byte of the line, on the screen too; returns it or -1.
static int
rub_out(void)
{
	int c = lineq_erase(&console.lines);

	if (c < 0)
		return -1;
	if (c != '\t' && is_control(c))
		echo("\b \b");
	echo("\b \b");
	return c;
}

static void
key_erase(void)
{
	rub_out();
}

static void
key_erase_line(void)
{
	while (rub_out() >= 0)
		;
}

// The blanks before the cursor, then the word before them.
static void
key_erase_word(void)
{
	struct lineq *q = &console.lines;
	bool in_word = false;

	while (q->len > 0) {
		char last = q->edit[q->len - 1];
		bool blank = last == ' ' || last == '\t';

		if (blank && in_word)
			break;
		in_word = !blank;
		rub_out();
	}
}

static void
key_end_of_file(void)
{
	lineq_finish(&console.lines);
}

static void
key_process_list(void)
{
	console.dump_wanted = true;
}

static const struct {
	char key;
	void (*obey)(void);
} editing_keys[] = {
    {CTRL('H'), key_erase},
    {DELETE, key_erase},
    {CTRL('W'), key_erase_word},
    {CTRL('U'), key_erase_line},
    {CTRL('D'), key_end_of_file},
    {CTRL('P'), key_process_list},
};

static void
typed(char c)
{
	for (uint i = 0; i < sizeof(editing_keys) / sizeof(*editing_keys);
	     i++) {
		if (editing_keys[i].key == c) {
			editing_keys[i].obey();
			return;
		}
	}
	if (c == '\r')
		c = '\n';
	echo_byte((uchar)c);
	lineq_type(&console.lines, c);
}

// Under the lock: one reader at a time, for there may be thousands.
static void
wake_reader(void)
{
	if (lineq_ready(&console.lines))
		waitq_wake_one(&console.readers);
}

// Moves what the port has into the queue, as far as there is room.
static void
take_input(void)
{
	int c = 0;

	while (lineq_has_room(&console.lines)) {
		c = uart_getc();
		if (c < 0)
			break;
		typed(c);
	}
	if (c >= 0) {
		console.stalled = true;
		uart_rx_interrupt(false);
	}
	echo_flush();
	wake_reader();
}

static void
console_interrupt(void)
{
	bool dump;

	spin_lock(&console.lock);
	take_input();
	dump = console.dump_wanted;
	console.dump_wanted = false;
	spin_unlock(&console.lock);
	if (dump)
		proc_dump();
}

// Waits for a line and copies its first bytes out, n at most, leaving them in
// the queue.  Returns their number and the queue's version, or -1 if killed.
// Whoever leaves wakes the next, who takes what this one does not.
static int
wait_and_peek(char *to, uint n, uint32 *version)
{
	int got = -1;

	spin_lock(&console.lock);
	while (!lineq_ready(&console.lines)) {
		if (!waitq_sleep(&console.readers, &console.lock))
			goto out;
	}
	got = lineq_peek(&console.lines, to, n);
	*version = console.lines.head;
out:
	wake_reader();
	spin_unlock(&console.lock);
	return got;
}

// Takes n bytes off the queue if it is still at version.
static bool
consume(uint n, uint32 version)
{
	bool same;

	spin_lock(&console.lock);
	same = console.lines.head == version;
	if (same)
		lineq_consume(&console.lines, n);
	if (console.stalled && lineq_has_room(&console.lines)) {
		console.stalled = false;
		uart_rx_interrupt(true);
	}
	spin_unlock(&console.lock);
	return same;
}

static int
console_read(void **state, uint64 uaddr, int n)
{
	char line[LINEQ_LINE];
	uint32 version;
	int got;

	(void)state;
	if (n <= 0)
		return n < 0 ? -1 : 0;
	if (n > LINEQ_LINE)
		n = LINEQ_LINE;
	do {
		got = wait_and_peek(line, n, &version);
		if (got < 0 || copy_to_user(uaddr, line, got) < 0)
			return -1;
	} while (!consume(got, version));
	return got;
}

// Sends a piece; false if killed meanwhile.  Waiting writers sleep, and the one
// at work lets interrupts in: nobody keeps a hart from its devices, as waiting
// for a spinlock would.
static bool
send_piece(const char *piece, uint len)
{
	uint sent = 0, looks = 0;

	while (sent < len) {
		uint n = uart_write(piece + sent, len - sent);

		sent += n;
		looks = n > 0 ? 0 : looks + 1;
		preempt_point();
		if (looks > BUSY_LOOKS &&
		    !sleep_until(r_time() + platform.timebase / 1000))
			return false;
	}
	return true;
}

static bool
put_piece(const char *piece, uint len)
{
	bool done;

	sleeplock_lock(&console.output);
	done = send_piece(piece, len);
	sleeplock_unlock(&console.output);
	return done;
}

static int
console_write(void **state, uint64 uaddr, int n)
{
	char piece[WRITE_PIECE];
	int done = 0;

	(void)state;
	if (n < 0)
		return -1;
	while (done < n) {
		int len = n - done < WRITE_PIECE ? n - done : WRITE_PIECE;

		if (proc_killed(current()) ||
		    copy_from_user(piece, uaddr + done, len) < 0 ||
		    !put_piece(piece, len))
			return done > 0 ? done : -1;
		done += len;
		preempt_point();
	}
	return done;
}

static const struct chardev console_device = {
    .name = "console",
    .read = console_read,
    .write = console_write,
};

void
console_init(void)
{
	waitq_init(&console.readers);
	sleeplock_init(&console.output, LC_OUTPUT);
	chardev_register(MAJOR_CONSOLE, &console_device);
	plic_attach(platform.uart_irq, console_interrupt);
	// Input saved by uart_init raises no interrupt of its own.
	console_interrupt();
	if (!console.stalled)
		uart_rx_interrupt(true);
}
