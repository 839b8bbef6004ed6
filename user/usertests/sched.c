// Harts and time: who runs where, for how long, with whose registers.
#include "user/usertests/cases.h"

// A mask holds from the call's return on, and for children.
static void
tell_hart(long want)
{
	for (int i = 0; i < 50; i++)
		EXPECT(gethart() == want, "on hart %d", gethart());
}

static void
setaffinity_obeyed(void)
{
	int n = nharts();

	for (int hart = n - 1; hart >= 0; hart--) {
		EXPECT(setaffinity(1UL << hart) == 0, "hart %d", hart);
		tell_hart(hart);
		EXPECT(outcome_of(tell_hart, hart) == 0, "child");
		sleep(0);
		tell_hart(hart);
	}
	sleep(1);
	tell_hart(0);
	EXPECT(setaffinity(0) == 0, "all harts");
	EXPECT(setaffinity(~0UL) == 0, "all harts and more");
}

// A mask without a hart that exists is refused, and the old one stays.
static void
procmask(void)
{
	int n = nharts();

	EXPECT(setaffinity(1UL << (n - 1)) == 0, "the last hart");
	if (n < 64) {
		EXPECT(setaffinity(1UL << n) == -1, "one too high");
		EXPECT(setaffinity(~0UL << n) == -1, "all too high");
		EXPECT(setaffinity(1UL << 63) == -1, "the highest");
	}
	tell_hart(n - 1);
	for (int i = 0; i < 20; i++) {
		uint64 mask = 1UL << (i % n) | 1UL << (i * 5 % n);

		EXPECT(setaffinity(mask) == 0, "mask %lx", mask);
		for (int j = 0; j < 20; j++) {
			int hart = gethart();

			EXPECT(mask >> hart & 1, "on %d with mask %lx", hart,
			    mask);
		}
	}
}

static void
gethart_range(void)
{
	int n = nharts();

	EXPECT(n >= 1 && n <= NCPU, "%d harts", n);
	for (int i = 0; i < 200; i++) {
		int hart = gethart();

		EXPECT(hart >= 0 && hart < n, "on hart %d of %d", hart, n);
	}
}

// Work spreads: one endless loop per hart, and each hart has one.
static int reports[2];

static void
report_and_spin(long unused)
{
	uint64 seen = 0;

	(void)unused;
	for (;;) {
		uint64 here = 1UL << gethart();

		if (seen & here)
			continue;
		seen |= here;
		must_write(reports[1], &here, sizeof(here));
	}
}

static void
spread(void)
{
	int n = nharts();
	int pid[NCPU];
	uint64 all = n == 64 ? ~0UL : (1UL << n) - 1, seen = 0, one;

	EXPECT(pipe(reports) == 0, "no pipe");
	for (int i = 0; i < n; i++)
		pid[i] = spawn(report_and_spin, 0);
	while (seen != all) {
		EXPECT(read(reports[0], &one, 8) == 8, "no report");
		seen |= one;
	}
	for (int i = 0; i < n; i++)
		EXPECT(kill(pid[i]) == 0, "kill");
	reap_all(n, -1);
	close(reports[0]);
	close(reports[1]);
}

// Loops that never call the kernel do not keep others from running, neither
// on one hart nor on all.
static void
loop(long unused)
{
	(void)unused;
	for (;;)
		__asm__ volatile("" : : : "memory");
}

static void
share_harts(uint64 mask, int loops)
{
	int pid[2 * NCPU + 4], began, runner;

	EXPECT(setaffinity(mask) == 0, "setaffinity");
	for (int i = 0; i < loops; i++)
		pid[i] = spawn(loop, 0);
	began = uptime();
	for (int i = 0; i < 3; i++) {
		runner = must_fork();
		if (runner == 0)
			exit(i);
		EXPECT(reap(runner) == i, "status");
	}
	sleep(1);
	EXPECT(uptime() - began < 3000, "three forks took %d ticks",
	    uptime() - began);
	for (int i = 0; i < loops; i++)
		EXPECT(kill(pid[i]) == 0, "kill");
	reap_all(loops, -1);
}

static void
preempt(void)
{
	share_harts(1, 3);
	share_harts(0, nharts() < 9 ? 2 * nharts() : 18);
}

// Two loops on one hart get about the same of it.
static void
count_for_a_while(long unused)
{
	uint64 end = r_time() + time_hz() / 2, turns = 0;

	(void)unused;
	while (r_time() < end)
		turns++;
	must_write(reports[1], &turns, sizeof(turns));
}

static void
fairness(void)
{
	uint64 a, b;

	EXPECT(setaffinity(1) == 0, "setaffinity");
	EXPECT(pipe(reports) == 0, "no pipe");
	spawn(count_for_a_while, 0);
	spawn(count_for_a_while, 0);
	reap_all(2, 0);
	EXPECT(read(reports[0], &a, 8) == 8, "no report");
	EXPECT(read(reports[0], &b, 8) == 8, "no report");
	EXPECT(a < 4 * b && b < 4 * a, "%ld and %ld turns", a, b);
	close(reports[0]);
	close(reports[1]);
}

