// Operations that change names.
//
// Each finds its directory first, then opens one operation, locks the
// directory and checks again what matters: that it is one, and has not been
// removed meanwhile.  Under a directory's lock an entry's inode may be locked,
// never the other way round, so two of these cannot wait for each other.  On a
// damaged disk, though, directories may lead round in a circle; so where the
// inode may be a directory, it is only tried, and if somebody has it, waited
// for without the directory's lock (tree_unlink).
//
// A directory's nlink counts the names that lead to it from above and the ".."
// of those below.

#include "fs/path.h"
#include "fs/dir.h"
#include "fs/inode.h"
#include "kernel/stat.h"
#include "lib/printf.h"
#include "lib/string.h"

#define LINK_MAX 32767 // what the disk's 16 bits hold

// Locks a directory in which names may change; -1 if it is none.
static int
lock_dir(struct inode *dp)
{
	if (inode_lock_valid(dp) < 0)
		return -1;
	if (dp->type == T_DIR && dp->nlink > 0)
		return 0;
	inode_unlock(dp);
	return -1;
}

// Of an inode that has been prepared, unless n is 0.
static void
add_links(struct inode *ip, int n)
{
	DASSERT(n == 0 || ip->dirty);
	ip->nlink = (short)(ip->nlink + n);
}

// Keeps the reference only if ip is something that can be opened for writing.
static struct inode *
keep_if_file(struct inode *ip)
{
	bool fits;

	if (ip == NULL)
		return NULL;
	inode_lock(ip);
	fits = ip->type == T_FILE || ip->type == T_DEVICE;
	inode_unlock(ip);
	if (fits)
		return ip;
	inode_put(ip);
	return NULL;
}

// Gives the new inode, locked and without links, its contents and its name.  0,
// or -1 with the directory as it was.
static int
settle(struct inode *dp, uint off, const char *name, struct inode *ip)
{
	int up = ip->type == T_DIR ? 1 : 0;
	int r;

	if (up && (dir_start(ip, dp->inum) < 0 || dinode_prepare(dp) < 0))
		return -1;
	add_links(dp, up);
	r = dir_enter(dp, off, name, ip->inum);
	add_links(dp, r < 0 ? -up : 0);
	dinode_flush(dp);
	return r;
}

// Makes an inode free that this operation has made: what that changes, it has
// logged.
static void
discard(struct inode *ip)
{
	if (blockmap_shrink(ip) != SHRUNK || dinode_free(ip) < 0)
		panic("fs: inode %u cannot be given back by the operation "
		      "that made it", ip->inum);
}

// Under dp's lock: an inode like the given one at a free spot.
static struct inode *
create_at(struct inode *dp, uint off, const char *name,
    const struct dinode *like)
{
	struct inode *ip;
	int r;

	if (like->type == T_DIR && dp->nlink == LINK_MAX)
		return NULL;
	ip = dinode_alloc(like);
	if (ip == NULL)
		return NULL;
	r = settle(dp, off, name, ip);
	if (r < 0)
		discard(ip);
	inode_unlock(ip);
	if (r == 0)
		return ip;
	inode_put(ip);
	return NULL;
}

// What exists is looked at only when the directory is unlocked: the name may
// be "..".
static struct inode *
create_in(struct inode *dp, const char *name, const struct dinode *like)
{
	struct dir_spot spot;
	struct inode *ip = NULL;

	if (lock_dir(dp) < 0)
		return NULL;
	if (dir_find(dp, name, &spot) < 0) {
		inode_unlock(dp);
		return NULL;
	}
	if (spot.inum == 0)
		ip = create_at(dp, spot.off, name, like);
	else if (like->type == T_FILE)
		ip = inode_get(spot.inum);
	inode_unlock(dp);
	return spot.inum == 0 ? ip : keep_if_file(ip);
}

