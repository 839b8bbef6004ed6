// cowtest: does fork copy on write, correctly and no more than needed?
//
// usage: cowtest [case...]
//
// Every case runs in a process of its own and prints `name: ok`.  The first
// failure ends the run with status 1.  The first seven lines are the course's
// tests; the others are Drove's own, and many of these compare the kernel's
// counters exactly, which needs that nothing else runs meanwhile.
#include "user/cowtest/cases.h"

enum policy policy;

static const struct cow_case *const tables[] = {
    course_cases,
    count_cases,
    restart_cases,
    ucopy_cases,
    sharing_cases,
};

static enum policy
find_policy(void)
{
	char name[16];

	EXPECT(variant_name(name, sizeof(name)) >= 0, "no variant name");
	if (strcmp(name, "eager") == 0)
		return COPY_AT_FORK;
	if (strcmp(name, "baseline") == 0)
		return COPY_ALWAYS;
	return COPY_UNLESS_SOLE;
}

// The case begins when this process has nothing to do but wait for it.
static void
run_case(const struct cow_case *c)
{
	struct baton start;
	int pid, status;

	baton_new(&start);
	pid = must_fork();
	if (pid == 0) {
		baton_take(&start);
		baton_drop(&start);
		c->run();
		exit(0);
	}
	settle();
	baton_pass(&start);
	status = reap(pid);
	baton_drop(&start);
	if (status == SKIPPED) {
		printf("%s: skipped\n", c->name);
		return;
	}
	if (status != 0) {
		printf("%s: failed, status %d\n", c->name, status);
		exit(1);
	}
	printf("%s: ok\n", c->name);
}

static int
wanted(const char *name, int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (strcmp(name, argv[i]) == 0)
			return 1;
	return argc < 2;
}

int
main(int argc, char **argv)
{
	int ran = 0;

	policy = find_policy();
	sleep(1); // whoever started us goes to sleep
	for (uint t = 0; t < sizeof(tables) / sizeof(tables[0]); t++) {
		const struct cow_case *c = tables[t];

		for (; c->name; c++) {
			if (!wanted(c->name, argc, argv))
				continue;
			run_case(c);
			ran++;
		}
	}
	if (ran == 0) {
		fprintf(2, "cowtest: no such case\n");
		exit(1);
	}
	if (argc < 2)
		printf("ALL COW TESTS PASSED\n");
	exit(0);
}
