// Memory and string routines (freestanding; the compiler may call the first
// four on its own).
#ifndef LIB_STRING_H
#define LIB_STRING_H

#include <stddef.h>

void *memset(void *dst, int c, size_t n);
void *memcpy(void *dst, const void *src, size_t n);
void *memmove(void *dst, const void *src, size_t n);
int memcmp(const void *a, const void *b, size_t n);
size_t strlen(const char *s);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t n);

// Copies at most size-1 bytes and always ends dst with a 0 (size > 0).
// Returns dst.
char *strlcopy(char *dst, const char *src, size_t size);

// A whole page, page-aligned: unrolled, 64 bytes a turn.
void page_copy(void *dst, const void *src);
void page_zero(void *dst);

#endif
