// fuzz [-m] [-s seed] [-t seconds] [-p processes]: does the kernel survive,
// and keep to itself what is not the caller's, whatever programs do?
//
//   -m  with some processes that take all memory; others then die of it
//
// Workers make every system call but poweroff and reboot with random and boundary
// arguments, and do what the processor forbids.  Between that, canaries: fresh
// memory reads zero, pipes and files give what was written, a call changes no
// register but its result, nothing writes to program text.  Afterwards no
// page, inode or disk block may be missing and the kernel's audit must be
// clean.
//
// What a worker does follows from the seed, its slot and its generation (how
// many workers the slot has had); what the others do meanwhile, from chance.
//
// The last line is `FUZZ OK ...`, with what was done, or `FUZZ FAILED`.

#include "user/fuzz/fuzz.h"

struct plan plan;
struct self self;

#define TICKS_PER_SECOND 10
#define MAX_WORKERS      64

// At any time most processes wait: in a sleep, for a pipe or for a child that
// the warden will end.  It takes this many to keep a hart busy; many more mostly
// queue for the file system's log.
#define DEFAULT_WORKERS (16 + (uint64)nharts())

static void __attribute__((noreturn))
usage(void)
{
	fprintf(2, "usage: fuzz [-m] [-s seed] [-t seconds] [-p processes]\n");
	exit(2);
}

static void
parse(int argc, char **argv)
{
	for (int i = 1; i < argc; i += 2) {
		uint64 *to = NULL;

		if (strcmp(argv[i], "-m") == 0) {
			plan.hungry = true;
			i--;
			continue;
		}
		if (strcmp(argv[i], "-s") == 0)
			to = &plan.seed;
		else if (strcmp(argv[i], "-t") == 0)
			to = &plan.seconds;
		else if (strcmp(argv[i], "-p") == 0)
			to = &plan.workers;
		if (to == NULL || i + 1 == argc ||
		    parse_number(argv[i + 1], to) < 0)
			usage();
	}
	if (plan.workers < 1 || plan.workers > MAX_WORKERS ||
	    plan.seconds > 1000000)
		usage();
}

// The file keeps the workers from removing the directory.
static void
enter_scratch(void)
{
	mkdir(SCRATCH);
	close(open(SCRATCH "/keep", O_CREATE | O_RDWR));
	if (chdir(SCRATCH) < 0) {
		fprintf(2, "fuzz: cannot use " SCRATCH "\n");
		exit(1);
	}
}

static void
report(const struct totals *t)
{
	printf("FUZZ OK seed=%lu processes=%lu killed=%lu calls=%lu "
	       "checks=%lu\n",
	    plan.seed, t->processes, t->killed, t->calls, t->checks);
}

int
main(int argc, char **argv)
{
	struct account before, after;
	struct totals t;
	bool failed;

	if (argc > 1 && argv[1][0] == '@')
		fresh_process_check(argc, argv);
	plan.seed = r_time();
	plan.seconds = 10;
	plan.workers = DEFAULT_WORKERS;
	if (plan.workers > MAX_WORKERS)
		plan.workers = MAX_WORKERS;
	parse(argc, argv);
	printf("fuzz: seed %lu, %lu s, %lu processes, %d harts\n", plan.seed,
	    plan.seconds, plan.workers, nharts());
	// What this process itself needs comes before what counts.
	remember_names();
	own_table();
	account_take(&before);
	enter_scratch();
	plan.deadline = uptime() + (int)plan.seconds * TICKS_PER_SECOND;
	run_all(&t);
	failed = t.broken > 0 || t.calls == 0;
	failed |= clean_up() != 0;
	failed |= account_compare(&before, &after) != 0;
	failed |= audit() != 0;
	if (failed)
		printf("FUZZ FAILED seed=%lu\n", plan.seed);
	else
		report(&t);
	return failed;
}
