// The warden: main while the workers run.
//
// It reads the registry: who was born, what was done.  Whoever has lived for
// PATIENCE is killed, so that no sleep, no pipe and no wait holds anybody up:
// the kernel must be able to end a process in each of them.  When the minders
// are done it kills the rest, gives up its own writing end and reads on until
// the registry ends: until every process is gone that ever had it.  A process
// that cannot be killed thus holds up the end.  (A minder may die when memory
// is short; then time ends its part.)
//
//   tail <= head; births[tail..head) (mod NBIRTHS) are those to kill later, in
//   the order they were born in

#include "user/fuzz/fuzz.h"

#define PATIENCE 12 // ticks: time for hundreds of calls
#define NBIRTHS  8192
#define GRACE    30 // ticks behind the deadline; a minder may have died

static struct birth {
	int pid;
	uint tick;
} births[NBIRTHS];

static uint head, tail;
static uint now;     // ticks
static uint working; // minders
static int ticker_pid;
static bool ending; // nobody is to live on

void
send_record(enum record_kind kind, int value)
{
	struct record r = {kind, value};

	if (write(REGISTRY, &r, sizeof(r)) != sizeof(r))
		exit(1);
}

static void
end_oldest(struct totals *t)
{
	if (kill(births[tail++ % NBIRTHS].pid) == 0)
		t->killed++;
}

static void
end_old(struct totals *t)
{
	while (tail != head &&
	       (ending || now - births[tail % NBIRTHS].tick > PATIENCE))
		end_oldest(t);
}

static void
born(int pid, struct totals *t)
{
	t->processes++;
	if (head - tail == NBIRTHS)
		end_oldest(t);
	births[head++ % NBIRTHS] = (struct birth){pid, now};
	if (ending)
		end_old(t);
}

static void
end_all(struct totals *t)
{
	if (ending)
		return;
	ending = true;
	kill(ticker_pid);
	close(REGISTRY);
	end_old(t);
}

static void
obey(const struct record *r, struct totals *t)
{
	switch (r->kind) {
	case REC_BIRTH:
		born(r->value, t);
		break;
	case REC_TICK:
		now++;
		end_old(t);
		if (uptime() > plan.deadline + GRACE)
			end_all(t);
		break;
	case REC_CALLS:
		t->calls += (uint)r->value;
		break;
	case REC_CHECKS:
		t->checks += (uint)r->value;
		break;
	case REC_BROKEN:
		t->broken++;
		break;
	case REC_DONE:
		if (--working == 0)
			end_all(t);
		break;
	default:
		printf("fuzz: foreign record %x %x\n", r->kind, r->value);
		t->broken++;
	}
}

static void __attribute__((noreturn))
tick_on(void)
{
	for (;;) {
		sleep(1);
		send_record(REC_TICK, 0);
	}
}

// Keeps the slot's workers coming.
static void __attribute__((noreturn))
mind(uint slot)
{
	for (uint generation = 0; uptime() < plan.deadline; generation++) {
		int pid = fork();

		if (pid == 0) {
			send_record(REC_BIRTH, getpid());
			worker_run(slot, generation);
		}
		if (pid < 0)
			sleep(1); // too many processes, or no memory
		while (pid > 0 && wait(NULL) != pid)
			;
	}
	send_record(REC_DONE, (int)slot);
	exit(0);
}

// The table is in memory, and after fork its own again, before that can be
// short.
void
own_table(void)
{
	for (uint i = 0; i < NBIRTHS; i += PGSIZE / sizeof(births[0]) / 2)
		births[i].pid = 0;
}

// The reading end of the registry, of which the writing end is where it is to
// be in all processes to come.
static int
open_registry(void)
{
	int ends[2], fd;

	EXPECT(pipe(ends) == 0, "no pipe");
	do {
		fd = dup(ends[1]);
		EXPECT(fd >= 0, "no descriptor");
	} while (fd != REGISTRY);
	for (fd = 3; fd < REGISTRY; fd++)
		if (fd != ends[0])
			close(fd);
	return ends[0];
}

static int
start(int registry, void (*body)(uint), uint slot)
{
	int pid = must_fork();

	if (pid == 0) {
		close(registry);
		body(slot);
	}
	return pid;
}

static void
ticker(uint unused)
{
	(void)unused;
	tick_on();
}

static void
read_registry(int registry, struct totals *t)
{
	static struct record r[64];
	uint have = 0; // bytes of r
	int n;

	while ((n = read(registry, (char *)r + have, sizeof(r) - have)) > 0) {
		uint whole;

		have += (uint)n;
		whole = have / sizeof(r[0]);
		for (uint i = 0; i < whole; i++)
			obey(&r[i], t);
		have -= whole * sizeof(r[0]);
		memmove(r, r + whole, (int)have);
	}
	EXPECT(n == 0 && have == 0, "the registry cannot be read");
}

void
run_all(struct totals *t)
{
	int registry = open_registry();

	memset(t, 0, sizeof(*t));
	working = (uint)plan.workers;
	ticker_pid = start(registry, ticker, 0);
	for (uint slot = 0; slot < working; slot++)
		start(registry, mind, slot);
	own_table();
	read_registry(registry, t);
	close(registry);
	while (wait(NULL) >= 0)
		;
}
