// Bringing the file system up, and down.
//
// The order matters: nothing may be cached before the log has been replayed,
// since the replay writes behind the cache's back; and inodes can be freed
// only when the log is open.

#include "dev/disk.h"
#include "fs/block.h"
#include "fs/blockio.h"
#include "fs/files.h"
#include "fs/fs.h"
#include "fs/inode.h"
#include "fs/log.h"
#include "fs/super.h"
#include "kernel/stat.h"
#include "lib/printf.h"
#include "mm/page.h"
#include "proc/procslot.h"

// The cache may take this part of RAM, and gives it back when asked.
#define CACHE_SHARE 8

void
fs_init(void)
{
	block_init((uint)(page_total() / CACHE_SHARE));
	inode_init();
	files_init(procslot_count());
}

static void
read_super(void)
{
	uint64 blocks = disk_sectors() / (BSIZE / SECTOR);
	void *page = kpage_alloc();

	if (page == NULL)
		panic("fs: no memory to read the superblock");
	if (blocks <= SUPER_BLOCK)
		panic("root disk: too small for a file system (%lu blocks)",
		    blocks);
	if (io_once(SUPER_BLOCK, 1, page, false) < 0)
		panic("root disk: the superblock cannot be read");
	super_adopt(page, blocks);
	kpage_free(page);
}

static void
check_root(void)
{
	struct inode *root = inode_get(ROOTINO);
	short type;

	if (root == NULL)
		panic("fs: no memory for the root directory");
	inode_lock(root);
	type = root->type;
	inode_unlock(root);
	if (type != T_DIR || root->nlink < 1)
		panic("root disk: corrupt: inode %u is no root directory "
		      "(type %d, nlink %d)",
		    ROOTINO, type, root->nlink);
	inode_put(root);
}

void
fs_mount(void)
{
	read_super();
	log_mount();
	check_root();
	orphan_mount();
}

int
fs_sync(void)
{
	return log_settle();
}

// When no block is left to give, unused inodes become free objects: their pages
// are the object caches' to give.
uint
fs_shrink(uint pages)
{
	uint given = block_shrink(pages);

	if (given == 0)
		inode_shrink();
	return given;
}

uint
fs_reclaimable(void)
{
	return block_reclaimable();
}
