// stress: fork, exec, pipes, files, heap, affinity, kill and audits, all at
// once, by many processes each of which knows what it must find.
//
//   stress [-s seed] [-t seconds | -i rounds] [-w slots] [-m] [-k] [-c]
//          [-o ticks] [slot=operations]...
//
//   -t  for so long, as the guest's clock counts (10)
//   -i  or so many generations of workers in each slot
//   -w  slots that have a worker at a time; with 0 there are only audits
//   -m  some take all memory; others then fail, and may die, of it
//   -k  the files stay: the next run with the same seed and slots, and with
//       -k or -c, goes on with them, also if the power was cut in this one
//   -c  only checks the files that such runs have left, and removes them
//   slot=operations  so much a sync in such a run has put on the disk; it says
//       so by <synced slot operations>
//   -o  ends by switching the power off, in the midst of it all
//
// What a worker chooses follows from seed, slot and generation; what the
// others do meanwhile, from chance.  The last line is `STRESS OK ...`, with
// what was done, or `STRESS FAILED`.

#include "user/stress/stress.h"
#include "user/lib/run.h"

// A worker waits most of the time, for children or for the disk.
#define DEFAULT_SLOTS (4 + (uint64)nharts() / 2)

#define SAY_EVERY (10 * TICKS_PER_SECOND)

struct plan plan;
struct self self;

static uint64 totals[NCOUNTS];

static const char *const count_names[NCOUNTS] = {
    [C_STEPS] = "steps",
    [C_FORKS] = "forks",
    [C_EXECS] = "execs",
    [C_PIPES] = "pipes",
    [C_FILES] = "files",
    [C_READS] = "reads",
    [C_HEAPS] = "heaps",
    [C_MOVES] = "moves",
    [C_SYNCS] = "syncs",
    [C_KILLS] = "kills",
    [C_AUDITS] = "audits",
    [C_REFUSED] = "refused",
    [C_DIED] = "died",
    [C_RESUMED] = "resumed",
    [C_BROKEN] = "broken",
};

static void __attribute__((noreturn)) usage(void)
{
	fprintf(2, "usage: stress [-s seed] [-t seconds | -i rounds] "
	           "[-w slots] [-m] [-k] [-c] [-o ticks] "
	           "[slot=operations]...\n");
	exit(2);
}

static bool *
flag_of(const char *option)
{
	if (strcmp(option, "-m") == 0)
		return &plan.hungry;
	if (strcmp(option, "-k") == 0)
		return &plan.keep;
	if (strcmp(option, "-c") == 0)
		return &plan.only_check;
	return NULL;
}

static uint64 *
number_of(const char *option)
{
	if (strcmp(option, "-s") == 0)
		return &plan.seed;
	if (strcmp(option, "-t") == 0)
		return &plan.seconds;
	if (strcmp(option, "-i") == 0)
		return &plan.rounds;
	if (strcmp(option, "-w") == 0)
		return &plan.slots;
	if (strcmp(option, "-o") == 0)
		return &plan.power_off;
	return NULL;
}

// slot=operations
static bool
take_synced(char *text)
{
	char *number = strchr(text, '=');
	uint64 slot;

	if (number == NULL)
		return false;
	*number++ = 0;
	return parse_number(text, &slot) == 0 && slot < MAX_SLOTS &&
	       parse_number(number, &plan.synced[slot]) == 0;
}

static void
parse(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		bool *flag = flag_of(argv[i]);
		uint64 *number = number_of(argv[i]);

		if (flag != NULL)
			*flag = true;
		else if (take_synced(argv[i]))
			continue;
		else if (number == NULL || ++i == argc ||
		         parse_number(argv[i], number) < 0)
			usage();
	}
	if (plan.slots > MAX_SLOTS || plan.seconds > 1000000 ||
	    plan.power_off > 10000000)
		usage();
}

// The reading end of the registry.
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

