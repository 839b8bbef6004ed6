// Text devices: a snapshot per open file, made when it is first read.
//
// An open file's state is one page: the text's length, the reader's place, the
// pages that hold the text (byte i is in page[i / PGSIZE]), and a command that
// has been written in part.  It is made at the first read or write and freed
// with its pages at the last close.
//
// Processes that share an open file share its state, so everything but release
// runs under one sleep lock for all text devices: they are for people, and
// nobody waits.  A sleep lock, because print may sleep and the text goes to
// user memory.  Whoever holds it keeps its hart, so a long write takes it for a
// piece at a time.

#include "dev/textdev.h"
#include "dev/chardev.h"
#include "kernel/param.h"
#include "kernel/riscv.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "mm/page.h"
#include "mm/ucopy.h"
#include "proc/proc.h"
#include "proc/sched.h"
#include "sync/sleeplock.h"

#define COMMAND_MAX 64 // bytes of a command, its 0 included
#define WRITE_PIECE 64 // of a write, under one acquisition of the lock

// [l] text_lock
struct textbuf {
	uint64 len;                // [l] bytes of text
	uint64 pos;                // [l] bytes already read
	bool made;                 // [l] the snapshot has been taken
	bool cut;                  // [l] memory ran out: nothing is added
	uint command_len;          // [l]
	char command[COMMAND_MAX]; // [l] written so far, no newline yet
	char *page[];              // [l] fills the page
};

#define TEXT_PAGES ((PGSIZE - sizeof(struct textbuf)) / sizeof(char *))

static struct sleeplock text_lock;

static void
put_byte(void *to, char c)
{
	struct textbuf *t = to;
	uint64 number = t->len / PGSIZE;
	char *fresh;

	if (t->cut)
		return;
	if (t->len % PGSIZE == 0) {
		fresh = number < TEXT_PAGES ? kpage_alloc() : NULL;
		if (fresh == NULL) {
			t->cut = true;
			return;
		}
		t->page[number] = fresh;
	}
	t->page[number][t->len++ % PGSIZE] = c;
}

void
text_printf(struct textbuf *t, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	format(put_byte, t, fmt, ap);
	va_end(ap);
}

// The open file's state, made if there is none; NULL if memory is short.
static struct textbuf *
get_state(void **state)
{
	if (*state == NULL) {
		struct textbuf *t = kpage_alloc();

		if (t != NULL)
			memset(t, 0, sizeof(*t));
		*state = t;
	}
	return *state;
}

// The text from pos on that is in one page: its address and length.
static const char *
next_piece(const struct textbuf *t, uint64 n, uint64 *len)
{
	uint64 offset = t->pos % PGSIZE;

	*len = PGSIZE - offset;
	if (*len > t->len - t->pos)
		*len = t->len - t->pos;
	if (*len > n)
		*len = n;
	return t->page[t->pos / PGSIZE] + offset;
}

static int
read_locked(const struct textdev *d, void **state, uint64 uaddr, int n)
{
	struct textbuf *t = get_state(state);
	int done = 0;

	if (t == NULL)
		return -1;
	if (!t->made) {
		d->print(t);
		t->made = true;
	}
	while (done < n && t->pos < t->len) {
		uint64 len;
		const char *piece = next_piece(t, n - done, &len);

		if (copy_to_user(uaddr + done, piece, len) < 0)
			return done > 0 ? done : -1;
		t->pos += len;
		done += len;
	}
	return done;
}

