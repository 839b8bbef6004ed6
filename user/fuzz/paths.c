// Paths, most of them of a few short names, so that processes meet; some too
// long, without an end, or not in memory at all.
//
// The programs and files of the disk are never named where a call could change
// them.

#include "user/fuzz/fuzz.h"

#define BUFFER 2048

static const char *const names[] = {"a", "b", "c", "d", "e", "f", ".", "..",
    "fourteen-bytes", "fifteen--bytes-", "", "\x01\xff\x7f ", "a"};

// That calls which change names may have.
static const char *const places[] = {"/dev", "/", ".", "..", SCRATCH, "/dev/",
    "/dev/null/a", "", "//..//../dev//..//dev/."};

// That may be opened and written to.
static const char *const devices[] = {"/dev/memstat", "/dev/lockstat",
    "/dev/null", "/dev/lockbench", "/statistics", "//dev//..//dev//memstat"};

static const char *const files[] = {
    "/README", "/echo", PROGRAM, "/cat", "/console"};

// That may run with anybody's descriptors and end by themselves, or wait.
static const char *const programs[] = {
    "/echo", "/cat", "/wc", "/ls", "/README", "/dev", "/dev/null", "/"};

#define ONE_OF(list) list[pick(sizeof(list) / sizeof(*(list)))]

// The kernel only reads them.  A call takes two paths at most.
static char buffers[2][BUFFER];
static char *buffer = buffers[0];

static void
add(uint *at, const char *s)
{
	while (*s && *at + 1 < BUFFER)
		buffer[(*at)++] = *s++;
	buffer[*at] = 0;
}

// n names with slashes between and perhaps around.
static void
compose(uint n)
{
	uint at = 0;

	buffer[0] = 0;
	if (pick(8) == 0)
		add(&at, "/" SCRATCH "/");
	for (uint i = 0; i < n; i++) {
		if (i > 0)
			add(&at, pick(16) == 0 ? "//" : "/");
		add(&at, ONE_OF(names));
	}
	if (pick(16) == 0)
		add(&at, "/");
}

// A path of exactly n bytes that leads nowhere else than "." or "a" does.
static void
compose_long(uint n)
{
	for (uint i = 0; i < n; i++)
		buffer[i] = i % 2 == 0 ? '.' : '/';
	buffer[n] = 0;
	if (pick(2))
		buffer[n - 1] = 'a';
}

// At the very end of the heap, with or without a 0 there.
static uint64
at_the_edge(bool *bad)
{
	uint n = pick(6) + 1;
	char *end = (char *)PGROUNDUP((uint64)sbrk(0));

	memset(end - n, 'a', n);
	*bad = pick(2);
	if (!*bad)
		end[-1] = 0;
	return (uint64)(end - n);
}

static const char *
fixed_path(enum path_use use)
{
	if (use == PATH_TO_RUN && pick(2))
		return ONE_OF(programs);
	if (use == PATH_TO_READ && pick(2))
		return ONE_OF(files);
	if (use != PATH_ANY && pick(2))
		return ONE_OF(devices);
	return ONE_OF(places);
}

uint64
any_path(enum path_use use, bool *bad)
{
	uint n;

	*bad = false;
	buffer = buffer == buffers[0] ? buffers[1] : buffers[0];
	switch (pick(16)) {
	case 0:
		return any_pointer(KERNEL_READS, bad);
	case 1:
		return at_the_edge(bad);
	case 2:
		n = MAXPATH - 4 + pick(8);
		compose_long(n);
		*bad = n >= MAXPATH;
		return (uint64)buffer;
	case 3:
	case 4:
		return (uint64)fixed_path(use);
	case 5:
		compose(1 + pick(12));
		*bad = strlen(buffer) >= MAXPATH;
		return (uint64)buffer;
	default:
		compose(1 + pick(2));
		return (uint64)buffer;
	}
}