static void
run_auditor(uint unused)
{
	(void)unused;
	audit_on();
}

static void
start(int registry, void (*body)(uint), uint slot)
{
	if (must_fork() != 0)
		return;
	close(registry);
	body(slot);
}

// Once in a while a line, so that who watches sees it live.
static void
say_progress(void)
{
	static int next;

	if (uptime() < next)
		return;
	next = uptime() + SAY_EVERY;
	printf("stress: %lu steps, %lu killed\n", totals[C_STEPS],
	    totals[C_KILLS]);
}

static void
take(const struct record *r)
{
	EXPECT(r->kind >= 0 && r->kind < NCOUNTS, "foreign record %x %x",
	    r->kind, r->value);
	totals[r->kind] += (uint)r->value;
	say_progress();
	if (plan.power_off != 0 && uptime() >= plan.deadline)
		poweroff(0);
}

// Until everybody is gone who could write.
static void
read_registry(int registry)
{
	static struct record r[64];
	uint have = 0; // bytes of r
	int n;

	while ((n = read(registry, (char *)r + have, sizeof(r) - have)) > 0) {
		uint whole;

		have += (uint)n;
		whole = have / sizeof(r[0]);
		for (uint i = 0; i < whole; i++)
			take(&r[i]);
		have -= whole * sizeof(r[0]);
		memmove(r, r + whole, (int)have);
	}
	EXPECT(n == 0 && have == 0, "the registry cannot be read");
}

static void
check_slot(uint slot)
{
	self.slot = slot;
	files_start();
	if (!plan.keep)
		files_remove();
	kid_exit(0);
}

static void
check_common(uint unused)
{
	(void)unused;
	common_check();
	if (!plan.keep)
		common_remove();
	kid_exit(0);
}

// Workers and then a last look at what they have left, or the look alone.
static void
run_all(void)
{
	int registry = open_registry();

	start(registry, run_auditor, 0);
	for (uint slot = 0; slot < plan.slots; slot++)
		start(registry, mind, slot);
	close(REGISTRY);
	read_registry(registry);
	close(registry);
	while (wait(NULL) >= 0)
		;
}

static void
check_all(void)
{
	int registry = open_registry();

	plan.rounds = 1; // time does not end this
	for (uint slot = 0; slot < plan.slots; slot++)
		start(registry, check_slot, slot);
	start(registry, check_common, 0);
	close(REGISTRY);
	read_registry(registry);
	close(registry);
	while (wait(NULL) >= 0)
		;
}

static int
report(bool failed)
{
	printf("STRESS %s seed=%lu slots=%lu", failed ? "FAILED" : "OK",
	    plan.seed, plan.slots);
	for (int c = 0; c < NCOUNTS; c++)
		printf(" %s=%lu", count_names[c], totals[c]);
	printf("\n");
	return failed;
}

int
main(int argc, char **argv)
{
	bool failed;

	if (argc > 0 && argv[0][0] == '@')
		fresh_process_check(argc, argv);
	plan.seed = 1;
	plan.seconds = 10;
	plan.slots = DEFAULT_SLOTS > MAX_SLOTS ? MAX_SLOTS : DEFAULT_SLOTS;
	parse(argc, argv);
	mkdir(SCRATCH);
	mkdir(COMMON);
	EXPECT(chdir(COMMON) == 0 && chdir("/") == 0, "cannot use " SCRATCH);
	plan.deadline =
	    uptime() + (plan.power_off ? (int)plan.power_off
	                               : (int)plan.seconds * TICKS_PER_SECOND);
	printf("stress: seed %lu, %lu slots, %d harts\n", plan.seed,
	    plan.slots, nharts());
	if (!plan.only_check)
		run_all();
	check_all();
	if (!plan.keep)
		unlink(SCRATCH);
	failed = totals[C_BROKEN] > 0 ||
	         tell_device("stress", "/dev/memstat", "audit") < 0;
	return report(failed);
}