static int
text_read(const struct textdev *d, void **state, uint64 uaddr, int n)
{
	int done;

	sleeplock_lock(&text_lock);
	done = read_locked(d, state, uaddr, n);
	sleeplock_unlock(&text_lock);
	return done;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

// Obeys the command collected so far, blanks around it ignored, and forgets it
// unless it is incomplete and may go on (final false).  Returns 0 or -1.
static int
run_command(const struct textdev *d, struct textbuf *t, bool final)
{
	char line[COMMAND_MAX];
	uint start = 0, end = t->command_len;
	int result;

	while (end > 0 && is_blank(t->command[end - 1]))
		end--;
	while (start < end && is_blank(t->command[start]))
		start++;
	memcpy(line, t->command + start, end - start);
	line[end - start] = 0;
	result = line[0] == 0 ? 0 : d->command(line);
	if (result == TEXT_INCOMPLETE && !final)
		return 0;
	t->command_len = 0;
	return result == 0 ? 0 : -1;
}

static int
take_byte(const struct textdev *d, struct textbuf *t, char c)
{
	if (c == '\n')
		return run_command(d, t, true);
	if (t->command_len + 1 == COMMAND_MAX) {
		t->command_len = 0;
		return -1;
	}
	t->command[t->command_len++] = c;
	return 0;
}

static int
write_locked(const struct textdev *d, void **state, uint64 uaddr, int n)
{
	struct textbuf *t = get_state(state);
	char c;

	if (t == NULL)
		return -1;
	// Byte by byte: commands are short.
	for (int i = 0; i < n; i++) {
		if (copy_from_user(&c, uaddr + i, 1) < 0 ||
		    take_byte(d, t, c) < 0)
			return -1;
	}
	return run_command(d, t, false);
}

static int
text_write(const struct textdev *d, void **state, uint64 uaddr, int n)
{
	int done = 0, len, r;

	if (n < 0 || d->command == NULL)
		return -1;
	do {
		len = n - done < WRITE_PIECE ? n - done : WRITE_PIECE;
		sleeplock_lock(&text_lock);
		r = write_locked(d, state, uaddr + done, len);
		sleeplock_unlock(&text_lock);
		if (r < 0 || proc_killed(current()))
			return -1;
		done += len;
		preempt_point();
	} while (done < n);
	return done;
}

// At the last close nobody else has the state.
static void
text_release(void *state)
{
	struct textbuf *t = state;

	if (t == NULL)
		return;
	for (uint64 i = 0; i < (t->len + PGSIZE - 1) / PGSIZE; i++)
		kpage_free(t->page[i]);
	kpage_free(t);
}

static bool
begins_with(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

static bool
is_number(const char *s)
{
	while (*s >= '0' && *s <= '9')
		s++;
	return *s == 0;
}

int
text_obey(const struct text_command *commands, uint n, const char *line)
{
	int result = -1;

	if (is_number(line))
		return commands[0].obey();
	for (uint i = 0; i < n; i++) {
		if (strcmp(commands[i].line, line) == 0)
			return commands[i].obey();
		if (begins_with(commands[i].line, line))
			result = TEXT_INCOMPLETE;
	}
	return result;
}

// A chardev operation is not told which device it was called for, so each text
// device has a slot with operations of its own.
#define TEXT_SLOTS(X) X(0) X(1) X(2) X(3)

#define X(i)   +1
#define NSLOTS (0 TEXT_SLOTS(X))
static const struct textdev *slot_dev[NSLOTS]; // [I] after boot
#undef X

#define X(i)                                                         \
	static int slot_read_##i(void **state, uint64 uaddr, int n)  \
	{                                                            \
		return text_read(slot_dev[i], state, uaddr, n);      \
	}                                                            \
	static int slot_write_##i(void **state, uint64 uaddr, int n) \
	{                                                            \
		return text_write(slot_dev[i], state, uaddr, n);     \
	}
TEXT_SLOTS(X)
#undef X

#define X(i) {NULL, slot_read_##i, slot_write_##i, text_release},
static struct chardev slot_ops[] = {TEXT_SLOTS(X)}; // [I] after boot
#undef X

void
textdev_register(int major, const struct textdev *d)
{
	static uint used;

	if (used == 0)
		sleeplock_init(&text_lock, LC_TEXTDEV);
	if (used == sizeof(slot_dev) / sizeof(*slot_dev))
		panic("device %s: no slot for another text device", d->name);
	slot_dev[used] = d;
	slot_ops[used].name = d->name;
	chardev_register(major, &slot_ops[used++]);
}
