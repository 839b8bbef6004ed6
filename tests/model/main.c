// How the harts get through the table of jobs, and the line for each:
//
//	SELF test=NAME harts=N ops=TOTAL cycles=MOST sum=ALL min_ops= max_ops=
//
// cycles: of the hart that took longest; sum: of all of them.  Without a model
// they are `-`.  A job whose memory is wrong afterwards is a line WRONG
// instead.  At the end the machine powers off, with status 1 if any was wrong.
//
// Who waits for whom: hart 0 announces a job with one software interrupt to
// each other hart, and each consumes exactly that one before it counts itself
// ready; hart 0 goes on when all are.  So no announcement is left over that a
// job could take for an interrupt of its own (ipi).  At the end of a job each
// hart counts itself done.  Whoever completes a count, if it is another than
// hart 0, wakes hart 0, which then waits already: it counts itself before.
#include "tests/model/guest.h"

void wait_ipi(unsigned long mine);

static struct word ready, done, current;
static struct hart harts[HARTS_MAX];
struct word mailbox[HARTS_MAX];
static volatile unsigned short progress = 3;
static int model;  // somebody answers markers
static int failed; // hart 0 has seen a wrong result

#define CONFIG ((const volatile unsigned long *)CONFIG_PA)

static volatile unsigned int *
clint(unsigned long hart)
{
	return (volatile unsigned int *)(CLINT_PA + 4 * hart);
}

// --- output -----------------------------------------------------------------

#define UART       ((volatile unsigned char *)UART_PA)
#define UART_READY 0x20

static void
print(const char *text)
{
	for (; *text; text++) {
		while (!(UART[5] & UART_READY)) {
		}
		UART[0] = *text;
	}
}

static void
print_number(const char *name, unsigned long number)
{
	char digits[21], *first = &digits[20];
	*first = 0;
	do {
		*--first = '0' + number % 10;
		number /= 10;
	} while (number);
	print(name);
	print(first);
}

static void
print_clock(const char *name, unsigned long number)
{
	if (model) {
		print_number(name, number);
	} else {
		print(name);
		print("-");
	}
}

static void
report(const struct job *job, unsigned long n)
{
	unsigned long ops = 0, most = 0, sum = 0, min = -1UL, max = 0;
	for (unsigned long i = 0; i < n; i++) {
		struct hart *h = &harts[i];
		ops += h->ops;
		sum += h->clock;
		most = h->clock > most ? h->clock : most;
		min = h->ops < min ? h->ops : min;
		max = h->ops > max ? h->ops : max;
	}
	unsigned long wrong = job->wrong ? job->wrong(n, ops) : 0;
	print(wrong ? "WRONG test=" : "SELF test=");
	print(job->name);
	print_number(" harts=", n);
	print_number(" ops=", ops);
	print_clock(" cycles=", most);
	print_clock(" sum=", sum);
	print_number(" min_ops=", min);
	print_number(" max_ops=", max);
	print("\n");
	failed |= wrong != 0;
}

// --- the jobs ---------------------------------------------------------------

// Counts this hart in; the one that completes the count wakes hart 0.
static void
arrive(struct word *count, unsigned long id, unsigned long n)
{
	unsigned long all =
	    __atomic_add_fetch(&count->value, 1, __ATOMIC_ACQ_REL);
	if (all == n && id != 0)
		*clint(0) = 1;
	else if (all != n && id == 0)
		wait_ipi((unsigned long)clint(0));
}

static void
take_part(const struct job *job, unsigned long id, unsigned long n)
{
	struct hart *h = &harts[id];
	int ends = !job->lost || id == 0; // a miss before it counts
	h->id = id;
	h->n = n;
	h->warm = 1;
	h->span = 0;
	arrive(&ready, id, n);
	MARK(id, MODEL_BEGIN, n);
	job->run(h);
	h->warm = 0;
	MARK(id, MODEL_BEGIN, n);
	job->run(h);
	if (ends)
		h->clock = MARK(id, MODEL_END, h->ops);
	if (h->span)
		h->clock = h->span;
	arrive(&done, id, n);
}

static void
lead(const struct job *job, unsigned long n)
{
	if (n == 0)
		return;
	current.value = (unsigned long)job;
	ready.value = 0;
	done.value = 0;
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	for (unsigned long i = 1; i < n; i++)
		*clint(i) = 1;
	take_part(job, 0, n);
	report(job, n);
}

static unsigned long
participants(const struct job *job)
{
	return CONFIG[0] - CONFIG[0] % job->together;
}

static void
follow(unsigned long id)
{
	for (;;) {
		wait_ipi((unsigned long)clint(id));
		__atomic_thread_fence(__ATOMIC_SEQ_CST);
		const struct job *job = (const struct job *)current.value;
		take_part(job, id, participants(job));
	}
}

static void
power_off(int bad)
{
	*(volatile unsigned int *)TEST_PA = bad ? 0x13333 : 0x5555;
}

// Who asks for no job gets a guest without markers.
void
guest_main(unsigned long id)
{
	if (id != 0)
		follow(id);
	unsigned long set = CONFIG[1];
	if (CONFIG[0] == 0 || CONFIG[0] > HARTS_MAX) {
		print("WRONG number of harts\n");
		power_off(1);
	}
	if (set)
		model = MARK(0, MODEL_HELLO, 0UL) == MODEL_PROTOCOL;
	if (model && MARK(0, MODEL_CLOCK, 1UL) != 0) {
		print("WRONG clock outside regions\n");
		failed = 1;
	}
	// One device that has come as far as asked, and one that is none.
	if (model && (MARK(0, MODEL_AWAIT,
	                  MODEL_PROGRESS((unsigned long)&progress, 0xffff)) ||
	                 MARK(0, MODEL_AWAIT, MODEL_PROGRESS(8UL, 1)))) {
		print("WRONG answer for a device\n");
		failed = 1;
	}
	for (unsigned long i = 0; i < n_jobs; i++) {
		if (set >> i & 1)
			lead(&jobs[i], participants(&jobs[i]));
	}
	print("END\n");
	power_off(failed);
	for (;;) {
	}
}
