// Quantities measured in samples.

#include "kernel/types.h"
#include "user/lib/course.h"
#include "user/lib/bench.h"
#include "user/lib/bench_latency.h"
#include "user/lib/bench_samples.h"

#define KEY_SIZE 24

// More samples than this tell nothing new about a median.
#define MAX_SAMPLES 256

// forklat has 8 of fixed kinds, and 3 for each of at most 8 sizes.
#define MAX_QUANTITIES 40

static struct quantity {
	char key[KEY_SIZE];
	struct bench_spread ns;
	uint64 instructions; // median
	uint64 cycles;       // median
	uint64 samples;
} quantities[MAX_QUANTITIES];

static uint count;
static int with_instructions, with_cycles;

static int
in_us(const struct quantity *q)
{
	for (const char *s = q->key; *s != 0; s++) {
		if (strncmp(s, "_us", 3) == 0)
			return 1;
	}
	return 0;
}

// A time in the quantity's unit as text.
static const char *
text_of(const struct quantity *q, uint64 ns, char *text, uint size)
{
	if (in_us(q))
		snprintf(text, size, "%lu.%lu", ns / 1000, ns % 1000 / 100);
	else
		snprintf(text, size, "%lu", ns);
	return text;
}

static void
print_line(const struct quantity *q)
{
	char median[24], min[24], max[24];

	text_of(q, q->ns.median, median, sizeof(median));
	text_of(q, q->ns.min, min, sizeof(min));
	text_of(q, q->ns.max, max, sizeof(max));
	printf(
	    "%-22s %12s %12s %12s %8lu", q->key, median, min, max, q->samples);
	if (with_instructions)
		printf(" %12lu", q->instructions);
	printf("\n");
}

static int
enough(uint64 n, uint64 since)
{
	if (n == MAX_SAMPLES)
		return 1;
	if (bench.iterations)
		return n >= bench.iterations;
	return n >= 3 && r_time() - since >= bench.millis * bench.hz / 1000;
}

void
latency_begin(void)
{
	with_instructions = bench_counts_instructions();
	with_cycles = bench_modelled();
	printf("%-22s %12s %12s %12s %8s%s\n", "quantity", "median", "min",
	    "max", "samples", with_instructions ? " instructions" : "");
}

void
latency_measure(const char *key, void (*sample)(struct span *s))
{
	static uint64 ns[MAX_SAMPLES], instructions[MAX_SAMPLES],
	    cycles[MAX_SAMPLES];
	struct quantity *q = &quantities[count++];
	uint64 n = 0, since;
	struct span s;

	if (count > MAX_QUANTITIES)
		bench_die("more quantities than there is room for");
	snprintf(q->key, sizeof(q->key), "%s", key);
	sample(&s);
	since = r_time();
	do {
		sample(&s);
		ns[n] = bench_ns(s.ticks) / s.ops;
		instructions[n] = s.instructions / s.ops;
		cycles[n++] = s.cycles / s.ops;
	} while (!enough(n, since));
	q->samples = n;
	q->ns = bench_spread_of(ns, n);
	q->instructions = bench_spread_of(instructions, n).median;
	q->cycles = bench_spread_of(cycles, n).median;
	print_line(q);
}

void
latency_print(void)
{
	char text[24];

	for (uint i = 0; i < count; i++) {
		struct quantity *q = &quantities[i];

		printf(" %s=%s", q->key,
		    text_of(q, q->ns.median, text, sizeof(text)));
		if (with_instructions)
			printf(" %s_instr=%lu", q->key, q->instructions);
		if (with_cycles)
			printf(" %s_cycles=%lu", q->key, q->cycles);
	}
}