// sleep lasts as long as it should, and time never runs backwards, wherever
// one looks at it from.
static void
sleeptime(void)
{
	for (int ticks = 0; ticks <= 4; ticks += 2) {
		int began = uptime();
		uint64 at = r_time(), took;

		EXPECT(sleep(ticks) == 0, "sleep");
		took = (r_time() - at) * 10 / time_hz();
		EXPECT(uptime() - began >= ticks, "sleep(%d) took %d", ticks,
		    uptime() - began);
		// A tick may be almost over when sleep begins.
		EXPECT(
		    (int)took + 1 >= ticks, "sleep(%d) took %ld", ticks, took);
		EXPECT(
		    (int)took < ticks + 500, "sleep(%d) took %ld", ticks, took);
	}
	EXPECT(sleep(-1) == 0 || sleep(-1) == -1, "a negative sleep");
}

static void
clocks(void)
{
	int n = nharts(), tick = uptime();
	uint64 last = r_time();

	for (int i = 0; i < 3 * n; i++) {
		uint64 now;
		int up;

		EXPECT(setaffinity(1UL << (i % n)) == 0, "setaffinity");
		now = r_time();
		EXPECT(now >= last, "time went back by %ld", last - now);
		last = now;
		up = uptime();
		EXPECT(up >= tick, "uptime went from %d to %d", tick, up);
		tick = up;
	}
	EXPECT(r_cycle() != 0 && r_instret() != 0, "counters");
}

// All registers, over interrupts and system calls.  regs_probe(turns) gives
// each register a value of its own, spins and calls getpid so many times, and
// returns a mask of the registers that came out different.
uint64 regs_probe(uint64 turns);

// clang-format off
__asm__(
"	.text\n"
"	.macro	each op\n"
"	.irp	r, 1,3,4,6,7,8,9,11,12,13,14,15,16\n"
"	\\op	\\r\n"
"	.endr\n"
"	.irp	r, 18,19,20,21,22,23,24,25,26,27,28,29,30\n"
"	\\op	\\r\n"
"	.endr\n"
"	.endm\n"
"	.macro	give r\n"
"	li	x\\r, 0x5a5a00 + \\r\n"
"	slli	x\\r, x\\r, 30\n"
"	addi	x\\r, x\\r, \\r\n"
"	.endm\n"
"	.macro	check r\n"
"	li	a0, 0x5a5a00 + \\r\n"
"	slli	a0, a0, 30\n"
"	addi	a0, a0, \\r\n"
"	sub	a0, a0, x\\r\n"
"	snez	a0, a0\n"
"	slli	a0, a0, \\r\n"
"	or	x31, x31, a0\n"
"	.endm\n"
"	.macro	keep r\n"
"	sd	x\\r, \\r * 8(sp)\n"
"	.endm\n"
"	.macro	back r\n"
"	ld	x\\r, \\r * 8(sp)\n"
"	.endm\n"
"	.globl	regs_probe\n"
"regs_probe:\n"
"	addi	sp, sp, -256\n"
"	each	keep\n"
"	mv	t0, a0\n"
"	li	x31, 0\n"
"	each	give\n"
"1:	li	a7, 200\n"
"2:	addi	a7, a7, -1\n"
"	bnez	a7, 2b\n"
"	li	a7, 11\n"
"	ecall\n"
"	addi	t0, t0, -1\n"
"	bnez	t0, 1b\n"
"	each	check\n"
"	mv	a0, x31\n"
"	each	back\n"
"	addi	sp, sp, 256\n"
"	ret\n"
);
// clang-format on

static void
probe_registers(long turns)
{
	uint64 bad = regs_probe(turns);

	EXPECT(bad == 0, "registers changed: %lx", bad);
}

static void
registers(void)
{
	// Competitors, so that the harts switch.
	for (int i = 0; i < 2 * nharts() && i < 16; i++)
		spawn(probe_registers, 5000);
	probe_registers(5000);
	reap_all(nharts() < 8 ? 2 * nharts() : 16, 0);
}

const struct usertest sched_tests[] = {
    {"setaffinity", setaffinity_obeyed, NEEDS_HARTS},
    {"procmask", procmask, NEEDS_HARTS},
    {"gethart", gethart_range, NEEDS_HARTS},
    {"spread", spread, NEEDS_HARTS},
    {"preempt", preempt, NEEDS_HARTS},
    {"fairness", fairness, NEEDS_HARTS},
    {"sleeptime", sleeptime, 0},
    {"clocks", clocks, NEEDS_HARTS},
    {"registers", registers, NEEDS_HARTS},
    {0, 0, 0},
};
