// usertests: does every system call do what it says, also when it is misused?
//
// usage: usertests [-q] [-c | -C | -n TIMES] [case...]
//        usertests -l
//
//   -q  quick cases only      -c  repeat until one fails
//   -l  list the names        -C  repeat for ever
//   -n  repeat so many times, or until one fails
//
// Each case runs in a process of its own, next to a watchdog that kills it if
// it hangs, and must give back the memory that it took, as must all together.
#include "user/usertests/cases.h"

static const struct usertest *const tables[] = {
    pointer_tests,
    path_tests,
    heap_tests,
    lazy_tests,
    fault_tests,
    file_tests,
    inode_tests,
    dir_tests,
    crowd_tests,
    fd_tests,
    pipe_tests,
    family_tests,
    kill_tests,
    exec_tests,
    program_tests,
    sched_tests,
    hart_tests,
    limit_tests,
};

#define NTABLES (sizeof(tables) / sizeof(tables[0]))

// Ticks of 100 ms: for what hangs.  An idle host takes a hundredth of it.
#define PATIENCE      9000
#define PATIENCE_SLOW 90000

// More bytes than are free on most machines.
#define MORE_THAN_ALL 0x7ffff000

// Pages that a case may seem to lose, and all cases together.  Caches that are
// empty keep a few pages, and objects that stay may spread over more slabs.
// Where there is so much memory that caches need not shrink, they may grow by
// the whole default disk, the stacks of all processes there can be, and more.
#define SLACK             12
#define SLACK_BIG_MACHINE 4096

// Runs the case once the watchdog says go: while that is being forked, and
// copies what it writes to, it takes pages, and some cases count those.
static void __attribute__((noreturn))
be_case(const struct usertest *t, const int go[2])
{
	char c;

	close(go[1]);
	read(go[0], &c, 1);
	close(go[0]);
	t->run();
	exit(0);
}

// Says go when it needs no memory any more: it has descriptors of its own, and
// its stack, and sleeps.
static void __attribute__((noreturn))
be_watchdog(const struct usertest *t, int pid, const int go[2])
{
	close(go[0]);
	write(go[1], "", 1);
	close(go[1]);
	sleep(t->traits & SLOW ? PATIENCE_SLOW : PATIENCE);
	printf("no end in sight, ");
	kill(pid);
	exit(0);
}

// Runs the case and its watchdog; returns 1 if it passed.
static int
run_once(const struct usertest *t)
{
	int status = -99, dog_status, got, pid, dog, done = 0, go[2];

	EXPECT(pipe(go) == 0, "no pipe");
	pid = must_fork();
	if (pid == 0)
		be_case(t, go);
	dog = must_fork();
	if (dog == 0)
		be_watchdog(t, pid, go);
	close(go[0]);
	close(go[1]);
	while (!done) {
		int s = -99;

		got = wait(&s);
		EXPECT(got == pid || got == dog, "wait gave %d", got);
		if (got == pid) {
			status = s;
			done = 1;
		} else {
			dog = -1;
		}
	}
	if (dog > 0) {
		kill(dog);
		dog_status = reap(dog);
		EXPECT(dog_status == -1 || dog_status == 0,
		    "the watchdog's status is %d", dog_status);
	}
	return status == 0;
}

// Free pages when the kernel's caches are as small as they get.
static long
pages_without_caches(void)
{
	empty_caches();
	return free_pages();
}

// How many pages less than before is none to speak of.
static long
slack(long before)
{
	return before < MORE_THAN_ALL / PGSIZE ? SLACK : SLACK_BIG_MACHINE;
}

// Free pages once processes that have just ended have given theirs back.
static long
settled_pages(long before)
{
	long now = pages_without_caches();

	for (int i = 0; i < 20 && now < before - slack(before); i++) {
		sleep(1);
		now = pages_without_caches();
	}
	return now;
}

static struct {
	int harts, pages;
} told; // by the kernel

// What a case would need that this kernel does not have; NULL if nothing.
static const char *
lacking(const struct usertest *t)
{
	if (t->traits & NEEDS_HARTS && !told.harts)
		return "calls on harts";
	if (t->traits & NEEDS_PAGES && !told.pages)
		return "/dev/memstat";
	return 0;
}

