// System calls on names.

#include "fs/files.h"
#include "fs/inode.h"
#include "fs/path.h"
#include "kernel/param.h"
#include "kernel/stat.h"
#include "mm/ucopy.h"
#include "proc/proc.h"
#include "sys/syscall.h"

static int
fetch_path(char path[MAXPATH], uint64 upath)
{
	return str_from_user(path, upath, MAXPATH) < 0 ? -1 : 0;
}

// Makes a node and drops the reference to it.
static long
make_node(uint64 upath, short type, short major, short minor)
{
	char path[MAXPATH];
	struct inode *ip;

	if (fetch_path(path, upath) < 0)
		return -1;
	ip = tree_create(path, type, major, minor);
	if (ip == NULL)
		return -1;
	inode_put(ip);
	orphan_reap(); // somebody may have unlinked it already
	return 0;
}

long
sys_mkdir(uint64 upath)
{
	return make_node(upath, T_DIR, 0, 0);
}

// The numbers are C shorts: what a caller leaves in the registers' upper
// halves does not count.  Any that a device could have will do, whether there
// is one or not; fsck has the same opinion.
long
sys_mknod(uint64 upath, long major, long minor)
{
	if ((short)major < 0 || (short)major >= NDEV || (short)minor < 0)
		return -1;
	return make_node(upath, T_DEVICE, (short)major, (short)minor);
}

long
sys_unlink(uint64 upath)
{
	char path[MAXPATH];

	return fetch_path(path, upath) < 0 ? -1 : tree_unlink(path);
}

long
sys_link(uint64 uold, uint64 unew)
{
	char old[MAXPATH], new[MAXPATH];

	if (fetch_path(old, uold) < 0 || fetch_path(new, unew) < 0)
		return -1;
	return tree_link(old, new);
}

long
sys_chdir(uint64 upath)
{
	char path[MAXPATH];
	struct inode *ip, *old;
	short type;

	if (fetch_path(path, upath) < 0)
		return -1;
	ip = path_lookup(path);
	if (ip == NULL)
		return -1;
	inode_lock(ip);
	type = inode_type(ip);
	inode_unlock(ip);
	if (type != T_DIR) {
		inode_put(ip);
		return -1;
	}
	files_unshare();
	old = current()->files->cwd;
	current()->files->cwd = ip;
	inode_put(old);
	orphan_reap();
	return 0;
}
