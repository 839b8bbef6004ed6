// What the tests of kernel/fs share.
#ifndef HOST_FS_H
#define HOST_FS_H

#include <stdbool.h>
#include "kernel/types.h"

#define CHECK(cond)                                                           \
	do {                                                                  \
		if (!(cond))                                                  \
			check_failed(__FILE__, __LINE__, #cond);              \
	} while (0)

void check_failed(const char *file, int line, const char *what)
    __attribute__((noreturn));

// Puts an empty file system on the disk.
void make_disk(uint blocks, uint inodes, uint nlog);

// Runs body in a child: mounts the disk and runs it as the first process, with
// empty descriptors; flushes at the end.  Returns the exit status, 0 if every
// CHECK held.
int boot(void (*body)(void));

// Whether the disk is consistent now; says why not.
bool disk_is_sound(void);
// The same in a child that says nothing: 0 or 1, or more if the checker fails.
int disk_verdict(void);

// A number that stands for all names, types, sizes and contents on the disk.
uint64 disk_signature(void);

// Counts a test: prints its name if it failed.
void verdict(const char *name, bool ok);

// n, times what the environment's SCALE says: for long runs.
uint scaled(uint n);

// One boot whose body must succeed and leave a sound disk behind.
void simple_test(const char *name, void (*body)(void));

// Memory of the running process in which user addresses are good.
uchar *scratch(void);
#define SCRATCH_SIZE 16384
// The same for all processes.
uchar *big_scratch(void);
#define BIG_SIZE (1 << 20)

// System calls with the path put into user memory.
int t_open(const char *path, int flags);
int t_unlink(const char *path);
int t_link(const char *old, const char *new);
int t_mkdir(const char *path);
int t_mknod(const char *path, int major);
int t_chdir(const char *path);
int t_close(int fd);
// With kernel memory, copied through scratch (n up to 8192).
int t_write(int fd, const void *buf, int n);
int t_read(int fd, void *buf, int n);

// Whole files: a pattern that depends on the seed.
void put_file(const char *path, uint seed, int n);
bool file_has(const char *path, uint seed, int n);
uchar pattern(uint seed, uint at);

// Several processes.  start_workers gives each a share of the caller's files,
// as fork would; a worker gets the address of its number, and gives the files
// up with worker_ends().  run_workers waits until all have ended.
#define MAX_WORKERS 6
void start_workers(uint n, void (*work)(void *arg));
void run_workers(uint n, void (*work)(void *arg));
uint number_of(void *arg);
void worker_ends(void);

// Boots body once per schedule, each time with an empty disk that must be
// sound in the end.
void many_seeds(const char *name, void (*body)(void));

// Calls that make, change and remove things on an empty disk, in this order;
// each is one operation of the file system (plus the freeing of what it leaves
// without a name).  A step returns what its call does: -1, or, if it succeeds,
// step_result(), 0 or a number of bytes.
#define NSTEPS 23
int try_step(uint i);
int step_result(uint i);
void take_step(uint i); // must succeed
// Whether the call has this result when it is asked for no more than that.
bool try_step_as(uint i, int result);
// The disk's signature after so many steps, once they have been rehearsed.
extern uint64 step_signature[NSTEPS + 1];
bool rehearse(void);

void basic_tests(void);
void crash_tests(void);
void power_tests(void);
void transfer_tests(void);
void race_tests(void);
void pipe_tests(void);
void fault_tests(void);

// Damaged images from that seed on, for so long; each is a test.
void image_fuzz(uint seed, uint seconds);

#endif
