// System calls on descriptors.
//
// A descriptor is an index into the container of open files, which only the
// current process reads or changes; files_unshare() comes before any change.
// In calls that make something, all that can fail is done first and the
// descriptor table is changed last, so there is nothing to take back from it.

#include "dev/chardev.h"
#include "fs/file.h"
#include "fs/files.h"
#include "fs/inode.h"
#include "fs/path.h"
#include "fs/pipe.h"
#include "kernel/fcntl.h"
#include "kernel/param.h"
#include "kernel/stat.h"
#include "mm/ucopy.h"
#include "proc/proc.h"
#include "sys/syscall.h"

#define COUNT_MAX 0x7fffffff // bytes that a call can report as moved

// NULL if fd is not open.
static struct file *
file_at(long fd)
{
	if (fd < 0 || fd >= NOFILE)
		return NULL;
	return current()->files->fd[fd];
}

// The lowest free descriptor from fd on, or -1.
static int
free_fd(int fd)
{
	while (fd < NOFILE && current()->files->fd[fd] != NULL)
		fd++;
	return fd < NOFILE ? fd : -1;
}

static bool
good_count(long n)
{
	return n >= 0 && n <= COUNT_MAX;
}

long
sys_read(long fd, uint64 uaddr, long n)
{
	struct file *f = file_at(fd);

	if (f == NULL || !good_count(n))
		return -1;
	return file_read(f, uaddr, (int)n);
}

long
sys_write(long fd, uint64 uaddr, long n)
{
	struct file *f = file_at(fd);

	if (f == NULL || !good_count(n))
		return -1;
	return file_write(f, uaddr, (int)n);
}

long
sys_fstat(long fd, uint64 ustat)
{
	struct file *f = file_at(fd);
	struct stat st;

	if (f == NULL || file_stat(f, &st) < 0)
		return -1;
	return copy_to_user(ustat, &st, sizeof(st));
}

long
sys_dup(long fd)
{
	struct file *f = file_at(fd);
	int copy = free_fd(0);

	if (f == NULL || copy < 0)
		return -1;
	files_unshare();
	file_hold(f);
	current()->files->fd[copy] = f;
	return copy;
}

long
sys_close(long fd)
{
	struct file *f = file_at(fd);

	if (f == NULL)
		return -1;
	files_unshare();
	current()->files->fd[fd] = NULL;
	file_put(f);
	orphan_reap();
	return 0;
}

// Turns f, which has the pipe already, into one of its ends.
static void
make_end(struct file *f, struct pipe *p, bool writing)
{
	f->kind = FILE_PIPE;
	f->pipe = p;
	f->readable = !writing;
	f->writable = writing;
}

// A pipe as two open files; -1 if memory is short.
static int
pipe_files(struct file **rd, struct file **wr)
{
	struct pipe *p;

	*rd = file_new();
	*wr = file_new();
	p = pipe_new();
	if (*rd == NULL || *wr == NULL || p == NULL)
		goto fail;
	make_end(*rd, p, false);
	make_end(*wr, p, true);
	return 0;
fail:
	if (p != NULL) {
		pipe_close(p, false);
		pipe_close(p, true);
	}
	if (*wr != NULL)
		file_put(*wr);
	if (*rd != NULL)
		file_put(*rd);
	return -1;
}

long
sys_pipe(uint64 ufds)
{
	int fds[2] = {free_fd(0), -1};
	struct file *rd, *wr;

	if (fds[0] >= 0)
		fds[1] = free_fd(fds[0] + 1);
	if (fds[1] < 0 || pipe_files(&rd, &wr) < 0)
		return -1;
	if (copy_to_user(ufds, fds, sizeof(fds)) < 0) {
		file_put(wr);
		file_put(rd);
		return -1;
	}
	files_unshare();
	current()->files->fd[fds[0]] = rd;
	current()->files->fd[fds[1]] = wr;
	return 0;
}

// Makes f the open file for ip, whose reference it takes over; -1 if ip cannot
// be opened in this way (the reference is the file's all the same).
static int
open_inode(struct file *f, struct inode *ip, long flags)
{
	short type, major;

	f->ip = ip;
	if (inode_lock_valid(ip) < 0)
		return -1;
	type = ip->type;
	major = ip->major;
	inode_unlock(ip);

	f->writable = flags & (O_WRONLY | O_RDWR);
	f->readable = !(flags & O_WRONLY);
	f->append = flags & O_APPEND;
	if (type == T_DIR)
		return flags == O_RDONLY ? 0 : -1;
	if (type != T_DEVICE)
		return 0;
	f->dev = chardev_find(major);
	f->kind = FILE_DEVICE;
	return f->dev != NULL ? 0 : -1;
}

static struct file *
open_path(const char *path, long flags)
{
	struct file *f = file_new();
	struct inode *ip;

	if (f == NULL)
		return NULL;
	if (flags & O_CREATE)
		ip = tree_create(path, T_FILE, 0, 0);
	else
		ip = path_lookup(path);
	if (ip == NULL || open_inode(f, ip, flags) < 0) {
		file_put(f);
		return NULL;
	}
	return f;
}

long
sys_open(uint64 upath, long flags)
{
	char path[MAXPATH];
	int fd = free_fd(0);
	struct file *f;

	if (str_from_user(path, upath, sizeof(path)) < 0 || fd < 0)
		return -1;
	f = open_path(path, flags);
	if (f != NULL && (flags & O_TRUNC) && f->kind == FILE_INODE &&
	    inode_truncate(f->ip) < 0) {
		file_put(f);
		f = NULL;
	}
	orphan_reap();
	if (f == NULL)
		return -1;
	files_unshare();
	current()->files->fd[fd] = f;
	return fd;
}
