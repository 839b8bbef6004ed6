// Listing host directories, kept apart because the host's struct dirent and
// the image's (kernel/fs.h) share a name.
#ifndef MKFS_HOSTDIR_H
#define MKFS_HOSTDIR_H

// Calls found for each name in dir except . and .. , in any order, until it
// has named all.  Returns 0 or an errno value.
int hostdir_each(const char *dir, void (*found)(void *arg, const char *name),
		 void *arg);

#endif
