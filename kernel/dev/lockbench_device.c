// /dev/lockbench: runs lock loops in the kernel, for the benchmark lockbench,
// whose processes share no memory in which they could have a lock.
//
//   write  "run KIND HOLD_NS GAP_NS MILLISECONDS", all in one write: takes and
//          releases the lock of that kind for so long, in the writer's name
//   read   one line per number: "acquisitions" and "ticks" of this open file's
//          last run, and under each kind's name its guarded counter
//
// Not one of the text devices of dev/textdev.c: these obey one command at a
// time, and here many have to run at once.  An open file's state is private to
// it and serves one call at a time, by `busy`: taken with acquire and given
// back with release, so each call finds what the last one left.  A process
// that comes while another one's call is on, through a shared open file, gets
// -1; waiting would be of no use to a benchmark.

#include <stddef.h>

#include "dev/chardev.h"
#include "dev/lockbench.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "mm/kcache.h"
#include "mm/ucopy.h"
#include "sync/bench_locks.h"

#define COMMAND_MAX 64 // bytes of a command, its 0 included

// Four lock kinds and two results, of at most 32 bytes a line.
#define TEXT_MAX 192

// Limits of what a command may ask for.  Holders and, in the queue of 64 harts,
// those who wait keep their harts from everything else: less than a millisecond
// in all.
#define HOLD_MAX_NS 10000
#define GAP_MAX_NS  1000000
#define RUN_MAX_MS  60000

struct lockbench {
	struct bench_lock_job job; // [busy]
	uint32 busy;               // [a] 1 = a call is on
	uint text_len;             // [busy] 0 = no snapshot yet
	uint text_pos;             // [busy] already read
	char text[TEXT_MAX];       // [busy]
} __attribute__((aligned(64)));

static struct kcache *states; // [I]

// The open file's state, for this call alone; NULL if another call is on or
// memory is short.
static struct lockbench *
enter(void **state)
{
	struct lockbench *s = __atomic_load_n(state, __ATOMIC_ACQUIRE);
	void *none = NULL;

	if (s == NULL) {
		s = kcache_alloc(states);
		if (s == NULL)
			return NULL;
		memset(s, 0, sizeof(*s));
		// Release for those who find it above; if somebody was
		// faster, ours goes and theirs counts.
		if (!__atomic_compare_exchange_n(state, &none, s, false,
		        __ATOMIC_RELEASE, __ATOMIC_ACQUIRE)) {
			kcache_free(states, s);
			s = none;
		}
	}
	if (__atomic_exchange_n(&s->busy, 1, __ATOMIC_ACQUIRE) != 0)
		return NULL;
	return s;
}

static void
leave(struct lockbench *s)
{
	__atomic_store_n(&s->busy, 0, __ATOMIC_RELEASE);
}

// The next word of a command, cut off in place; an empty one at its end.
static const char *
next_word(char **rest)
{
	char *word = *rest, *end;

	while (*word == ' ')
		word++;
	end = word;
	while (*end != 0 && *end != ' ' && *end != '\n')
		end++;
	*rest = *end != 0 ? end + 1 : end;
	*end = 0;
	return word;
}

// A decimal number from 0 to most; -1 if it is something else.
static int
parse_number(const char *word, uint64 most, uint64 *value)
{
	*value = 0;
	if (*word == 0)
		return -1;
	for (; *word != 0; word++) {
		if (*word < '0' || *word > '9')
			return -1;
		*value = *value * 10 + (uint64)(*word - '0');
		if (*value > most)
			return -1;
	}
	return 0;
}

static int
parse_kind(const char *word, enum bench_lock *kind)
{
	for (uint i = 0; i < BENCH_LOCKS; i++) {
		if (strcmp(word, bench_lock_name(i)) == 0) {
			*kind = i;
			return 0;
		}
	}
	return -1;
}

static int
parse_command(char *line, struct bench_lock_job *job)
{
	if (strcmp(next_word(&line), "run") != 0 ||
	    parse_kind(next_word(&line), &job->kind) < 0 ||
	    parse_number(next_word(&line), HOLD_MAX_NS, &job->hold_ns) < 0 ||
	    parse_number(next_word(&line), GAP_MAX_NS, &job->gap_ns) < 0 ||
	    parse_number(next_word(&line), RUN_MAX_MS, &job->millis) < 0)
		return -1;
	return *next_word(&line) == 0 ? 0 : -1;
}

static int
lockbench_write(void **state, uint64 uaddr, int n)
{
	char line[COMMAND_MAX];
	struct lockbench *s;
	int result = -1;

	if (n <= 0 || n >= COMMAND_MAX ||
	    copy_from_user(line, uaddr, (uint64)n) < 0)
		return -1;
	line[n] = 0;
	s = enter(state);
	if (s == NULL)
		return -1;
	s->text_len = s->text_pos = 0;
	if (parse_command(line, &s->job) == 0 && bench_lock_run(&s->job) == 0)
		result = n;
	leave(s);
	return result;
}

static void
add_line(struct lockbench *s, const char *name, uint64 value)
{
	size_t room = TEXT_MAX - s->text_len;
	size_t len =
	    ksnprintf(s->text + s->text_len, room, "%s %lu\n", name, value);

	s->text_len += len < room ? len : room - 1;
}

static void
make_text(struct lockbench *s)
{
	add_line(s, "acquisitions", s->job.acquisitions);
	add_line(s, "ticks", s->job.ticks);
	for (uint i = 0; i < BENCH_LOCKS; i++)
		add_line(s, bench_lock_name(i), bench_lock_guarded(i));
}

static int
lockbench_read(void **state, uint64 uaddr, int n)
{
	struct lockbench *s = enter(state);
	uint left;

	if (s == NULL)
		return -1;
	if (s->text_len == 0)
		make_text(s);
	left = s->text_len - s->text_pos;
	if (n < 0 || (uint)n > left)
		n = (int)left;
	if (n > 0 && copy_to_user(uaddr, s->text + s->text_pos, (uint64)n) < 0)
		n = -1;
	else
		s->text_pos += (uint)n;
	leave(s);
	return n;
}

static void
lockbench_release(void *state)
{
	if (state != NULL)
		kcache_free(states, state);
}

static const struct chardev lockbench_device = {
    .name = "lockbench",
    .read = lockbench_read,
    .write = lockbench_write,
    .release = lockbench_release,
};

void
lockbench_init(void)
{
	states = kcache_create("lockbench", sizeof(struct lockbench), NULL);
	bench_locks_init();
	chardev_register(MAJOR_LOCKBENCH, &lockbench_device);
}
