// What the host's fuzzers share: chance, fields, recipes, and giving up.
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

static uint64_t random_state;

// SplitMix64 (Steele, Lea and Flood, 2014).
static uint64_t
next_random(void)
{
	uint64_t z = random_state += 0x9e3779b97f4a7c15ul;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ul;
	z = (z ^ z >> 27) * 0x94d049bb133111ebul;
	return z ^ z >> 31;
}

// A number in [0, n).
static unsigned
pick(unsigned n)
{
	return (unsigned)(next_random() >> 33) % n;
}

static void __attribute__((noreturn))
die(const char *what, const char *about)
{
	fprintf(stderr, "%s: %s\n", what, about);
	exit(2);
}

// A number in what is damaged.
struct field {
	const char *name;
	size_t at;      // offset in its structure
	unsigned width; // bytes
};

static const struct field *
find_field(const struct field *list, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i].name, name) == 0)
			return &list[i];
	die("no such field", name);
}

// Makes every edit of a recipe: a line each, without its end.
static void
apply(const char *recipe, void (*obey)(const char *line))
{
	char line[256];
	FILE *f = fopen(recipe, "r");

	if (f == NULL)
		die("cannot read", recipe);
	while (fgets(line, sizeof(line), f) != NULL) {
		line[strcspn(line, "\n")] = 0;
		obey(line);
	}
	fclose(f);
}

#endif
