// What Drove's own programs may call beyond user/lib/course.h.  Each function
// is in an object file of the library that holds nothing a course program
// calls: a program with functions of these names links as long as it does not
// include this.
#ifndef DROVE_EXTRAS_H
#define DROVE_EXTRAS_H

#include "user/lib/course.h"

// System calls (extra_calls.S).
int poweroff(int);       // ends the machine with a status of 0..255
int setaffinity(uint64); // mask of harts to run on, 0 = all; inherited
int gethart(void);
int nharts(void);
int sync(void);          // returns when the disk has everything in its place
int reboot(void);        // sync, and start the machine again

// strncmp.c
int strncmp(const char *, const char *, uint);

// parse_number.c: takes a whole string of decimal digits, and returns -1 for
// anything else or a value that does not fit.
int parse_number(const char *, uint64 *);

// overlong_name.c: whether a component of the path is longer than a name can
// be; says so on descriptor 2, as the program who.
int overlong_name(const char *who, const char *path);

// kill_named.c: kills the processes that the strings, up to a NULL, are the
// numbers of.  0, or 1 after a message for each that there is not.
int kill_named(const char *who, char **pids);

// snprintf.c: always 0-terminated; returns the length of the whole text.
int snprintf(char *, uint, const char *, ...) USER_PRINTF(3, 4);

// stats.c
long memstat_read(const char *); // one counter of /dev/memstat, -1 if absent
int variant_name(char *, int);   // 0, or -1 if the kernel does not tell
uint64 time_hz(void);            // ticks of the time CSR in a second

#endif