struct inode *
tree_create(const char *path, short type, short major, short minor)
{
	const struct dinode like = {
	    .type = type, .nlink = 1, .major = major, .minor = minor};
	char name[DIRSIZ];
	struct inode *dp = path_parent(path, name), *ip;

	if (dp == NULL)
		return NULL;
	if (log_begin() < 0) {
		inode_put(dp);
		orphan_reap();
		// What is there can be opened all the same.
		return type == T_FILE ? keep_if_file(path_lookup(path)) : NULL;
	}
	ip = create_in(dp, name, &like);
	inode_put(dp);
	if (log_end() == 0 || ip == NULL)
		return ip;
	inode_put(ip);
	return NULL;
}

// Under dp's lock; ip is no directory.
static int
link_in(struct inode *dp, const char *name, struct inode *ip)
{
	struct dir_spot spot;
	int r = -1;

	if (dir_find(dp, name, &spot) < 0 || spot.inum != 0 ||
	    inode_lock_valid(ip) < 0)
		return -1;
	if (ip->nlink > 0 && ip->nlink < LINK_MAX && dinode_prepare(ip) == 0) {
		r = dir_enter(dp, spot.off, name, ip->inum);
		add_links(ip, r == 0 ? 1 : 0);
		dinode_flush(ip);
	}
	inode_unlock(ip);
	return r;
}

int
tree_link(const char *old, const char *new)
{
	char name[DIRSIZ];
	struct inode *ip, *dp;
	bool begun;
	int r = -1;

	ip = keep_if_file(path_lookup(old));
	if (ip == NULL)
		return -1;
	dp = path_parent(new, name);
	begun = log_begin() == 0;
	if (begun && dp != NULL && lock_dir(dp) == 0) {
		r = link_in(dp, name, ip);
		inode_unlock(dp);
	}
	if (dp != NULL)
		inode_put(dp);
	inode_put(ip);
	if (!begun)
		orphan_reap();
	else if (log_end() < 0)
		r = -1;
	return r;
}

// Both locked: takes the entry at off away from dp and one link from ip.  0, or
// -1 with nothing changed.
static int
detach(struct inode *dp, uint off, struct inode *ip)
{
	int down = ip->type == T_DIR ? 1 : 0;
	int r = -1;

	if (ip->nlink < 1)
		return -1;
	if (down && (dp->nlink < 2 || dir_is_empty(ip) != 1))
		return -1;
	if (dinode_prepare(ip) == 0 && (!down || dinode_prepare(dp) == 0)) {
		add_links(dp, -down);
		r = dir_clear(dp, off);
		add_links(r < 0 ? dp : ip, r < 0 ? down : -1);
	}
	dinode_flush(dp);
	dinode_flush(ip);
	return r;
}

// Under dp's lock.  If somebody else has locked the inode that name leads to,
// *busy is that inode, referenced, and nothing has changed.
static int
unlink_in(struct inode *dp, const char *name, struct inode **busy)
{
	struct dir_spot spot;
	struct inode *ip;
	int r = -1;

	if (dir_find(dp, name, &spot) < 0 || spot.inum == 0 ||
	    spot.inum == dp->inum)
		return -1;
	ip = inode_get(spot.inum);
	if (ip == NULL)
		return -1;
	if (!inode_trylock(ip)) {
		*busy = ip;
		return -1;
	}
	if (inode_type(ip) != 0)
		r = detach(dp, spot.off, ip);
	inode_unlock(ip);
	inode_put(ip);
	return r;
}

// Returns when somebody has let go of the inode; drops the reference.
static void
await_unlocked(struct inode *ip)
{
	inode_lock(ip);
	inode_unlock(ip);
	inode_put(ip);
}

int
tree_unlink(const char *path)
{
	char name[DIRSIZ];
	struct inode *dp = path_parent(path, name), *busy;
	int r = -1;

	if (dp == NULL)
		return -1;
	if (log_begin() < 0) {
		inode_put(dp);
		orphan_reap();
		return -1;
	}
	do {
		busy = NULL;
		if (!name_is_dots(name) && lock_dir(dp) == 0) {
			r = unlink_in(dp, name, &busy);
			inode_unlock(dp);
		}
		if (busy != NULL)
			await_unlocked(busy);
	} while (busy != NULL);
	inode_put(dp);
	return log_end() < 0 ? -1 : r;
}