static void
ask_kernel(void)
{
	told.harts = nharts() > 0;
	told.pages = tells_pages();
	if (!told.pages)
		printf("usertests: no /dev/memstat: lost pages cannot be "
		       "checked\n");
	if (!told.harts)
		printf("usertests: no calls on harts: harts cannot be "
		       "checked\n");
}

// Prints the verdict; returns 1 if the case passed, or cannot be tried.
static int
run_case(const struct usertest *t)
{
	long before, after;

	printf("test %s: ", t->name);
	if (lacking(t)) {
		printf("cannot be checked without %s\n", lacking(t));
		return 1;
	}
	before = pages_without_caches();
	if (!run_once(t)) {
		printf("FAILED\n");
		return 0;
	}
	after = settled_pages(before);
	if (after < before - slack(before)) {
		printf("FAILED -- lost some free pages %ld (out of %ld)\n",
		    after, before);
		return 0;
	}
	printf("OK\n");
	return 1;
}

struct options {
	int quick;
	int repeat;   // 1 until a case fails, 2 for ever
	uint64 times; // 0, or repeat only so often
	char **names;
	int nnames;
};

static int
wanted(const struct usertest *t, const struct options *o)
{
	for (int i = 0; i < o->nnames; i++)
		if (strcmp(t->name, o->names[i]) == 0)
			return 1;
	return o->nnames == 0 && !(o->quick && t->traits & SLOW);
}

// Runs what is wanted; returns the number of failures, or -1 if no case has
// such a name.
static int
run_all(const struct options *o)
{
	long before = pages_without_caches(), after;
	int ran = 0, failed = 0;

	for (uint i = 0; i < NTABLES; i++)
		for (const struct usertest *t = tables[i]; t->name; t++) {
			if (!wanted(t, o))
				continue;
			ran++;
			if (!run_case(t))
				failed++;
		}
	after = settled_pages(before);
	if (after < before - slack(before)) {
		printf("lost some free pages %ld (out of %ld) in all\n", after,
		    before);
		failed++;
	}
	return ran > 0 ? failed : -1;
}

static void
list_names(void)
{
	for (uint i = 0; i < NTABLES; i++)
		for (const struct usertest *t = tables[i]; t->name; t++)
			printf("%s%s\n", t->name, t->traits & SLOW ? " (slow)" : "");
	exit(0);
}

static void
usage(void)
{
	fprintf(2, "usage: usertests [-q] [-c | -C | -n TIMES] "
	           "[case...]\n       usertests -l\n");
	exit(1);
}

static void
parse(int argc, char **argv, struct options *o)
{
	int i = 1;

	memset(o, 0, sizeof(*o));
	for (; i < argc && argv[i][0] == '-'; i++) {
		if (strcmp(argv[i], "-q") == 0)
			o->quick = 1;
		else if (strcmp(argv[i], "-c") == 0)
			o->repeat = 1;
		else if (strcmp(argv[i], "-C") == 0)
			o->repeat = 2;
		else if (strcmp(argv[i], "-n") == 0 && i + 1 < argc &&
		    parse_number(argv[i + 1], &o->times) == 0)
			o->repeat = 1, i++;
		else if (strcmp(argv[i], "-l") == 0)
			list_names();
		else
			usage();
	}
	o->names = argv + i;
	o->nnames = argc - i;
}

// Whether another round is due.
static int
again(const struct options *o, uint64 rounds, int failed)
{
	if (o->times > 0 && rounds >= o->times)
		return 0;
	return o->repeat == 2 || (o->repeat == 1 && failed == 0);
}

int
main(int argc, char **argv)
{
	struct options o;
	uint64 rounds = 0;
	int failed;

	if (argc > 1 && argv[1][0] == '@')
		exec_target(argc, argv);
	parse(argc, argv, &o);
	printf("usertests starting\n");
	ask_kernel();
	do {
		failed = run_all(&o);
		if (failed < 0) {
			fprintf(2, "usertests: no such case\n");
			exit(1);
		}
		printf(failed ? "SOME TESTS FAILED\n" : "ALL TESTS PASSED\n");
		rounds++;
	} while (again(&o, rounds, failed));
	if (rounds == o.times && failed == 0)
		printf("ALL TESTS PASSED, %lu times\n", rounds);
	exit(failed ? 1 : 0);
}
