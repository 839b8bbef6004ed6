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

// strncmp.c
int strncmp(const char *, const char *, uint);

// parse_number.c: takes a whole string of decimal digits, and returns -1 for
// anything else or a value that does not fit.
int parse_number(const char *, uint64 *);

// snprintf.c: always 0-terminated; returns the length of the whole text.
int snprintf(char *, uint, const char *, ...) USER_PRINTF(3, 4);

// stats.c
long memstat_read(const char *); // one counter of /dev/memstat, -1 if absent
int variant_name(char *, int);   // 0, or -1 if the kernel does not tell
uint64 time_hz(void);            // ticks of the time CSR in a second

#endif
