// The cases of usertests, and the tools they share.
//
// A case runs in a process of its own, in the directory that usertests was
// started in; it returns if all is well, and leaves no files behind then.
#ifndef USERTESTS_CASES_H
#define USERTESTS_CASES_H

#include "user/testing.h"
#include "kernel/fs.h"
#include "kernel/memlayout.h"
#include "kernel/param.h"

// What is peculiar to a case; some kernels do not tell what others check.
enum {
	SLOW = 1,        // left out by -q
	NEEDS_HARTS = 2, // Drove's calls on harts
	NEEDS_PAGES = 4, // /dev/memstat
};

struct usertest {
	const char *name;
	void (*run)(void);
	int traits;
};

// Each table ends with a NULL name.
extern const struct usertest pointer_tests[]; // usertests/pointers.c
extern const struct usertest path_tests[];    // usertests/paths.c
extern const struct usertest heap_tests[];    // usertests/heap.c
extern const struct usertest lazy_tests[];    // usertests/lazy.c
extern const struct usertest fault_tests[];   // usertests/faults.c
extern const struct usertest file_tests[];    // usertests/files.c
extern const struct usertest inode_tests[];   // usertests/inodes.c
extern const struct usertest dir_tests[];     // usertests/dirs.c
extern const struct usertest crowd_tests[];   // usertests/crowds.c
extern const struct usertest fd_tests[];      // usertests/fds.c
extern const struct usertest pipe_tests[];    // usertests/pipes.c
extern const struct usertest family_tests[];  // usertests/family.c
extern const struct usertest kill_tests[];    // usertests/kills.c
extern const struct usertest exec_tests[];    // usertests/execs.c
extern const struct usertest program_tests[]; // usertests/programs.c
extern const struct usertest sched_tests[];   // usertests/sched.c
extern const struct usertest hart_tests[];    // usertests/harts.c
extern const struct usertest limit_tests[];   // usertests/limits.c

// The other side of the exec cases: `usertests @...`; does not return.
void exec_target(int argc, char **argv) __attribute__((noreturn));

// Forks a child that runs body(arg) and exits with 0.
int spawn(void (*body)(long), long arg);

// The status of such a child.
int outcome_of(void (*body)(long), long arg);

// Fails unless body(arg) kills the child that runs it.
void expect_killed(void (*body)(long), long arg, const char *what);

// A gate holds processes back until it opens for all of them.
struct gate {
	int fd[2];
};

void gate_new(struct gate *g);
void gate_wait(struct gate *g); // in children: until the maker opens it
void gate_open(struct gate *g); // in the maker: and forget it

// Any system call, by number.
long raw_call(long number, long a, long b, long c);

// Addresses that no process may use: never mapped, the kernel's, or not even
// addresses.
#define NBAD 12
uint64 bad_address(int i);

// Test data: byte i of the sequence that a seed stands for.
char data_at(uint64 seed, int i);
void data_fill(void *to, int n, uint64 seed, int from);

// The first of n bytes that is not data_at(seed, from...), or -1.
int data_differs(const void *at, int n, uint64 seed, int from);

// Files.  All of these end the case if something fails.
int must_open(const char *path, int flags);
void must_write(int fd, const void *from, int n);
void make_file(const char *path, uint64 seed, int size);
void expect_file(const char *path, uint64 seed, int size);
void expect_absent(const char *path);
void must_unlink(const char *path);
uint64 size_of(const char *path);

// A name of at most 14 bytes made of a stem and a number; good until the
// fourth next call.
char *numbered(const char *stem, int n);

// Entries of a directory whose names begin with prefix.
int entries(const char *dir, const char *prefix);

// Makes the kernel's caches give up what they can.
void empty_caches(void);

// Whether the kernel tells how many pages are free.
int tells_pages(void);

// Pages on the kernel's free lists; the caches' do not count.  A number that is
// safe to use, and does not change, if the kernel does not tell.
long free_pages(void);

#endif
