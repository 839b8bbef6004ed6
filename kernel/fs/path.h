// Paths, and the operations that change the tree of names.
#ifndef FS_PATH_H
#define FS_PATH_H

#include "kernel/types.h"
#include "kernel/fs.h"

struct inode;

// Finds the directory that holds, or would hold, the last component of path.
// Returns it with one more reference, unlocked, and puts that component into
// name, cut to DIRSIZ bytes and zero-padded.  NULL if there is no such
// directory, or path has no components.
struct inode *path_parent(const char *path, char name[DIRSIZ]);

// The following are whole operations: 0 or an inode on success, -1 or NULL on
// failure with nothing changed.

// Makes a file, directory or device node and returns it with one reference,
// unlocked.  With type T_FILE, an existing file or device is returned instead;
// otherwise the name must be new.
struct inode *tree_create(const char *path, short type, short major,
    short minor);

// Makes the file at path old available at path new, too.  Not for directories.
int tree_link(const char *old, const char *new);

// Removes the name; an inode without names is freed when nobody uses it.  Not
// for directories that have anything in them.
int tree_unlink(const char *path);

#endif
