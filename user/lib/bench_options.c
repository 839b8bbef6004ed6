// The arguments of a benchmark, from a table of its options, and the lines
// that are made of the same table: usage, parameters, the head of RESULT.

#include "kernel/types.h"
#include "user/lib/course.h"
#include "user/lib/bench.h"

static struct bench_option *options;
static uint count;

void
bench_usage(void)
{
	fprintf(2, "usage: %s", bench.name);
	for (uint i = 0; i < count; i++) {
		if (options[i].most == 0)
			fprintf(2, " [-%c]", options[i].letter);
		else
			fprintf(
			    2, " [-%c %s]", options[i].letter, options[i].key);
	}
	fprintf(2, " [-t seconds | -i iterations]\n");
	exit(1);
}

static uint64
number_between(const char *text, uint64 least, uint64 most)
{
	uint64 value;

	if (text == 0 || parse_number(text, &value) < 0 || value < least ||
	    value > most)
		bench_usage();
	return value;
}

// "2", "0.5" or "1.125" seconds, up to an hour; cuts text at the point.
static uint64
parse_millis(char *text)
{
	static const uint unit[] = {1000, 100, 10, 1}; // by digits behind it
	uint64 whole, part = 0;
	char *point = text ? strchr(text, '.') : 0;

	if (point) {
		uint digits = strlen(point + 1);
		if (digits > 3)
			bench_usage();
		part = number_between(point + 1, 0, 999) * unit[digits];
		*point = 0;
	}
	whole = number_between(text, 0, 3600);
	if (whole + part == 0)
		bench_usage();
	return whole * 1000 + part;
}

static void
obey(char letter, char ***arg)
{
	for (uint i = 0; i < count; i++) {
		struct bench_option *o = &options[i];

		if (o->letter != letter)
			continue;
		o->given = 1;
		if (o->most == 0)
			*o->value = 1;
		else
			*o->value = number_between(*++*arg, o->least, o->most);
		return;
	}
	bench_usage();
}

static void
parse(char **arg)
{
	int timed = 0;

	while (*++arg) {
		char letter = (*arg)[0] == '-' ? (*arg)[1] : 0;

		if (letter == 0 || (*arg)[2] != 0)
			bench_usage();
		if (letter == 'i') {
			bench.iterations = number_between(*++arg, 1, 1U << 31);
		} else if (letter == 't') {
			bench.millis = parse_millis(*++arg);
			timed = 1;
		} else {
			obey(letter, &arg);
		}
		if (*arg == 0)
			bench_usage();
	}
	if (timed && bench.iterations)
		bench_usage();
}

void
bench_begin(char **argv, struct bench_option *table, uint n)
{
	bench.name = argv[0];
	for (const char *s = argv[0]; *s != 0; s++) {
		if (*s == '/')
			bench.name = s + 1;
	}
	bench.harts = nharts();
	bench.hz = time_hz();
	if (variant_name(bench.variant, sizeof(bench.variant)) < 0)
		bench_die("cannot read /dev/memstat");
	options = table;
	count = n;
	parse(argv);
}

void
bench_print_setup(void)
{
	printf("%s: variant %s, %lu harts\n", bench.name, bench.variant,
	    bench.harts);
	for (uint i = 0; i < count; i++) {
		if (options[i].most > 0)
			printf("%s %lu, ", options[i].key, *options[i].value);
		else if (*options[i].value)
			printf("%s, ", options[i].key);
	}
	if (bench.iterations)
		printf("%lu iterations\n", bench.iterations);
	else
		printf("%lu.%03lu seconds\n", bench.millis / 1000,
		    bench.millis % 1000);
}

void
bench_result(void)
{
	printf("RESULT bench=%s variant=%s harts=%lu", bench.name,
	    bench.variant, bench.harts);
	for (uint i = 0; i < count; i++)
		printf(" %s=%lu", options[i].key, *options[i].value);
}
