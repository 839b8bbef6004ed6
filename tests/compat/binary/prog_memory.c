// What is in memory when a program starts, what may be written, and heap from
// the sbrk that leaves junk in its second register.

#include "tests/compat/binary/foreign.h"

#define PAGE 4096

static int answer = 42;
static const int constant[] = {2, 3, 5, 7, 11, 13};
static char zeros[5 * PAGE + 123];
static int large[3000] = {[0] = 1, [1500] = 2, [2999] = 3};

// Code to be replaced: li a0, 1; ret
__attribute__((naked, noinline, used, aligned(8))) static int
give_one(void)
{
	__asm__ volatile(".option push; .option norvc; li a0, 1; ret;"
	                 ".option pop");
}

static int
outcome(void (*body)(void))
{
	int status = -77, pid = fork();

	CLAIM(pid >= 0);
	if (pid == 0) {
		body();
		exit(0);
	}
	CLAIM(wait(&status) == pid);
	return status;
}

static void
check_contents(void)
{
	int (*volatile one)(void) = give_one;

	CLAIM(answer == 42 && one() == 1);
	CLAIM(constant[0] + constant[5] == 15);
	CLAIM(large[0] == 1 && large[1500] == 2 && large[2999] == 3);
	for (unsigned i = 0; i < sizeof(zeros); i++)
		CLAIM(zeros[i] == 0);
	for (int i = 0; i < 3000; i++)
		CLAIM(
		    large[i] == (i == 0) + 2 * (i == 1500) + 3 * (i == 2999));
	answer = 43;
	large[1500] = zeros[5 * PAGE] = 4;
	CLAIM(answer + large[1500] + zeros[5 * PAGE] == 51);
}

static void
write_text(void)
{
	volatile unsigned *code = (volatile unsigned *)give_one;
	int (*volatile one)(void) = give_one;

	code[0] = 0x00200513; // li a0, 2
	__asm__ volatile("fence.i" : : : "memory");
	CLAIM(one() == 2);
}

// A child changes its copy; the parent's text stays.
static void
check_writable_text(void)
{
	int (*volatile one)(void) = give_one;

	CLAIM(outcome(write_text) == 0);
	CLAIM(one() == 1);
	write_text();
	CLAIM(one() == 2);
}

static void
touch_end(void)
{
	*(volatile char *)sbrk(0) = 1;
}

static void
check_heap(word junk)
{
	char *old, *at;

	sbrk_a1 = junk;
	old = sbrk(0);
	at = sbrk(3 * PAGE);
	CLAIM(at == old && sbrk(0) == old + 3 * PAGE);
	for (int i = 0; i < 3 * PAGE; i++)
		CLAIM(at[i] == 0);
	at[0] = at[3 * PAGE - 1] = 'h';
	CLAIM(outcome(touch_end) == -1);
	CLAIM(sbrk(-3 * PAGE) == old + 3 * PAGE && sbrk(0) == old);
	CLAIM(outcome(touch_end) == -1);
	// Memory that is not free is refused, unless what happens to be in the
	// register asks for addresses only; more than all memory is addresses.
	if ((int)junk != 2)
		CLAIM(sbrk(127 << 20) == (char *)-1 && sbrk(0) == old);
	if ((int)junk != 1) {
		CLAIM(sbrk(0x7ffff000) == old);
		old[0x7fffe000] = 'h';
		CLAIM(sbrk(-0x7ffff000) == old + 0x7ffff000 && sbrk(0) == old);
	}
}

int
main(int argc, char **argv)
{
	static const word junk[] = {0, 1, 2, 3, 12, 0x5eed, (word)-1,
	    0xffffffff00000001, 0x7ffffffffffff000, 1ul << 63};

	CLAIM(argc == 2);
	check_contents();
	if (same(argv[1], "omagic"))
		check_writable_text();
	else if (same(argv[1], "split"))
		CLAIM(outcome(write_text) == -1);
	for (unsigned i = 0; i < sizeof(junk) / sizeof(junk[0]); i++)
		check_heap(junk[i]);
	say("memory: ok\n");
	return 0;
}
