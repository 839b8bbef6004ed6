// What the rest of the kernel uses of the file system (exec, boot).
#ifndef FS_FS_H
#define FS_FS_H

#include <stdbool.h>
#include "kernel/types.h"

struct inode;

// Boot, hart 0, when object caches work: makes the caches of this folder
// (files_init included).  Touches no disk.
void fs_init(void);

// Reads the superblock of the root disk, checks every field of it against the
// disk's size, replays the log, and reclaims inodes that were unlinked while
// open.  Panics with a clear message if the image is corrupt or foreign.  In
// process context (init's, before it execs).
void fs_mount(void);

// Has everything that was changed, by calls that have returned, in its place
// and on stable storage when it returns 0; -1 if that cannot be done.  Process
// context, no sleep locks held.
int fs_sync(void);

// Gives back memory of up to so many pages of cached blocks, and returns how
// many it were; when there are none, unused inodes go back to their object
// cache.  Never sleeps; no spinlocks held.
uint fs_shrink(uint pages);

// About how many pages that could be.
uint fs_reclaimable(void);

// Every file-system call that may write runs between these two; they nest
// nowhere, and no sleep lock is held at either.  log_begin sleeps while the
// log has no room; -1, and nothing is begun, if the file system is read-only.
// log_end returns when the changes are in the log, -1 if they cannot get there.
int log_begin(void);
int log_end(void);

// Finds a path from the root or the current directory.  Returns a referenced,
// unlocked inode, or NULL.  Needs no log_begin, but may be called inside.
struct inode *path_lookup(const char *path);

// Reads the inode from disk if needed.  If it cannot be read, or is not sound,
// its type is 0 while locked.
void inode_lock(struct inode *ip);
void inode_unlock(struct inode *ip);

// Drops a reference.  Never sleeps, and needs no log_begin: an inode that this
// leaves without names or users is freed behind the next operation.
void inode_put(struct inode *ip);

short inode_type(const struct inode *ip); // locked
uint inode_size(const struct inode *ip);  // locked

// A number that stands for exactly these contents of this file: whoever sees it
// again, now or later, need not read them.  Needs no lock; 0 if there is none,
// which inode_stamp_new changes (locked).
uint64 inode_stamp(const struct inode *ip);
uint64 inode_stamp_new(struct inode *ip);

// Changes whenever a name goes away, or the contents of a file with a stamp
// change: while it stays the same, a path that stood for a file stands for it
// still, with the same stamp.  Read it before you look the path up.
uint64 fs_generation(void);

// Reads up to n bytes at byte offset off, stopping at the end of the file;
// returns bytes read or -1.  inode_read writes to kernel memory (never user
// memory), inode_read_user to the current process's.  The inode is locked.
int inode_read(struct inode *ip, void *dst, uint64 off, uint n);
int inode_read_user(struct inode *ip, uint64 udst, uint64 off, uint n);

#endif
