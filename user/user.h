// What programs may call: system calls, the small C library, and Drove's own
// additions.  Course programs include it after kernel/types.h.
#ifndef DROVE_USER_H
#define DROVE_USER_H

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

// sbrk.c: the heap's end moves by so many bytes; returns the old end or
// SBRK_ERROR.  Eager memory is there at once, lazy memory when touched, or not:
// see kernel/vm.h.
#define SBRK_ERROR ((char *)-1)
char *sys_sbrk(int, int);
char *sbrk(int);
char *sbrklazy(int);

// Drove's own system calls.
int poweroff(int);       // ends the machine with a status of 0..255
int setaffinity(uint64); // mask of harts to run on, 0 = all; inherited
int gethart(void);
int nharts(void);

// mem.c
void *memset(void *, int, uint);
void *memmove(void *, const void *, int);
void *memcpy(void *, const void *, uint);
int memcmp(const void *, const void *, uint);

// string.c
uint strlen(const char *);
char *strcpy(char *, const char *);
int strcmp(const char *, const char *);
int strncmp(const char *, const char *, uint);
char *strchr(const char *, char);

// number.c.  parse_number takes a whole string of decimal digits, and returns
// -1 for anything else or a value that does not fit.
int atoi(const char *);
int parse_number(const char *, uint64 *);

// printf.c: %d %i %u %x %X %p %s %c %% with l or ll, a width, and the flags 0
// and -.  Hexadecimal digits are capitals.  Text reaches the descriptor in as few writes as fit its buffer.
void printf(const char *, ...) USER_PRINTF(1, 2);
void fprintf(int, const char *, ...) USER_PRINTF(2, 3);

// snprintf.c: always 0-terminated; returns the length of the whole text.
int snprintf(char *, uint, const char *, ...) USER_PRINTF(3, 4);

// file.c
int stat(const char *, struct stat *);
char *gets(char *, int);

// malloc.c: 16-byte aligned; NULL when there is no memory.
void *malloc(uint);
void free(void *);

// stats.c
int statistics(void *, int);     // text of the course's statistics device
long memstat_read(const char *); // one counter of /dev/memstat, -1 if absent
int variant_name(char *, int);   // 0, or -1 if the kernel does not tell
uint64 time_hz(void);            // ticks of the time CSR in a second

#endif
