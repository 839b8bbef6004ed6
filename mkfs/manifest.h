// What an image is to contain: a tree of names, made from the arguments of
// mkfs and from host directories before any block is allocated, so that
// everything that cannot be stored is refused before an image exists.
//
// Names in a directory are sorted, whatever order they were added in: the
// same contents make the same image.
#ifndef MKFS_MANIFEST_H
#define MKFS_MANIFEST_H

#include "kernel/types.h"
#include "kernel/fs.h"

enum entry_kind { ENTRY_DIRECTORY, ENTRY_FILE, ENTRY_DEVICE };

struct entry {
	char name[DIRSIZ + 1];
	enum entry_kind kind;
	char *source;		// host path of a file's contents
	uint size;		// bytes: of a file, or of a finished directory
	short major, minor;	// of a device
	struct entry *children; // of a directory, in order of names
	struct entry *next;	// in the same directory
};

// An empty root directory.  Neither this function nor those below
// return if there is an error: they fail() (fail.h).
struct entry *manifest_new(void);

// A host file under a path in the image; directories on the way are added.
void manifest_add_file(struct entry *root, const char *source,
		       const char *path);

void manifest_add_device(struct entry *root, short major, short minor,
			 const char *path);

// Everything below a host directory, at the root.
void manifest_add_tree(struct entry *root, const char *source);

// Adds what the tree below e, and e itself, take in an image.
void manifest_measure(const struct entry *e, uint *blocks, uint *inodes);

#endif
