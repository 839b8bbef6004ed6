// Open files.
#ifndef FS_FILE_H
#define FS_FILE_H

#include <stdbool.h>
#include "kernel/types.h"

struct chardev;
struct inode;
struct pipe;
struct stat;

enum file_kind { FILE_INODE, FILE_PIPE, FILE_DEVICE };

// A cache line.
//
// [I] once it is in a descriptor table  [a] atomic  [l] the inode's lock
struct file {
	uint32 refs;               // [a]
	enum file_kind kind;       // [I]
	bool readable;             // [I]
	bool writable;             // [I]
	bool append;               // [I] of INODE: writes go to its end
	struct inode *ip;          // [I] of INODE and DEVICE, referenced
	uint64 off;                // [l] of INODE: where the next transfer is
	struct pipe *pipe;         // [I] of PIPE: writable tells which end
	const struct chardev *dev; // [I] of DEVICE
	void *dev_state;           // the device's
} __attribute__((aligned(64)));

void file_init(void); // boot

// A file with one reference, of kind INODE without an inode; NULL if memory is
// short.
struct file *file_new(void);

void file_hold(struct file *f);

// Gives up a reference; the last one closes what the file stands for.  Follow
// with orphan_reap() when no lock is held and no operation open.
void file_put(struct file *f);

// Move n >= 0 bytes to or from user memory.  Return the number moved, 0 at the
// end of a file, or -1.  A write that returns -1 because the disk became full,
// or in the middle of a buffer that is longer than one operation's share, has
// written what went before.
int file_read(struct file *f, uint64 uaddr, int n);
int file_write(struct file *f, uint64 uaddr, int n);

// Describes the file's inode; -1 if it is a pipe.
int file_stat(struct file *f, struct stat *st);

#endif
