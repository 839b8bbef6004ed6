// A write fault on a shared page must restart the instruction that took it so
// that it happens exactly once: stores of every width, aligned and across two
// shared pages, compressed ones, atomic read-modify-writes, and loops of
// load-reserved and store-conditional.
//
// Each instruction is run on a private page first; memory and result must come
// out the same on a shared one.  It is run by the child while the parent
// shares the page, by the parent while the child does, and by the parent
// alone.
#include "user/cowtest/cases.h"

// Each takes the address to work on and returns what the instruction did.
// clang-format off
#define STORE(name, insn)                                                     \
	static uint64 name(char *at)                                          \
	{                                                                     \
		uint64 v = 0xa1b2c3d4e5f60718UL;                              \
		__asm__ volatile(insn " %1, 0(%0)"                            \
		    : : "r"(at), "r"(v) : "memory");                          \
		return v;                                                     \
	}

#define AMO(name, insn, operand)                                              \
	static uint64 name(char *at)                                          \
	{                                                                     \
		uint64 old, v = (operand);                                    \
		__asm__ volatile(insn " %0, %2, (%1)"                         \
		    : "=&r"(old) : "r"(at), "r"(v) : "memory");               \
		return old;                                                   \
	}

// Adds 1; returns the value it saw.
#define LR_SC(name, width)                                                    \
	static uint64 name(char *at)                                          \
	{                                                                     \
		uint64 old, next, failed;                                     \
		__asm__ volatile(                                             \
		    "1:	lr." width ".aq %0, (%3)\n"                           \
		    "	addi %1, %0, 1\n"                                     \
		    "	sc." width ".rl %2, %1, (%3)\n"                       \
		    "	bnez %2, 1b\n"                                        \
		    : "=&r"(old), "=&r"(next), "=&r"(failed)                  \
		    : "r"(at) : "memory");                                    \
		return old;                                                   \
	}

STORE(store_byte, "sb")
STORE(store_half, "sh")
STORE(store_word, "sw")
STORE(store_double, "sd")
AMO(add_word, "amoadd.w", 1)
AMO(add_double, "amoadd.d.aqrl", 0x100000001UL)
AMO(swap_word, "amoswap.w.aq", 0x55aa55aaUL)
AMO(swap_double, "amoswap.d", 0x0123456789abcdefUL)
AMO(or_double, "amoor.d", 0xffffUL)
AMO(and_word, "amoand.w", 0xf0f0f0f0UL)
AMO(xor_double, "amoxor.d.rl", ~0UL)
AMO(min_double, "amomin.d", (uint64)-5L)
AMO(max_word, "amomaxu.w", 0xfffffff0UL)
LR_SC(reserve_word, "w")
LR_SC(reserve_double, "d")
// clang-format on

static uint64
store_compressed(char *at)
{
	register uint64 v __asm__("a4") = 0x1111222233334444UL;
	register char *to __asm__("a5") = at;

	__asm__ volatile("c.sd a4, 0(a5)" : : "r"(v), "r"(to) : "memory");
	return v;
}

// What the compiler makes of x += 7: the load must not be run again.
static uint64
load_store(char *at)
{
	uint64 old;

	__asm__ volatile("ld %0, 0(%1)\n"
	                 "	addi %0, %0, 7\n"
	                 "	sd %0, 0(%1)\n"
	                 "	ld %0, 0(%1)"
	                 : "=&r"(old)
	                 : "r"(at)
	                 : "memory");
	return old;
}

static const struct insn {
	const char *name;
	uint64 (*run)(char *at);
	int offset; // from the boundary between the two pages
} insns[] = {
    {"sb", store_byte, -1},
    {"sb", store_byte, 0},
    {"sh", store_half, -2},
    {"sw", store_word, -4},
    {"sd", store_double, -8},
    {"sd", store_double, 8},
    {"c.sd", store_compressed, -16},
    {"misaligned sd", store_double, -13},
    {"sh over two pages", store_half, -1},
    {"sw over two pages", store_word, -3},
    {"sw over two pages", store_word, -1},
    {"sd over two pages", store_double, -7},
    {"sd over two pages", store_double, -4},
    {"sd over two pages", store_double, -1},
    {"ld, sd", load_store, 16},
    {"ld, sd over two pages", load_store, -4},
    {"amoadd.w", add_word, -4},
    {"amoadd.d", add_double, 0},
    {"amoswap.w", swap_word, 4},
    {"amoswap.d", swap_double, -8},
    {"amoor.d", or_double, 0},
    {"amoand.w", and_word, -8},
    {"amoxor.d", xor_double, 8},
    {"amomin.d", min_double, 0},
    {"amomaxu.w", max_word, 0},
    {"lr.w, sc.w", reserve_word, -4},
    {"lr.d, sc.d", reserve_double, 0},
};

// The bytes around the boundary that an instruction can reach, and some more.
#define WINDOW 64

static void
start_values(struct region r)
{
	uint64 *w = (uint64 *)r.base;

	for (uint i = 0; i < 2 * PGSIZE / sizeof(*w); i++)
		w[i] = mark(77, i);
}

static char *
window(struct region r)
{
	return r.base + PGSIZE - WINDOW / 2;
}

// Runs the instruction on the shared pages and on a private copy of them.
static void
run_and_compare(struct region r, const struct insn *in)
{
	static char model[WINDOW] __attribute__((aligned(64)));
	uint64 want, got;

	memmove(model, window(r), WINDOW);
	want = in->run(model + WINDOW / 2 + in->offset);
	got = in->run(r.base + PGSIZE + in->offset);
	EXPECT(got == want, "%s at %d gave %lx, not %lx", in->name, in->offset,
	    got, want);
	EXPECT(memcmp(model, window(r), WINDOW) == 0,
	    "%s at %d did not write what it should", in->name, in->offset);
}

// Fails unless all of both pages but the window is as start_values left it,
// and the window as well if touched is 0.
static void
expect_start_values(struct region r, const struct insn *in, int touched)
{
	uint64 *w = (uint64 *)r.base;

	for (uint i = 0; i < 2 * PGSIZE / sizeof(*w); i++) {
		if (touched && (char *)&w[i] >= window(r) &&
		    (char *)&w[i] < window(r) + WINDOW)
			continue;
		EXPECT(w[i] == mark(77, i), "%s at %d changed word %d",
		    in->name, in->offset, i);
	}
}

static void
child_writes(struct region r, const struct insn *in)
{
	int pid;

	start_values(r);
	pid = must_fork();
	if (pid == 0) {
		run_and_compare(r, in);
		expect_start_values(r, in, 1);
		exit(0);
	}
	EXPECT(reap(pid) == 0, "the child failed");
	expect_start_values(r, in, 0);
	run_and_compare(r, in); // alone
	expect_start_values(r, in, 1);
}

static void
parent_writes(struct region r, const struct insn *in)
{
	struct baton done;
	int pid;

	start_values(r);
	baton_new(&done);
	pid = must_fork();
	if (pid == 0) {
		baton_take(&done);
		expect_start_values(r, in, 0);
		exit(0);
	}
	run_and_compare(r, in);
	expect_start_values(r, in, 1);
	baton_pass(&done);
	EXPECT(reap(pid) == 0, "the child failed");
	baton_drop(&done);
}

static void
restart(void)
{
	struct region r = region_new(2);

	for (uint i = 0; i < sizeof(insns) / sizeof(insns[0]); i++) {
		child_writes(r, &insns[i]);
		parent_writes(r, &insns[i]);
	}
}

const struct cow_case restart_cases[] = {
    {"restart", restart},
    {0, 0},
};
