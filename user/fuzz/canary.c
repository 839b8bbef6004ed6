// Canaries: things that hold whatever other processes do.  Each check makes
// what it looks at itself; if there is no memory, room or descriptor for that,
// it looks at nothing.

#include "user/fuzz/fuzz.h"

#define TEXT_WORDS 512 // of the program, from address 0

// The first of n words that is not 0, or -1.
static long
first_set(const uint64 *words, uint n)
{
	for (uint i = 0; i < n; i++)
		if (words[i] != 0)
			return i;
	return -1;
}

// New heap reads zero, and is filled so that whoever gets its pages next would
// see it.
static void
check_heap(void)
{
	uint n = (1 + pick(8)) * PGSIZE;
	char *end = sbrk(0), *got = pick(2) ? sbrk((int)n) : sbrklazy((int)n);
	uint64 *words = (uint64 *)(((uint64)got + 7) & ~7UL);
	long at;

	if (got == SBRK_ERROR)
		return;
	if (got != end)
		BROKEN("sbrk gave %p, the break was %p", got, end);
	// The page that the old end is in may have been used before.
	words = (uint64 *)PGROUNDUP((uint64)words);
	n = (uint)(end + n - (char *)words) / sizeof(*words);
	at = first_set(words, n);
	if (at >= 0)
		BROKEN("new heap has %lx at %p", words[at], words + at);
	for (uint i = 0; i < n; i += 1 + pick(16))
		words[i] = mark(plan.seed, i);
	alive();
	arena_mend();
}

// Heap far away, in page tables of its own, which go with it.
static void
check_far_heap(void)
{
	const int far = 0x60000000;
	char *got = sbrklazy(far);
	uint64 *word = (uint64 *)PGROUNDUP((uint64)got + (uint)far - PGSIZE);

	if (got == SBRK_ERROR)
		return;
	word -= pick(PGSIZE) / sizeof(*word);
	if (*word != 0)
		BROKEN("far heap has %lx at %p", *word, word);
	*word = 1;
	if (sbrklazy(-far) != got + far)
		BROKEN("the break was elsewhere than at %p", got + far);
	alive();
}

// A pipe of one's own gives what was put in.
static void
check_pipe(void)
{
	uint64 in[64], out[64];
	int ends[2], n = (int)pick(sizeof(in)) + 1;

	if (pipe(ends) < 0)
		return;
	for (uint i = 0; i < 64; i++)
		in[i] = out[i] = mix(&self.random);
	if (write(ends[1], in, n) != n)
		BROKEN("a pipe does not take %d bytes", n);
	memset(out, 0, n);
	if (read(ends[0], out, sizeof(out)) != n ||
	    memcmp(in, out, sizeof(in)) != 0)
		BROKEN("a pipe gave something else than the %d bytes", n);
	close(ends[0]);
	close(ends[1]);
	alive();
}

static const char *
private_name(void)
{
	static char name[40];

	snprintf(name, sizeof(name), SCRATCH "/own%d", getpid());
	return name;
}

// What was written to a file that nobody else knows is what it has.
static void
check_file(void)
{
	static uint64 in[BSIZE / 4], out[BSIZE / 4];
	int n = (int)pick(sizeof(in)) + 1, fd, wrote;

	fd = open(private_name(), O_CREATE | O_RDWR | O_TRUNC);
	if (fd < 0)
		return;
	for (uint i = 0; i < BSIZE / 4; i++)
		in[i] = out[i] = mix(&self.random);
	wrote = write(fd, in, n);
	close(fd);
	fd = wrote == n ? open(private_name(), O_RDONLY) : -1;
	if (fd >= 0) {
		memset(out, 0, n);
		if (read(fd, out, sizeof(out)) != n ||
		    memcmp(in, out, sizeof(in)) != 0)
			BROKEN("a file of %d bytes has others", n);
		close(fd);
		alive();
	}
	unlink(private_name());
}

// A child's writes stay its own, and the parent's too.
static uint64 shared[3 * PGSIZE / sizeof(uint64)];

#define NSHARED (sizeof(shared) / sizeof(*shared))

