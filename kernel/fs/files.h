// What fork shares of the file world: a container with the descriptor table
// and the working directory, copy-on-write like memory.
//
// Fork takes one reference on the container and none on what is in it.  Before
// a process changes its container it must be the only holder, and gets its own
// copy if it is not (files_unshare); only then do the counts of open files and
// of the directory's inode change.
//
// Invariant: references of an open file = containers that list it
// (once per descriptor) + calls in progress that hold it.
#ifndef FS_FILES_H
#define FS_FILES_H

#include <stdbool.h>

#include "kernel/types.h"
#include "kernel/param.h"

struct file;
struct inode;

struct files {
	uint32 refs;              // [a] processes that hold it
	bool spare;               // [I] while in use: goes back to the spares
	struct files *next_spare; // [files] while it is one
	struct inode *cwd;        // [sole holder]
	struct file *fd[NOFILE];  // [sole holder] NULL = free
};

// Boot: makes the object caches of this folder, and containers for so many
// processes.
void files_init(uint processes);

// An empty container with one reference and the root directory as cwd; NULL if
// memory is short.
struct files *files_new(void);

// One more reference for a new process.  Never fails.
struct files *files_share(struct files *f);

// Gives up a reference; the last one closes everything (may sleep).
void files_put(struct files *f);

// Makes current()->files the current process's own.  Never fails.
void files_unshare(void);

#endif
