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

static void
add_links(struct inode *ip, int n)
{
	ip->nlink = (short)(ip->nlink + n);
	ip->dirty = true;
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

// Gives the new inode, locked and without links, its contents and its name.
static int
settle(struct inode *dp, uint off, const char *name, struct inode *ip)
{
	bool is_dir = ip->type == T_DIR;

	if (is_dir && dir_start(ip, dp->inum) < 0)
		return -1;
	add_links(ip, 1);
	if (dinode_flush(ip) < 0)
		goto unlink;
	if (is_dir)
		add_links(dp, 1);
	// Writing the entry writes dp's inode as well.
	if (dir_enter(dp, off, name, ip->inum) == 0)
		return 0;
	if (is_dir)
		add_links(dp, -1);
	dinode_flush(dp);
unlink:
	add_links(ip, -1);
	dinode_flush(ip);
	return -1;
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
	inode_unlock(ip);
	if (r == 0)
		return ip;
	inode_put(ip); // it has no links: this frees it
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
	    .type = type, .major = major, .minor = minor};
	char name[DIRSIZ];
	struct inode *dp = path_parent(path, name), *ip;

	if (dp == NULL)
		return NULL;
	log_begin();
	ip = create_in(dp, name, &like);
	inode_put(dp);
	log_end();
	return ip;
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
	if (ip->nlink == 0 || ip->nlink == LINK_MAX)
		goto out;
	add_links(ip, 1);
	if (dinode_flush(ip) == 0)
		r = dir_enter(dp, spot.off, name, ip->inum);
	if (r < 0) {
		add_links(ip, -1);
		dinode_flush(ip);
	}
out:
	inode_unlock(ip);
	return r;
}

int
tree_link(const char *old, const char *new)
{
	char name[DIRSIZ];
	struct inode *ip, *dp;
	int r = -1;

	ip = keep_if_file(path_lookup(old));
	if (ip == NULL)
		return -1;
	dp = path_parent(new, name);
	log_begin();
	if (dp != NULL && lock_dir(dp) == 0) {
		r = link_in(dp, name, ip);
		inode_unlock(dp);
	}
	if (dp != NULL)
		inode_put(dp);
	inode_put(ip);
	log_end();
	return r;
}

// Both locked: takes the entry at off away from dp and one link from ip.
static int
detach(struct inode *dp, uint off, struct inode *ip)
{
	int down = ip->type == T_DIR ? 1 : 0;

	if (ip->nlink < 1)
		return -1;
	if (down && (dp->nlink < 2 || dir_is_empty(ip) != 1))
		return -1;
	add_links(dp, -down);
	if (dir_clear(dp, off) < 0) {
		add_links(dp, down);
		return -1;
	}
	add_links(ip, -1);
	return dinode_flush(ip);
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
	log_begin();
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
	log_end();
	return r;
}
