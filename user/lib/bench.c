// What every benchmark has.

#include "kernel/types.h"
#include "kernel/riscv.h"
#include "user/lib/course.h"
#include "user/lib/bench.h"

struct bench bench = {.name = "bench", .millis = 2000};

void
bench_die(const char *what)
{
	fprintf(2, "%s: %s\n", bench.name, what);
	exit(1);
}

void
bench_read(int fd, void *to, int n, const char *what)
{
	int got;

	for (; n > 0; n -= got, to = (char *)to + got) {
		got = read(fd, to, n);
		if (got <= 0)
			bench_die(what);
	}
}

void
bench_write(int fd, const void *from, int n, const char *what)
{
	if (write(fd, from, n) != n)
		bench_die(what);
}

void
bench_reap(int pid, const char *what)
{
	int status = -1;

	if (wait(&status) != pid)
		bench_die("wait returned another process");
	if (status != 0)
		bench_die(what);
}

// The product fits for spans of hours.
uint64
bench_ns(uint64 ticks)
{
	return ticks * (1000000000 / bench.hz);
}

// Tenths of events in a second.  Whole events first, then their remainder:
// both products stay below 2^64 for 2^32 events.
static uint64
rate_tenths(uint64 n, uint64 ticks)
{
	uint64 scaled = n * bench.hz;

	if (ticks == 0)
		ticks = 1;
	if (n >= 1UL << 32) // then ticks are many too
		return n / (ticks * 10 / bench.hz + 1) * 100;
	return scaled / ticks * 10 + scaled % ticks * 10 / ticks;
}

void
bench_print_rate(uint64 n, uint64 ticks)
{
	uint64 tenths = rate_tenths(n, ticks);

	printf("%lu.%lu", tenths / 10, tenths % 10);
}

void
bench_print_seconds(uint64 ticks)
{
	uint64 millis = ticks * 1000 / bench.hz;

	printf("%lu.%03lu", millis / 1000, millis % 1000);
}

int
bench_counts_instructions(void)
{
	if (bench.harts > 1)
		return 0;
	for (int i = 0; i < 3; i++) {
		uint64 before = r_instret(), turns = 1000, counted;

		__asm__ volatile("1: addi %0, %0, -1; bnez %0, 1b"
		                 : "+r"(turns));
		counted = r_instret() - before;
		if (counted >= 2000 && counted <= 2010)
			return 1;
	}
	return 0;
}
