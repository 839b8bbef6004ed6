// Directories.
//
// The lock of the directory's inode covers its entries.  A directory that has
// been removed (nlink 0) may live on as somebody's working directory; nothing
// can be found in it any more, since what its ".." names may be gone.

#include "fs/dir.h"
#include "fs/block.h"
#include "fs/inode.h"
#include "fs/super.h"
#include "kernel/stat.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "proc/sched.h"

#define PER_BLOCK (BSIZE / sizeof(struct dirent))

// Sees one entry, free ones included; true ends the scan.
typedef bool (*entry_fn)(void *arg, const struct dirent *e, uint off);

static bool
scan_block(const struct dirent *e, uint off, uint n, entry_fn see, void *arg)
{
	for (uint i = 0; i < n; i++)
		if (see(arg, &e[i], off + i * sizeof(*e)))
			return true;
	return false;
}

// Shows the entries to see until it has seen enough.  -1 if a block cannot be
// read.
static int
scan(struct inode *dp, entry_fn see, void *arg)
{
	uint total = dp->size / sizeof(struct dirent);

	for (uint first = 0; first < total; first += PER_BLOCK) {
		uint no = blockmap_find(dp, first / PER_BLOCK);
		struct buf *b = no != 0 ? block_read(no) : NULL;
		uint n = total - first;
		bool enough;

		if (b == NULL)
			return -1;
		enough = scan_block((const struct dirent *)b->data,
		    first * sizeof(struct dirent),
		    n < PER_BLOCK ? n : PER_BLOCK, see, arg);
		block_release(b);
		if (enough)
			break;
		preempt_point();
	}
	return 0;
}

struct search {
	const char *name;
	struct dir_spot *spot;
	bool has_gap;
};

static bool
search_see(void *arg, const struct dirent *e, uint off)
{
	struct search *s = arg;

	if (e->inum == 0) {
		if (!s->has_gap)
			s->spot->off = off;
		s->has_gap = true;
		return false;
	}
	if (e->name[0] != s->name[0] ||
	    strncmp(e->name, s->name, DIRSIZ) != 0)
		return false;
	s->spot->inum = e->inum;
	s->spot->off = off;
	return true;
}

int
dir_find(struct inode *dp, const char *name, struct dir_spot *spot)
{
	struct search s = {.name = name, .spot = spot};

	spot->inum = 0;
	spot->off = dp->size;
	if (scan(dp, search_see, &s) < 0)
		return -1;
	if (spot->inum >= fs_geo.ninodes) {
		kprintf("fs: directory %u has a bad inode number %u\n",
		    dp->inum, spot->inum);
		return -1;
	}
	return 0;
}

struct inode *
dir_lookup(struct inode *dp, const char *name)
{
	struct dir_spot spot;

	if (dp->type != T_DIR || dp->nlink == 0 ||
	    dir_find(dp, name, &spot) < 0 || spot.inum == 0)
		return NULL;
	return inode_get(spot.inum);
}

int
dir_enter(struct inode *dp, uint off, const char *name, uint inum)
{
	struct dirent e = {.inum = (ushort)inum};

	memcpy(e.name, name, DIRSIZ);
	return inode_write(dp, &e, off, sizeof(e)) == sizeof(e) ? 0 : -1;
}

int
dir_clear(struct inode *dp, uint off)
{
	static const char no_name[DIRSIZ];

	fs_generation_end();
	return dir_enter(dp, off, no_name, 0);
}

int
dir_start(struct inode *dp, uint parent_inum)
{
	struct dirent e[2] = {
	    {.inum = (ushort)dp->inum, .name = "."},
	    {.inum = (ushort)parent_inum, .name = ".."},
	};

	return inode_write(dp, e, 0, sizeof(e)) == sizeof(e) ? 0 : -1;
}

bool
name_is_dots(const char *name)
{
	return strncmp(name, ".", DIRSIZ) == 0 ||
	    strncmp(name, "..", DIRSIZ) == 0;
}

static bool
occupant_see(void *arg, const struct dirent *e, uint off)
{
	bool *occupied = arg;

	(void)off;
	*occupied = e->inum != 0 && !name_is_dots(e->name);
	return *occupied;
}

int
dir_is_empty(struct inode *dp)
{
	bool occupied = false;

	if (scan(dp, occupant_see, &occupied) < 0)
		return -1;
	return !occupied;
}
