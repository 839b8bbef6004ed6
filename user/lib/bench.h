// What every benchmark has: a name, a clock, options, parameters that it
// prints first, and a RESULT line that it prints last.  Programs have no
// floating point: rates and shares are integer arithmetic.
//
// The rest is by subject: bench_team.h runs workers and measures them,
// bench_latency.h measures one process, bench_counters.h reads what the kernel
// counted, bench_samples.h sums samples up, bench_room.h says how much memory
// a benchmark may take.
#ifndef LIB_BENCH_H
#define LIB_BENCH_H

#include "kernel/types.h"
#include "user/drove.h"

struct bench {
	const char *name; // of the program
	char variant[32]; // of the kernel
	uint64 harts;
	uint64 hz;         // ticks of the time CSR in a second
	uint64 iterations; // -i; 0: by time
	uint64 millis;     // -t; a benchmark sets its default beforehand
};

extern struct bench bench;

// An option with a number, or, if most is 0, a flag.  Its key names it in the
// usage line, among the parameters and in RESULT.
struct bench_option {
	char letter;
	const char *key;
	uint64 *value; // holds the default
	uint64 least, most;
	int given;
};

#define BENCH_OPTIONS 8 // at most

// Fills bench and obeys the arguments: the options given, which the library
// keeps, and -t seconds or -i iterations.  Wrong ones end the program.
void bench_begin(char **argv, struct bench_option *options, uint n);

// Ends the program after one line about why it cannot be run like that.
void bench_usage(void) __attribute__((noreturn));

// The first two lines of output: variant and harts, and the parameters as
// they are by now.
void bench_print_setup(void);

// Ends the process with status 1 after a message.
void bench_die(const char *what) __attribute__((noreturn));

// Reads or writes all of n bytes, or dies.
void bench_read(int fd, void *to, int n, const char *what);
void bench_write(int fd, const void *from, int n, const char *what);

uint64 bench_ns(uint64 ticks);

// "RESULT bench=... variant=... harts=..." and the options, no newline.
void bench_result(void);

// Prints n events in so many ticks as a rate per second with one decimal.
void bench_print_rate(uint64 n, uint64 ticks);

// Prints ticks as seconds with three decimals.
void bench_print_seconds(uint64 ticks);

// Waits for the process pid, the only child, which must exit with 0; dies of
// what if it does not.
void bench_reap(int pid, const char *what);

// True if the instret CSR counts instructions, and this hart's alone.  QEMU
// returns host time there, or, with -icount shift=0, the instructions of all
// harts together: with one hart they are right.
int bench_counts_instructions(void);

#endif
