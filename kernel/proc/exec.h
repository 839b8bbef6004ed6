// Executing programs.
#ifndef PROC_EXEC_H
#define PROC_EXEC_H

#include "kernel/types.h"

// Replaces the current process's memory with the program at path (user
// addresses; argv ends with 0).  Returns argc, for a0, or -1 and nothing has
// changed.
long exec_user(uint64 upath, uint64 uargv);

// The same with the kernel's own strings, for the first process.
long exec_kernel(const char *path, const char *const *argv);

#endif
