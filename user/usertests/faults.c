// What a program may not do with its memory and its hart: it is killed with
// status -1, and nobody else notices.
#include "user/usertests/cases.h"

static void
look(long address)
{
	(void)*(volatile char *)address;
}

static void
poke(long address)
{
	*(volatile char *)address = 10;
}

static void
jump(long address)
{
	((void (*)(void))address)();
}

// The kernel's memory, by its physical and its virtual addresses.
static void
kernmem(void)
{
	for (uint64 a = KERNBASE; a < PHYSTOP; a += 0xcdef00) {
		expect_killed(look, a, "looking at RAM");
		expect_killed(look, a - KERNBASE + 0xffffffc000000000UL,
		    "looking at the kernel");
	}
	for (int i = 0; i < NBAD; i++) {
		expect_killed(look, bad_address(i), "looking");
		expect_killed(poke, bad_address(i), "writing");
		expect_killed(jump, bad_address(i), "jumping");
	}
	expect_killed(poke, UART0, "writing to the serial port");
}

// Every power of two that is not a user's address.
static void
MAXVAplus(void)
{
	for (uint64 a = MAXVA; a != 0; a <<= 1) {
		expect_killed(poke, a, "writing");
		expect_killed(look, a + 16, "looking");
	}
}

// Text and read-only data cannot be written.
static const char constant[] = "read only";

static void
nowrite(void)
{
	const long places[] = {0, (long)&nowrite, (long)constant, TRAPFRAME,
	    TRAMPOLINE, (long)KERNBASE};

	for (uint i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		expect_killed(poke, places[i], "writing");
	EXPECT(strcmp(constant, "read only") == 0, "constants have changed");
}

static void
textwrite(void)
{
	uint64 *text = (uint64 *)((uint64)&textwrite & ~7UL);
	uint64 was = *text;

	for (int i = 0; i < 3; i++)
		expect_killed(poke, (long)text, "writing to text");
	EXPECT(*text == was, "text has changed");
}

// Data is not code.
static uint some_code[2] = {0x00008067, 0x00008067}; // ret

static void
noexec(void)
{
	uint on_stack[2] = {some_code[0], some_code[1]};
	uint *on_heap = (uint *)PGROUNDUP((uint64)sbrk(PGSIZE * 2));

	on_heap[0] = some_code[0];
	expect_killed(jump, (long)some_code, "running data");
	expect_killed(jump, (long)on_stack, "running the stack");
	expect_killed(jump, (long)on_heap, "running the heap");
	expect_killed(jump, (long)constant, "running constants");
}

// Instructions that are not a program's to use.
static void
misbehave(long how)
{
	switch (how) {
	case 0:
		__asm__ volatile(".4byte 0"); // no instruction
		break;
	case 1:
		__asm__ volatile(".4byte 0xffffffff");
		break;
	case 2:
		__asm__ volatile("ebreak");
		break;
	case 3:
		__asm__ volatile("csrr t0, sstatus" : : : "t0");
		break;
	case 4:
		__asm__ volatile("csrw satp, zero");
		break;
	case 5:
		__asm__ volatile("sret");
		break;
	case 6:
		__asm__ volatile("wfi\n	sfence.vma");
		break;
	case 7:
		__asm__ volatile("csrr t0, mhartid" : : : "t0");
		break;
	case 8:
		__asm__ volatile("csrw time, zero");
		break;
	case 9:
		__asm__ volatile("mret");
		break;
	case 10: // fmv.w.x ft0, zero: registers that nobody saves
		__asm__ volatile(".4byte 0xf0000053");
		break;
	}
}

static void
badinsn(void)
{
	for (int i = 0; i <= 10; i++)
		expect_killed(misbehave, i, "a forbidden instruction");
}

// Below the stack pointer, and the page under the stack, nothing is mapped.
static void
look_below_stack(long bytes)
{
	look((long)r_sp() - bytes);
}

static int __attribute__((noinline)) eat_stack(long bytes)
{
	volatile char some[480];

	for (uint i = 0; i < sizeof(some); i++)
		some[i] = (char)bytes;
	if (bytes > (long)sizeof(some) && eat_stack(bytes - sizeof(some)) != 0)
		return 1;
	for (uint i = 0; i < sizeof(some); i++)
		if (some[i] != (char)bytes)
			return 1;
	return 0;
}

static void
recurse(long bytes)
{
	EXPECT(eat_stack(bytes) == 0, "the stack has changed");
}

// Leaves sp somewhere else and makes the kernel or the program use it.
static void
lose_stack(long sp)
{
	__asm__ volatile("mv sp, %0\n"
	                 "	sd zero, 0(sp)"
	                 :
	                 : "r"(sp)
	                 : "memory");
}

static void
stacktest(void)
{
	for (int i = 2; i < 16; i += 4)
		expect_killed(
		    look_below_stack, i * PGSIZE, "looking below the stack");
	expect_killed(recurse, 1 << 20, "endless recursion");
	for (int i = 0; i < NBAD; i++)
		expect_killed(lose_stack, bad_address(i), "a lost stack");
}

// A deeper stack than one page appears on demand, also after a fork in the
// middle of it, and costs nobody else anything.
static void
fork_below(long bytes)
{
	char at_depth[64];

	memset(at_depth, 'd', sizeof(at_depth));
	EXPECT(outcome_of(recurse, bytes) == 0, "in the child");
	recurse(bytes);
	for (uint i = 0; i < sizeof(at_depth); i++)
		EXPECT(at_depth[i] == 'd', "the parent's frame has changed");
}

static void
stackgrow(void)
{
	recurse(3000);
	recurse(5 * PGSIZE);
	fork_below(8 * PGSIZE);
	EXPECT(outcome_of(recurse, 10 * PGSIZE) == 0, "ten pages");
}

// System calls on stack that nobody has touched.
static void
pgbug(void)
{
	int *fds = (int *)(r_sp() - 8 * PGSIZE);
	char *args[] = {"x", 0};

	EXPECT(exec((char *)0xeaeb0b5b00002f5eUL, args) == -1, "exec");
	EXPECT(pipe((int *)0xeaeb0b5b00002f5eUL) == -1, "pipe");
	EXPECT(pipe(fds) == -1, "pipe to stack below the stack pointer");
}

const struct usertest fault_tests[] = {
    {"kernmem", kernmem, 0},
    {"MAXVAplus", MAXVAplus, 0},
    {"nowrite", nowrite, 0},
    {"textwrite", textwrite, 0},
    {"noexec", noexec, 0},
    {"badinsn", badinsn, 0},
    {"stacktest", stacktest, 0},
    {"stackgrow", stackgrow, 0},
    {"pgbug", pgbug, 0},
    {0, 0, 0},
};
