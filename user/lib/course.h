// What course programs of both generations expect: their system calls and
// their small C library.  They include it as user/user.h, after kernel/types.h,
// and are free to define any other name themselves; so what else there is
// stands in user/drove.h.  Where a course's own user.h has taken the place of
// ours, a program that includes this file is Drove's, and is linked with this
// library; others are not (see the Makefile).
#ifndef LIB_COURSE_H
#define LIB_COURSE_H

#include "kernel/types.h"
#include "kernel/vm.h"

struct stat;

#define USER_PRINTF(f, a) __attribute__((format(printf, f, a)))

// System calls.  Those that return int give -1 on error.
int fork(void);
void exit(int) __attribute__((noreturn));
int wait(int *);
int pipe(int *);
int read(int, void *, int);
int write(int, const void *, int);
int close(int);
int kill(int);
int exec(const char *, char **);
int open(const char *, int);
int mknod(const char *, short, short);
int unlink(const char *);
int fstat(int, struct stat *);
int link(const char *, const char *);
int mkdir(const char *);
int chdir(const char *);
int dup(int);
int getpid(void);
int sleep(int); // ticks of 100 ms
int pause(int); // the later name of sleep
int uptime(void);

// sbrk.c, sbrklazy.c: the heap's end moves by so many bytes; returns the old
// end or SBRK_ERROR.  Eager memory is there at once, lazy memory when touched,
// or not: see kernel/vm.h.  In a program that never calls sbrklazy, sbrk gives
// what is more than all memory as addresses.
#define SBRK_ERROR ((char *)-1)
char *sys_sbrk(int, int);
char *sbrk(int);
char *sbrklazy(int);

// mem.c, memcpy.c, memcmp.c
void *memset(void *, int, uint);
void *memmove(void *, const void *, int);
void *memcpy(void *, const void *, uint);
int memcmp(const void *, const void *, uint);

// string.c
uint strlen(const char *);
char *strcpy(char *, const char *);
int strcmp(const char *, const char *);
char *strchr(const char *, char);

// number.c
int atoi(const char *);

// printf.c: %d %i %u %x %X %p %s %c %% with l or ll, a width, and the flags 0
// and -.  Hexadecimal digits are capitals.  Text reaches the descriptor in as few writes as fit its buffer.
void printf(const char *, ...) USER_PRINTF(1, 2);
void fprintf(int, const char *, ...) USER_PRINTF(2, 3);

// file.c
int stat(const char *, struct stat *);
char *gets(char *, int);

// malloc.c: 16-byte aligned; NULL when there is no memory.
void *malloc(uint);
void free(void *);

// statistics.c: text of the course's statistics device.
int statistics(void *, int);

#endif
