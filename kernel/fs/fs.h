// What the rest of the kernel uses of the file system (exec, boot).
#ifndef FS_FS_H
#define FS_FS_H

#include <stdbool.h>
#include "kernel/types.h"

struct inode;
struct stat;

// Reads the superblock of the root disk, checks every field of it against the
// disk's size, replays the log, and reclaims inodes that were unlinked while
// open.  Panics with a clear message if the image is corrupt or foreign.  In
// process context (init's, before it execs).
void fs_mount(void);

// Every file-system call that may write runs between these two; they nest
// nowhere.  Sleeps while the log has no room.
void log_begin(void);
void log_end(void);

// Finds a path from the root or the current directory.  Returns a referenced,
// unlocked inode, or NULL.  Inside log_begin/log_end, because dropping the last
// reference of an unlinked directory on the way frees it.
struct inode *path_lookup(const char *path);

void inode_lock(struct inode *ip); // reads it from disk if needed
void inode_unlock(struct inode *ip);
void inode_put(struct inode *ip);  // inside log_begin/log_end

short inode_type(const struct inode *ip); // locked
uint inode_size(const struct inode *ip);  // locked

// Reads up to n bytes at byte offset off, stopping at the end of the file;
// returns bytes read or -1.  inode_read writes to kernel memory (never user
// memory), inode_read_user to the current process's.  The inode is locked.
int inode_read(struct inode *ip, void *dst, uint64 off, uint n);
int inode_read_user(struct inode *ip, uint64 udst, uint64 off, uint n);

#endif
