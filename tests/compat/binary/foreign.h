// A user library that is not Drove's, for programs that know nothing of its
// headers: call numbers and structures are written down here once more.
#ifndef COMPAT_FOREIGN_H
#define COMPAT_FOREIGN_H

typedef unsigned long word;

#define OPEN_READ   0x000
#define OPEN_WRITE  0x001
#define OPEN_BOTH   0x002
#define OPEN_CREATE 0x200
#define OPEN_EMPTY  0x400

struct file_status {
	int disk;
	unsigned inode;
	short kind; // 1 directory, 2 file, 3 device
	short links;
	word size;
};

// stubs.S
int fork(void);
void exit(int) __attribute__((noreturn));
int wait(int *);
int pipe(int *);
int read(int, void *, int);
int kill(int);
int exec(const char *, char **);
int fstat(int, struct file_status *);
int chdir(const char *);
int dup(int);
int getpid(void);
char *sbrk(int);
int sleep(int);
int uptime(void);
int open(const char *, int);
int write(int, const void *, int);
int mknod(const char *, int, int);
int unlink(const char *);
int link(const char *, const char *);
int mkdir(const char *);
int close(int);

// What the kernel left in sp, a0 and a1, and what the next sbrk leaves in a1.
extern word entry_sp, entry_a0, entry_a1;
extern word sbrk_a1;

// lib.c
int length(const char *);
int same(const char *, const char *);
void say(const char *); // to descriptor 1
void say_number(word);
void *memset(void *, int, word); // compilers call these two
void *memcpy(void *, const void *, word);

// Ends the program with status 1, after a line that names the claim.
#define CLAIM(c)                                         \
	do {                                             \
		if (!(c))                                \
			refuted(#c, __FILE__, __LINE__); \
	} while (0)
void refuted(const char *, const char *, int) __attribute__((noreturn));

#endif
