// Formatted text for whoever takes it byte by byte (printf, snprintf).
#ifndef LIB_FORMAT_H
#define LIB_FORMAT_H

#include <stdarg.h>

// Whoever takes the text embeds this as its first member.
struct sink {
	void (*put)(struct sink *to, char c);
};

// Understands % [-] [0] [width] [l|ll] and one of d i u x X p s c %; %l alone
// means %ld.  Anything else after a % comes out as it stands.
void format_text(struct sink *to, const char *fmt, va_list args);

// The same to a descriptor (printf.c).
void vprintf(int fd, const char *fmt, va_list args);

#endif
