// From paths to inodes.
//
// A walk locks one directory at a time and takes the reference on the next
// inode before it lets go of the lock.  While a directory is locked and has
// links, the inodes that its entries name have links too (its ".." as well,
// since a directory with something in it cannot be removed): what the walk
// gets a reference on is never freed between finding and using it.

#include "fs/path.h"
#include "fs/dir.h"
#include "fs/files.h"
#include "fs/inode.h"
#include "lib/string.h"
#include "proc/proc.h"

// A position in a path: the component that starts at word has len bytes.  At
// the end of the path, len is 0.
struct cursor {
	const char *word;
	uint len;
};

static struct cursor
component_at(const char *s)
{
	struct cursor c = {s, 0};

	while (*c.word == '/')
		c.word++;
	while (c.word[c.len] != '\0' && c.word[c.len] != '/')
		c.len++;
	return c;
}

static void
copy_name(struct cursor c, char name[DIRSIZ])
{
	memset(name, 0, DIRSIZ);
	memcpy(name, c.word, c.len < DIRSIZ ? c.len : DIRSIZ);
}

static struct inode *
walk_start(const char *path)
{
	struct inode *cwd;

	if (path[0] == '/')
		return inode_get(ROOTINO);
	cwd = current()->files->cwd;
	inode_hold(cwd);
	return cwd;
}

// Swaps a reference on a directory for one on what name is in it, or NULL.
static struct inode *
walk_step(struct inode *dp, const char *name)
{
	struct inode *next = NULL;

	if (inode_lock_valid(dp) == 0) {
		next = dir_lookup(dp, name);
		inode_unlock(dp);
	}
	inode_put(dp);
	return next;
}

struct inode *
path_lookup(const char *path)
{
	struct cursor c = component_at(path);
	struct inode *ip = path[0] != '\0' ? walk_start(path) : NULL;
	char name[DIRSIZ];

	while (ip != NULL && c.len > 0) {
		copy_name(c, name);
		ip = walk_step(ip, name);
		c = component_at(c.word + c.len);
	}
	return ip;
}

struct inode *
path_parent(const char *path, char name[DIRSIZ])
{
	struct cursor c = component_at(path), next;
	struct inode *ip;

	if (c.len == 0)
		return NULL;
	ip = walk_start(path);
	while (ip != NULL) {
		copy_name(c, name);
		next = component_at(c.word + c.len);
		if (next.len == 0)
			break;
		ip = walk_step(ip, name);
		c = next;
	}
	return ip;
}
