// Pipes, exec, and children killed wherever they are.

#include "user/stress/stress.h"

#define MOST_BYTES 9000
#define LIFETIME   (2 * TICKS_PER_SECOND) // of a victim that nobody kills

static uchar bytes[1500];

static uchar
pipe_byte(uint64 key, uint i)
{
	return (uchar)(mark(key, i / 64) >> i % 56);
}

// --- pipes ---

static void __attribute__((noreturn)) feed(int fd, uint64 key, uint n)
{
	for (uint i = 0, k; i < n; i += k) {
		k = 1 + pick(sizeof(bytes));
		if (k > n - i)
			k = n - i;
		for (uint j = 0; j < k; j++)
			bytes[j] = pipe_byte(key, i + j);
		// The reader may have been killed.
		if (write(fd, bytes, (int)k) != (int)k)
			break;
	}
	kid_exit(0);
}

static void __attribute__((noreturn)) relay(int from, int to)
{
	int n;

	while ((n = read(from, bytes, (int)(1 + pick(sizeof(bytes))))) > 0)
		if (write(to, bytes, n) != n)
			break;
	kid_exit(0);
}

// Reads to the end; returns how many bytes there were.
static uint
drain(int fd, uint64 key)
{
	uint have = 0;
	int n;

	while ((n = read(fd, bytes, (int)(1 + pick(sizeof(bytes))))) > 0) {
		for (int i = 0; i < n; i++)
			if (bytes[i] != pipe_byte(key, have + (uint)i))
				BROKEN("pipe: byte %u is %x", have + (uint)i,
				    bytes[i]);
		have += (uint)n;
	}
	return have;
}

// A child between, sometimes: then what comes out of `in` is read from *out.
static int
insert_relay(int in, int *out)
{
	int second[2], pid;

	*out = in;
	if (pick(2) || pipe(second) < 0)
		return 0;
	pid = fork_kid();
	if (pid == 0) {
		close(second[0]);
		relay(in, second[1]);
	}
	close(second[1]);
	if (pid > 0) {
		close(in);
		*out = second[0];
	} else {
		close(second[0]);
	}
	return pid > 0;
}

void
step_pipe(void)
{
	uint64 key = mix(&self.random);
	uint n = pick(MOST_BYTES), got, died;
	int ends[2], out, feeder, relays;
	bool cut = pick(4) == 0;

	if (pipe(ends) < 0) {
		tally(C_REFUSED);
		return;
	}
	feeder = fork_kid();
	if (feeder == 0) {
		close(ends[0]);
		feed(ends[1], key, n);
	}
	close(ends[1]);
	relays = insert_relay(ends[0], &out);
	if (feeder > 0 && cut && kill(feeder) == 0)
		tally(C_KILLS);
	got = drain(out, key);
	close(out);
	died = self.counts[C_DIED];
	if (feeder > 0)
		reap_kid(-1, 0);
	if (relays)
		reap_kid(-1, 0);
	// If nobody had to die of want of memory, it is all.
	if (got > n ||
	    (got < n && feeder > 0 && !cut && self.counts[C_DIED] == died))
		BROKEN("a pipe gave %u bytes of %u", got, n);
	if (cut)
		self.counts[C_DIED] = died;
	tally(C_PIPES);
}

// --- exec ---

static uint64
argument(uint64 key, uint i)
{
	return mark(key, i) % 1000000007;
}

static uint64 blank[4 * PGSIZE / sizeof(uint64)];

// The program anew: what it gets follows from its first argument.
void
fresh_process_check(int argc, char **argv)
{
	uint64 key = 0, value = 0;

	plan.seed = 0;
	parse_number(argv[0] + 1, &key);
	self.random = key;
	if (argc != (int)(2 + key % 20))
		BROKEN("exec gave %d arguments", argc);
	for (uint i = 1; i < (uint)argc; i++)
		if (parse_number(argv[i], &value) < 0 ||
		    value != argument(key, i))
			BROKEN("exec gave %s as argument %u", argv[i], i);
	for (uint i = 0; i < sizeof(blank) / sizeof(*blank); i++)
		if (blank[i] != 0)
			BROKEN("fresh data has %lx", blank[i]);
	memset(blank, 0xa5, sizeof(blank));
	exit((int)(key % 50));
}

static void __attribute__((noreturn)) become(uint64 key)
{
	static char text[22][16];
	char *argv[23] = {NULL};
	uint argc = 2 + key % 20;

	snprintf(text[0], sizeof(text[0]), "@%lu", key);
	for (uint i = 1; i < argc; i++)
		snprintf(text[i], sizeof(text[i]), "%lu", argument(key, i));
	for (uint i = 0; i < argc; i++)
		argv[i] = text[i];
	send_counts();
	exec(PROGRAM, argv);
	tally(C_REFUSED);
	kid_exit((int)(key % 50));
}

void
step_exec(void)
{
	uint64 key = 1 + pick(1000000000);
	int pid;

	// Not a status that means something else.
	key -= key % 50 == 1;
	pid = fork_kid();
	if (pid == 0)
		become(key);
	if (pid < 0)
		return;
	reap_kid(pid, (int)(key % 50));
	tally(C_EXECS);
}

// --- kill ---

// The parent keeps both ends, so that victims do not outlive it for long.
static int lifeline[2];

static void
sleep_long(void)
{
	sleep(LIFETIME);
}

static void
spin(void)
{
	int end = uptime() + LIFETIME;

	while (uptime() < end)
		for (volatile int i = 0; i < 10000; i++)
			;
}

static void
read_nothing(void)
{
	close(lifeline[1]);
	read(lifeline[0], bytes, 1);
}

static void
fill_pipe(void)
{
	close(lifeline[0]);
	while (write(lifeline[1], bytes, sizeof(bytes)) > 0)
		;
}

// Leaves init a process that ends soon.
static void
wait_for_child(void)
{
	if (fork_kid() == 0) {
		sleep(LIFETIME);
		kid_exit(0);
	}
	wait(NULL);
}

static void
roam(void)
{
	int end = uptime() + LIFETIME;

	while (uptime() < end)
		setaffinity(any_mask());
}

static void
pause_a_little(void)
{
	for (volatile uint i = pick(4) ? pick(20000) : 0; i > 0; i--)
		;
	if (pick(4) == 0)
		sleep((int)pick(3));
}

void
step_kill(void)
{
	static void (*const lives[])(void) = {
	    sleep_long, spin, read_nothing, fill_pipe, wait_for_child, roam};
	int pid, status = 0;

	if (pipe(lifeline) < 0) {
		tally(C_REFUSED);
		return;
	}
	pid = fork_kid();
	if (pid == 0) {
		lives[pick(sizeof(lives) / sizeof(*lives))]();
		kid_exit(-1);
	}
	if (pid > 0) {
		pause_a_little();
		kill(pid);
		if (wait(&status) != pid || status != -1)
			BROKEN("a killed child ended with %d", status);
		tally(C_KILLS);
	}
	close(lifeline[0]);
	close(lifeline[1]);
}
