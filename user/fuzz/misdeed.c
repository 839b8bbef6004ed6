// What a program may not do, done: it dies, alone.  And exec with whatever
// comes to hand.

#include "user/fuzz/fuzz.h"

static void
load_from(uint64 at)
{
	*(volatile char *)at;
}

static void
store_to(uint64 at)
{
	*(volatile uint64 *)at = mix(&self.random);
}

static void
swap_at(uint64 at)
{
	__asm__ volatile("amoswap.d zero, %0, (%1)"
	                 :
	                 : "r"(self.random), "r"(at)
	                 : "memory");
}

static void
jump_to(uint64 at)
{
	((void (*)(void))at)();
}

static const struct touch {
	const char *name;
	void (*touch)(uint64 at);
	enum direction way; // what is forbidden for the kernel is for it, too
} touches[] = {
    {"load", load_from, KERNEL_READS},
    {"store", store_to, KERNEL_WRITES},
    {"swap", swap_at, KERNEL_WRITES},
    {"jump", jump_to, KERNEL_READS},
};

static void
touch_forbidden(void)
{
	const struct touch *t = &touches[pick(4)];
	bool bad = false;
	uint64 at = 0;

	while (!bad)
		at = any_pointer(t->way, &bad);
	if (pick(4) == 0)
		at = any_number() | MAXVA;
	t->touch(pick(2) ? at : at & ~7UL);
	BROKEN("a %s at %lx went through", t->name, at);
}

// Instructions of higher privilege, and none at all.
static void
forbidden_instruction(void)
{
	switch (pick(12)) {
	case 0:
		__asm__ volatile("csrw satp, zero");
		break;
	case 1:
		__asm__ volatile("csrr t0, sstatus" : : : "t0");
		break;
	case 2:
		__asm__ volatile("csrw sscratch, sp");
		break;
	case 3:
		__asm__ volatile("csrr t0, mhartid" : : : "t0");
		break;
	case 4:
		__asm__ volatile("sfence.vma");
		break;
	case 5:
		__asm__ volatile("sret");
		break;
	case 6:
		__asm__ volatile("mret");
		break;
	case 7:
		__asm__ volatile("wfi"); // may be allowed, for a while
		exit(0);
	case 8:
		__asm__ volatile("ebreak");
		break;
	case 9:
		__asm__ volatile(".word 0");
		break;
	case 10:
		__asm__ volatile("csrwi time, 1");
		break;
	default:
		__asm__ volatile("fadd.d ft0, ft0, ft0");
	}
}

// The stack pointer anywhere, with a trap to follow.
static void
lose_stack(uint64 at)
{
	__asm__ volatile("mv sp, %0\n"
	                 "li a7, %1\n"
	                 "ecall\n"
	                 "sd zero, -8(sp)\n"
	                 "1: j 1b\n"
	                 :
	                 : "r"(at), "i"(SYS_uptime)
	                 : "a7", "memory");
}

// Each call takes some stack, until there is no more.
static int
dig(int depth)
{
	volatile char room[1000];

	room[0] = (char)depth;
	return depth < 0 ? 0 : dig(depth + 1) + room[0];
}

// A break at or below the stack: nothing of the program above it is left.
static void
lose_memory(void)
{
	volatile char on_stack = 0;
	long stack = PGROUNDDOWN((long)&on_stack);

	sbrk((int)(pick((uint)stack + 1) - (long)sbrk(0)));
	on_stack++;
	BROKEN("a stack above the break is there");
}

void
random_misdeed(void)
{
	switch (pick(9)) {
	case 0:
		forbidden_instruction();
		BROKEN("a forbidden instruction went through");
	case 1:
		lose_stack(any_number() & ~15UL);
		break;
	case 2:
		dig(0);
		BROKEN("the stack has no end");
	case 3:
		lose_memory();
		break;
	default:
		touch_forbidden();
	}
}

// A program that checks what a fresh process sees, more often than not.
static bool
exec_self(void)
{
	char *argv[] = {PROGRAM, "@fresh", "0123456789", NULL};

	if (pick(2))
		return false;
	exec(argv[0], argv);
	return true;
}

// An argument vector: too long, bad pointers in it, without an end, or good.
uint64
any_vector(void)
{
	static uint64 vector[MAXARG + 4];
	uint n = pick(8) == 0 ? MAXARG - 2 + pick(4) : pick(4);
	bool bad;

	if (pick(8) == 0)
		return any_pointer(KERNEL_READS, &bad);
	for (uint i = 0; i < n; i++)
		vector[i] = pick(8) == 0 ? any_pointer(KERNEL_READS, &bad)
		                         : (uint64) "x";
	vector[n] = 0;
	return (uint64)vector;
}

void
random_exec(void)
{
	uint64 args[6] = {0};
	bool bad;

	if (exec_self())
		return;
	args[0] = any_path(PATH_TO_RUN, &bad);
	args[1] = any_vector();
	if (raw_call(SYS_exec, args) != -1)
		BROKEN("exec came back without an error");
}
