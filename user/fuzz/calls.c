// One random system call, and what must hold of its result whatever state the
// system is in.
//
// Left out: poweroff and reboot; exit in workers (a child's is in worker.c); fork (the
// same); kill of anything but workers and their children, for the end of init
// or of the fuzzer's main ends everything.

#include "user/fuzz/fuzz.h"

// A call changes the register of its result and no other.
enum { A0 = 10, A7 = 17 };

long
raw_call(uint64 number, const uint64 args[6])
{
	uint64 given[NREGISTERS], kept[NREGISTERS];

	for (uint i = 0; i < NREGISTERS; i++)
		given[i] = mix(&self.random);
	for (uint i = 0; i < 6; i++)
		given[A0 + i] = args[i];
	given[A7] = number;
	memcpy(kept, given, sizeof(kept));
	trap_registers(kept);
	self.calls++;
	for (uint i = 0; i < NREGISTERS; i++)
		if (i != A0 && kept[i] != given[i])
			BROKEN("call %lu turned register x%u from %lx to %lx",
			    number, i, given[i], kept[i]);
	return (long)kept[A0];
}

// What a call may give back.
enum outcome {
	ANY,      // -1 or more
	ZERO,     // 0 or -1
	FAILS,    // -1
	FD,       // a descriptor or -1
	COUNT,    // at most its third argument, or -1
	OLD_BREAK // whatever
};

// Chooses arguments; returns what the call may give back with them.
typedef enum outcome (*chooser)(uint64 a[6]);

static enum outcome
choose_pipe(uint64 a[6])
{
	bool bad;

	a[0] = any_pointer(KERNEL_WRITES, &bad);
	return bad ? FAILS : ZERO;
}

// 0 means that the status is not wanted.
static enum outcome
choose_wait(uint64 a[6])
{
	bool bad;

	a[0] = pick(4) == 0 ? 0 : any_pointer(KERNEL_WRITES, &bad);
	return a[0] != 0 && bad ? FAILS : ANY;
}

// A descriptor to read or write, seldom a pipe's: those mostly end in a wait
// for the warden.
static uint64
transfer_fd(bool *invalid)
{
	uint64 fd = any_fd(invalid);
	struct stat st;

	// Only pipes, and what is not open, have no stat.
	for (uint i = 0; i < 4 && !*invalid && fstat((int)fd, &st) < 0; i++) {
		if (pick(16) == 0)
			break;
		fd = any_fd(invalid);
	}
	return fd;
}

static enum outcome
choose_read(uint64 a[6])
{
	bool closed, bad;

	a[0] = transfer_fd(&closed);
	a[1] = any_pointer(KERNEL_WRITES, &bad);
	a[2] = any_size();
	return closed || (long)a[2] < 0 ? FAILS : COUNT;
}

static enum outcome
choose_write(uint64 a[6])
{
	bool closed, bad;

	a[0] = transfer_fd(&closed);
	a[1] = any_pointer(KERNEL_READS, &bad);
	a[2] = any_size();
	return closed || (long)a[2] < 0 ? FAILS : COUNT;
}

static enum outcome
choose_fd(uint64 a[6])
{
	bool closed;

	a[0] = any_fd(&closed);
	return closed ? FAILS : ANY;
}

static enum outcome
choose_dup(uint64 a[6])
{
	return choose_fd(a) == FAILS ? FAILS : FD;
}

static enum outcome
choose_close(uint64 a[6])
{
	return choose_fd(a) == FAILS ? FAILS : ZERO;
}

static enum outcome
choose_fstat(uint64 a[6])
{
	bool closed, bad;

	a[0] = any_fd(&closed);
	a[1] = any_pointer(KERNEL_WRITES, &bad);
	return closed || bad ? FAILS : ZERO;
}

// A child of the process, seldom a relative, or an id that nobody has.
static enum outcome
choose_kill(uint64 a[6])
{
	int kid = pick(8) == 0 ? any_relative() : any_kid();

	if (kid > 0 && pick(2)) {
		a[0] = (uint64)kid;
		return ZERO;
	}
	a[0] = any_number();
	if ((int)a[0] > 0)
		a[0] |= 0x40000000;
	return FAILS;
}

static enum outcome
choose_path(uint64 a[6])
{
	bool bad;

	a[0] = any_path(PATH_ANY, &bad);
	return bad ? FAILS : ZERO;
}

static enum outcome
choose_open(uint64 a[6])
{
	bool bad, reading = pick(4) == 0;

	a[0] = any_path(reading ? PATH_TO_READ : PATH_TO_OPEN, &bad);
	if (reading)
		a[1] = O_RDONLY;
	else
		a[1] = pick(8) == 0 ? any_number()
		                    : pick(3) | (pick(2) ? O_CREATE : 0) |
		                          (pick(3) == 0 ? O_TRUNC : 0) |
		                          (pick(3) == 0 ? O_APPEND : 0);
	return bad ? FAILS : FD;
}

// Nothing that may be changed is a program.
static enum outcome
choose_exec(uint64 a[6])
{
	bool bad;

	a[0] = any_path(PATH_ANY, &bad);
	a[1] = any_vector();
	return FAILS;
}

