// How mkfs gives up.
#ifndef MKFS_FAIL_H
#define MKFS_FAIL_H

// The image that fail() takes away, so that no half of one is left behind and
// no older one is taken for it.
void fail_removes(const char *path);

// One line on stderr; exit status 1.
void fail(const char *fmt, ...)
    __attribute__((noreturn, format(printf, 1, 2)));

#endif
