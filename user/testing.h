// What the test programs share: a check that ends the process, and data that
// can be recomputed anywhere from a few numbers.
//
// A check that fails prints file, line and what it saw, and exits with 1.  In
// a child that status reaches the parent, whose own check of it fails in turn,
// so that a failure anywhere in a family of processes ends the case.
#ifndef USER_TESTING_H
#define USER_TESTING_H

#include "kernel/types.h"
#include "kernel/stat.h"
#include "kernel/riscv.h"
#include "kernel/fcntl.h"
#include "user/drove.h"

#define EXPECT(cond, ...)                                           \
	do {                                                        \
		if (!(cond)) {                                      \
			printf("%s:%d: ", __FILE_NAME__, __LINE__); \
			printf(__VA_ARGS__);                        \
			printf("\n");                               \
			exit(1);                                    \
		}                                                   \
	} while (0)

// The next of a sequence of well-mixed 64-bit numbers (SplitMix64: Steele, Lea
// and Flood, 2014).
static inline uint64
mix(uint64 *seed)
{
	uint64 z = *seed += 0x9e3779b97f4a7c15UL;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9UL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebUL;
	return z ^ (z >> 31);
}

// A word that no other (who, where) pair has, but for freak chance.
static inline uint64
mark(uint64 who, uint64 where)
{
	uint64 seed = (who << 40) ^ where;

	return mix(&seed);
}

// A number in [0, n).
static inline uint
below(uint64 *seed, uint n)
{
	return (uint)(mix(seed) >> 33) % n;
}

// Forks, and does not come back without a child.
static inline int
must_fork(void)
{
	int pid = fork();

	EXPECT(pid >= 0, "fork failed");
	return pid;
}

// Reaps the one child there is and returns its status.
static inline int
reap(int pid)
{
	int status = -99;
	int got = wait(&status);

	EXPECT(got == pid, "wait gave %d, not %d", got, pid);
	return status;
}

// Reaps n children, each of which must have exited with the given status.
static inline void
reap_all(int n, int want)
{
	for (int i = 0; i < n; i++) {
		int status = -99;

		EXPECT(wait(&status) > 0, "only %d of %d children", i, n);
		EXPECT(status == want, "a child's status is %d, not %d",
		    status, want);
	}
}

// lib/trap_registers.S: a system call with every register given but sp and x7,
// and what they hold after it.
#define NREGISTERS 32
void trap_registers(uint64 r[NREGISTERS]);

#endif
