// Directories: arrays of struct dirent, as the contents of an inode.
#ifndef FS_DIR_H
#define FS_DIR_H

#include <stdbool.h>
#include "kernel/types.h"
#include "kernel/fs.h"

struct inode;

// What a search for a name has found.
struct dir_spot {
	uint inum; // 0 = no entry of that name
	uint off;  // of the entry; without one, where it could be put
};

// Names are DIRSIZ bytes, zero-padded.  The directory is locked in all calls.

// 0, or -1 if the directory cannot be searched (reported).
int dir_find(struct inode *dp, const char *name, struct dir_spot *spot);

// The inode that name stands for, with one more reference; NULL if there is
// none, or dp is not a directory, or one that has been removed.
struct inode *dir_lookup(struct inode *dp, const char *name);

// Writes the entry at a spot that dir_find has found free, or clears the one
// at off.  0, or -1 if the disk is full or fails.  Inside an operation.
int dir_enter(struct inode *dp, uint off, const char *name, uint inum);
int dir_clear(struct inode *dp, uint off);

// The first entries of a new directory.
int dir_start(struct inode *dp, uint parent_inum);

// 1 if there is nothing in it but itself and its parent, 0 if there is, -1 if
// that cannot be found out.
int dir_is_empty(struct inode *dp);

// True for "." and "..".
bool name_is_dots(const char *name);

#endif
