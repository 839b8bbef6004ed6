// lockstat [command argument...]: what the kernel's locks went through while
// the command ran, or, without one, since they were last reset.  With a
// command the statistics start from zero, hold times are measured as well, and
// classes of which no lock was taken are left out.

#include "kernel/types.h"
#include "kernel/stat.h"
#include "user/lib/course.h"
#include "user/lib/lockrows.h"
#include "user/lib/run.h"

#define DEVICE "/dev/lockstat"

struct report {
	int all;  // also rows of zeros
	int rows; // printed so far
};

static void
print_row(void *to, const struct lock_row *r)
{
	struct report *report = to;

	if (r->acquisitions == 0 && !report->all)
		return;
	if (report->rows++ == 0)
		printf("%-14s %12s %10s %10s %9s %11s %9s %11s\n", "class",
		    "acquisitions", "contended", "spins", "wait_us",
		    "wait_max_us", "hold_us", "hold_max_us");
	printf("%-14s %12lu %10lu %10lu %9lu %11lu %9lu %11lu\n", r->class,
	    r->acquisitions, r->contended, r->spins, r->wait_us,
	    r->wait_max_us, r->hold_us, r->hold_max_us);
}

static int
print_rows(int all)
{
	struct report report = {.all = all};

	if (lock_rows(print_row, &report) >= 0)
		return 0;
	fprintf(2, "lockstat: cannot read " DEVICE "\n");
	return 1;
}

int
main(int argc, char **argv)
{
	int status, failed;

	if (argc < 2)
		return print_rows(1);
	if (tell_device("lockstat", DEVICE, "hold on") < 0 ||
	    tell_device("lockstat", DEVICE, "reset") < 0)
		return 1;
	status = run_program("lockstat", argv + 1);
	failed = print_rows(0);
	if (tell_device("lockstat", DEVICE, "hold off") < 0)
		failed = 1;
	return status != 0 ? status : failed;
}