// Never a second name of the console, which would be written to.
static enum outcome
choose_mknod(uint64 a[6])
{
	enum outcome o = choose_path(a);

	a[1] = pick(2) ? 3 + pick(5) : any_number();
	if ((short)a[1] == 1)
		a[1] = 0;
	a[2] = any_number();
	return o;
}

static enum outcome
choose_link(uint64 a[6])
{
	bool bad_old, bad_new;

	a[0] = any_path(PATH_TO_OPEN, &bad_old);
	a[1] = any_path(PATH_ANY, &bad_new);
	// Next to each other at the heap's end, the second may end the first.
	if (a[0] / PGSIZE == a[1] / PGSIZE)
		bad_old = false;
	return bad_old || bad_new ? FAILS : ZERO;
}

// Whether a move of the break would take the program's own stack: a misdeed
// (fuzz/misdeed.c), but for a break below 0, which changes nothing.
static bool
takes_stack(int bytes)
{
	long end = (long)sbrk(0) + bytes;

	return end >= 0 && end < (long)arena_start();
}

static enum outcome
choose_sbrk(uint64 a[6])
{
	static const uint64 moves[] = {1, -1UL, PGSIZE, -(uint64)PGSIZE,
	    PGSIZE + 1, 64 * PGSIZE, -64UL * PGSIZE, 0, 2 * 1024 * 1024,
	    0x7fffffff, 0x80000000, -0x7fffffffUL, 0x100000001};

	a[0] = pick(2) ? moves[pick(sizeof(moves) / sizeof(*moves))]
	               : any_number();
	a[1] = pick(3);
	// Eager memory beyond that would be everybody's.
	if (a[1] == SBRK_EAGER && (int)a[0] > 1024 * 1024 &&
	    (int)a[0] < 0x7f000000)
		a[1] = SBRK_LAZY;
	if (takes_stack((int)a[0]))
		a[0] = 0;
	return OLD_BREAK;
}

// Long sleeps are the warden's to end, so there are few.
static enum outcome
choose_sleep(uint64 a[6])
{
	a[0] = any_number();
	if ((int)a[0] > 1 && pick(16) != 0)
		a[0] = pick(2);
	return ZERO;
}

static enum outcome
choose_mask(uint64 a[6])
{
	a[0] = pick(2) ? any_number() : 1UL << pick((uint)nharts());
	return ZERO;
}

static enum outcome
choose_nothing(uint64 a[6])
{
	(void)a;
	return ANY;
}

static const struct kind {
	int number;
	uint weight;
	chooser choose;
} kinds[] = {
    {SYS_wait, 1, choose_wait},
    {SYS_pipe, 2, choose_pipe},
    {SYS_read, 8, choose_read},
    {SYS_kill, 1, choose_kill},
    {SYS_exec, 2, choose_exec},
    {SYS_fstat, 3, choose_fstat},
    {SYS_chdir, 3, choose_path},
    {SYS_dup, 3, choose_dup},
    {SYS_getpid, 1, choose_nothing},
    {SYS_sbrk, 4, choose_sbrk},
    {SYS_sleep, 1, choose_sleep},
    {SYS_uptime, 1, choose_nothing},
    {SYS_open, 8, choose_open},
    {SYS_write, 8, choose_write},
    {SYS_mknod, 2, choose_mknod},
    {SYS_unlink, 4, choose_path},
    {SYS_link, 3, choose_link},
    {SYS_mkdir, 3, choose_path},
    {SYS_close, 6, choose_close},
    {SYS_setaffinity, 1, choose_mask},
    {SYS_gethart, 1, choose_nothing},
    {SYS_nharts, 1, choose_nothing},
    {SYS_sync, 1, choose_nothing},
};

#define NKINDS (sizeof(kinds) / sizeof(*kinds))

static bool
plausible(enum outcome o, long got, const uint64 a[6])
{
	switch (o) {
	case ANY:
		return got >= -1;
	case ZERO:
		return got == 0 || got == -1;
	case FAILS:
		return got == -1;
	case FD:
		return got >= -1 && got < REGISTRY;
	case COUNT:
		return got >= -1 && got <= (long)a[2];
	case OLD_BREAK:
		break;
	}
	return true;
}

static void
make_call(uint64 number, uint64 a[6], enum outcome o)
{
	const uint64 given[6] = {a[0], a[1], a[2], a[3], a[4], a[5]};
	long got = raw_call(number, a);

	if (!plausible(o, got, given))
		BROKEN("call %lu (%lx, %lx, %lx) gave %ld", number, given[0],
		    given[1], given[2], got);
	if (number == SYS_sbrk)
		arena_mend();
}

// No such system call.
static void
unknown_call(void)
{
	uint64 a[6], number = any_number();

	for (uint i = 0; i < 6; i++)
		a[i] = any_number();
	if (number > SYS_close &&
	    (number < SYS_poweroff || number > SYS_reboot + 16))
		make_call(number, a, FAILS);
	else
		make_call(22 + pick(10), a, FAILS);
}

void
random_call(void)
{
	uint at = pick(83);
	uint64 a[6];

	for (uint i = 0; i < 6; i++)
		a[i] = any_number();
	for (uint i = 0; i < NKINDS; i++) {
		if (at < kinds[i].weight) {
			make_call(kinds[i].number, a, kinds[i].choose(a));
			return;
		}
		at -= kinds[i].weight;
	}
	unknown_call();
}
