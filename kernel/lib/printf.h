// Kernel messages and formatted text.
#ifndef LIB_PRINTF_H
#define LIB_PRINTF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include "kernel/types.h"

// Formats: %d %u %x %c %s %p %%, with l for 64 bits, a width, a leading 0 to
// pad with zeros and a leading - to align left.  emit gets one byte at a time.
void format(void (*emit)(void *to, char c), void *to, const char *fmt,
    va_list ap);

// To the console; may be called anywhere, interrupts off, any lock held.
void kprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

// Into buf, always 0-terminated; returns the length the whole text would
// have, as C's snprintf.
size_t ksnprintf(char *buf, size_t size, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

// An invariant is broken: says so with hart, process, caller and a stack
// trace, stops the other harts and powers off with a failure status.
void panic(const char *fmt, ...)
    __attribute__((noreturn, format(printf, 1, 2)));

#define KASSERT(cond)                                                         \
	do {                                                                  \
		if (__builtin_expect(!(cond), 0))                             \
			panic("%s:%d: broken: %s", __FILE__, __LINE__, #cond); \
	} while (0)

// Checks too dear for every build.
#ifdef DEBUG
#define DASSERT(cond) KASSERT(cond)
#else
#define DASSERT(cond) ((void)0)
#endif

#endif