static void
expect_mark(uint64 who)
{
	for (uint i = 0; i < NSHARED; i += 64)
		if (shared[i] != mark(who, i))
			BROKEN(
			    "memory of %lx has another's %lx", who, shared[i]);
}

static void
leave_mark(uint64 who)
{
	for (uint i = 0; i < NSHARED; i += 64)
		shared[i] = mark(who, i);
}

static void
check_fork(void)
{
	uint64 mine = mix(&self.random);
	int pid;

	leave_mark(mine);
	pid = fork_registered();
	if (pid == 0) {
		expect_mark(mine);
		leave_mark(~mine);
		expect_mark(~mine);
		exit(0);
	}
	if (pid < 0)
		return;
	expect_mark(mine);
	leave_mark(mine + 1);
	while (pick(2) && wait(NULL) != pid)
		;
	expect_mark(mine + 1);
	alive();
}

// fstat says what it must and carries nothing else out of the kernel.
static void
check_stat(void)
{
	union {
		struct stat st;
		uchar bytes[sizeof(struct stat)];
	} u;
	int fd = open("/README", O_RDONLY);

	memset(&u, 0xff, sizeof(u));
	if (fd < 0)
		return;
	if (fstat(fd, &u.st) == 0) {
		for (uint i = 12; i < 16; i++)
			if (u.bytes[i] != 0)
				BROKEN("fstat shows %x between its fields",
				    u.bytes[i]);
		alive();
	}
	close(fd);
}

// The program is as it was loaded.
static void
check_text(void)
{
	static uint64 sum; // of the first look, inherited by children
	const uint64 *text = NULL;
	uint64 s = 1;

	__asm__ volatile("" : "+r"(text)); // 0 is an address here
	for (uint i = 0; i < TEXT_WORDS; i++)
		s = s * 31 + text[i];
	if (sum != 0 && s != sum)
		BROKEN("the program has changed");
	if (first_set((const uint64 *)(read_only + PGSIZE),
	        PGSIZE / sizeof(uint64)) >= 0)
		BROKEN("constants have changed");
	sum = s;
	alive();
}

void
random_check(void)
{
	static void (*const checks[])(void) = {check_heap, check_heap,
	    check_heap, check_far_heap, check_pipe, check_pipe, check_file,
	    check_fork, check_stat, check_text};

	checks[pick(sizeof(checks) / sizeof(*checks))]();
}

// --- a process fresh from exec ---

static uint64 blank[8 * PGSIZE / sizeof(uint64)];

// Pages of stack that nothing has used.
static void __attribute__((noinline))
check_stack(void)
{
	uint64 room[10 * PGSIZE / sizeof(uint64)];
	uint64 *words = room;
	long at;

	__asm__ volatile("" : "+r"(words) : : "memory"); // it has a value
	at = first_set(words, sizeof(room) / sizeof(*room));
	if (at >= 0)
		BROKEN("fresh stack has %lx at %p", words[at], words + at);
}

// What is between the stack pointer and the page's end has come from exec, and
// is the argument vector, the arguments' strings, or 0.
static void
check_arguments(int argc, char **argv)
{
	if (argc != 3 || strcmp(argv[2], "0123456789") != 0 ||
	    argv[argc] != NULL)
		BROKEN("exec gave %d arguments and %s", argc, argv[argc - 1]);
	for (char *at = (char *)(argv + argc + 1); at < argv[0]; at++)
		if (*at != 0)
			BROKEN("exec left %x at %p", *at, at);
	for (char *at = argv[argc - 1] + strlen(argv[argc - 1]) + 1;
	     (uint64)at % PGSIZE != 0; at++)
		if (*at != 0)
			BROKEN("exec left %x at %p, behind the arguments", *at,
			    at);
}

void
fresh_process_check(int argc, char **argv)
{
	long at;

	self.random = (uint64)getpid();
	check_stack();
	at = first_set(blank, sizeof(blank) / sizeof(*blank));
	if (at >= 0)
		BROKEN("fresh data has %lx at %p", blank[at], blank + at);
	check_arguments(argc, argv);
	check_heap();
	send_record(REC_CHECKS, 4);
	exit(0);
}
