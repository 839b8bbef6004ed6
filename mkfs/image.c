// Images in memory: see image.h.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "image.h"

_Static_assert(sizeof(struct dinode) == 64, "on-disk inodes are 64 bytes");
_Static_assert(sizeof(struct dirent) == 16, "directory entries are 16 bytes");

#define DINODE_HALVES 4	 // 16-bit fields at the front of a struct dinode
#define DINODE_SIZE   8	 // offset of its size field
#define DINODE_ADDRS  12 // offset of its block addresses

uint
image_get16(const void *at)
{
	const uchar *p = at;

	return p[0] | (uint)p[1] << 8;
}

uint
image_get32(const void *at)
{
	const uchar *p = at;

	return image_get16(p) | image_get16(p + 2) << 16;
}

void
image_put16(uchar *at, uint v)
{
	at[0] = v & 0xff;
	at[1] = v >> 8 & 0xff;
}

void
image_put32(uchar *at, uint v)
{
	image_put16(at, v & 0xffff);
	image_put16(at + 2, v >> 16);
}

// Rounds up; none of the quotients here comes near 2^32.
static uint
blocks_for(uint things, uint per_block)
{
	return things / per_block + (things % per_block != 0);
}

uchar *
image_block(const struct image *img, uint bno)
{
	return img->bytes + (size_t)bno * BSIZE;
}

uint
image_overhead(uint blocks, uint inodes, uint nlog)
{
	return 2 + nlog + blocks_for(inodes, IPB) + blocks_for(blocks, BPB);
}

// The superblock is eight 32-bit words, in the order of its fields.
static void
write_super(struct image *img)
{
	const struct superblock *sb = &img->sb;
	const uint words[] = {sb->magic,      sb->size,	    sb->nblocks,
			      sb->ninodes,    sb->nlog,	    sb->logstart,
			      sb->inodestart, sb->bmapstart};
	uchar *at = image_block(img, 1);

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		image_put32(at + 4 * i, words[i]);
}

void
image_read_super(struct image *img)
{
	uint *const fields[] = {&img->sb.magic,	     &img->sb.size,
				&img->sb.nblocks,    &img->sb.ninodes,
				&img->sb.nlog,	     &img->sb.logstart,
				&img->sb.inodestart, &img->sb.bmapstart};
	const uchar *at = image_block(img, 1);

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		*fields[i] = image_get32(at + 4 * i);
}

void
image_block_mark(struct image *img, uint bno, bool used)
{
	uchar *at = image_block(img, BBLOCK(bno, img->sb)) + bno % BPB / 8;

	*at = (uchar)((*at & ~(1u << bno % 8)) | (uint)used << bno % 8);
}

bool
image_block_marked(const struct image *img, uint bno)
{
	const uchar *map = image_block(img, BBLOCK(bno, img->sb));

	return map[bno % BPB / 8] >> bno % 8 & 1;
}

int
image_format(struct image *img, uint blocks, uint inodes, uint nlog)
{
	uint data = image_overhead(blocks, inodes, nlog);

	memset(img, 0, sizeof(*img));
	img->length = (size_t)blocks * BSIZE;
	// Zeroed, and without memory for parts that stay untouched.
	img->bytes = mmap(NULL, img->length, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (img->bytes == MAP_FAILED)
		return errno;
	img->sb.magic = FSMAGIC;
	img->sb.size = blocks;
	img->sb.nblocks = blocks - data;
	img->sb.ninodes = inodes;
	img->sb.nlog = nlog;
	img->sb.logstart = 2;
	img->sb.inodestart = 2 + nlog;
	img->sb.bmapstart = img->sb.inodestart + blocks_for(inodes, IPB);
	write_super(img);
	for (uint b = 0; b < data; b++)
		image_block_mark(img, b, true);
	img->next_block = data;
	img->next_inode = ROOTINO;
	return 0;
}

int
image_load(struct image *img, const char *path)
{
	struct stat st;
	int error = 0;
	int fd = open(path, O_RDONLY);

	memset(img, 0, sizeof(*img));
	if (fd < 0)
		return errno;
	if (fstat(fd, &st) < 0) {
		error = errno;
	} else if (!S_ISREG(st.st_mode)) {
		error = S_ISDIR(st.st_mode) ? EISDIR : EINVAL;
	} else if (st.st_size > 0) {
		img->length = st.st_size;
		img->bytes = mmap(NULL, img->length, PROT_READ | PROT_WRITE,
				  MAP_PRIVATE, fd, 0);
		if (img->bytes == MAP_FAILED) {
			error = errno;
			img->bytes = NULL;
		}
	}
	close(fd);
	if (!error && img->length >= 2 * BSIZE)
		image_read_super(img);
	return error;
}

// Blocks that were never allocated are a hole at the end of the file.
int
image_save(const struct image *img, const char *path)
{
	size_t used = (size_t)img->next_block * BSIZE;
	int error = 0;
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);

	if (fd < 0)
		return errno;
	for (size_t done = 0; done < used && !error;) {
		ssize_t n = write(fd, img->bytes + done, used - done);

		if (n >= 0)
			done += n;
		else if (errno != EINTR)
			error = errno;
	}
	if (!error && ftruncate(fd, img->length) < 0)
		error = errno;
	if (close(fd) < 0 && !error)
		error = errno;
	return error;
}

// One block, if the file has it otherwise.
static int
update_block(const struct image *img, int fd, uint bno)
{
	uchar *now = image_block(img, bno), before[BSIZE];
	off_t at = (off_t)bno * BSIZE;

	if (pread(fd, before, BSIZE, at) != BSIZE)
		return EIO;
	if (memcmp(before, now, BSIZE) == 0)
		return 0;
	return pwrite(fd, now, BSIZE, at) == BSIZE ? 0 : EIO;
}

int
image_update(const struct image *img, const char *path)
{
	int error = 0, fd = open(path, O_RDWR);

	if (fd < 0)
		return errno;
	for (uint bno = 0; bno < img->length / BSIZE && !error; bno++)
		error = update_block(img, fd, bno);
	if (close(fd) < 0 && !error)
		error = errno;
	return error;
}

void
image_discard(const char *path)
{
	struct stat st;

	if (stat(path, &st) == 0 && S_ISREG(st.st_mode))
		unlink(path);
}

void
image_free(struct image *img)
{
	if (img->bytes)
		munmap(img->bytes, img->length);
	img->bytes = NULL;
}

static uchar *
inode_at(const struct image *img, uint inum)
{
	return image_block(img, IBLOCK(inum, img->sb)) +
	       inum % IPB * sizeof(struct dinode);
}

void
image_inode_read(const struct image *img, uint inum, struct dinode *d)
{
	const uchar *at = inode_at(img, inum);
	short *const halves[DINODE_HALVES] = {&d->type, &d->major, &d->minor,
					      &d->nlink};

	for (int i = 0; i < DINODE_HALVES; i++)
		*halves[i] = (short)image_get16(at + 2 * i);
	d->size = image_get32(at + DINODE_SIZE);
	for (uint i = 0; i <= NDIRECT; i++)
		d->addrs[i] = image_get32(at + DINODE_ADDRS + 4 * i);
}

void
image_inode_write(struct image *img, uint inum, const struct dinode *d)
{
	uchar *at = inode_at(img, inum);
	const short halves[DINODE_HALVES] = {d->type, d->major, d->minor,
					     d->nlink};

	for (int i = 0; i < DINODE_HALVES; i++)
		image_put16(at + 2 * i, (ushort)halves[i]);
	image_put32(at + DINODE_SIZE, d->size);
	for (uint i = 0; i <= NDIRECT; i++)
		image_put32(at + DINODE_ADDRS + 4 * i, d->addrs[i]);
}

uint
image_inode_new(struct image *img, const struct dinode *init)
{
	if (img->next_inode >= img->sb.ninodes)
		return 0;
	image_inode_write(img, img->next_inode, init);
	return img->next_inode++;
}

uint
image_block_new(struct image *img)
{
	if (img->next_block >= img->sb.size)
		return 0;
	image_block_mark(img, img->next_block, true);
	return img->next_block++;
}

uint
image_inode_block(const struct image *img, const struct dinode *d, uint k)
{
	uint indirect = d->addrs[NDIRECT];

	if (k < NDIRECT)
		return d->addrs[k];
	if (k >= MAXFILE || indirect == 0 || indirect >= img->length / BSIZE)
		return 0;
	return image_get32(image_block(img, indirect) + 4 * (k - NDIRECT));
}

// Gives the inode a k-th block, the one behind its last.
static uint
extend_inode(struct image *img, struct dinode *d, uint k)
{
	uint *indirect = &d->addrs[NDIRECT];
	uint bno;

	if (k >= NDIRECT && *indirect == 0) {
		*indirect = image_block_new(img);
		if (*indirect == 0)
			return 0;
	}
	bno = image_block_new(img);
	if (k < NDIRECT)
		d->addrs[k] = bno;
	else
		image_put32(image_block(img, *indirect) + 4 * (k - NDIRECT), bno);
	return bno;
}

int
image_append(struct image *img, uint inum, const void *data, uint n)
{
	const uchar *from = data;
	struct dinode d;
	int error = 0;

	image_inode_read(img, inum, &d);
	if (n > MAXFILE * BSIZE - d.size)
		return EFBIG;
	while (n > 0) {
		uint used = d.size % BSIZE;
		uint part = n < BSIZE - used ? n : BSIZE - used;
		uint k = d.size / BSIZE;
		uint bno = used ? image_inode_block(img, &d, k)
				: extend_inode(img, &d, k);

		if (bno == 0) {
			error = ENOSPC;
			break;
		}
		memcpy(image_block(img, bno) + used, from, part);
		from += part;
		d.size += part;
		n -= part;
	}
	image_inode_write(img, inum, &d);
	return error;
}

int
image_enter(struct image *img, uint dir, const char *name, uint inum)
{
	uchar entry[sizeof(struct dirent)] = {0};

	image_put16(entry, inum);
	memcpy(entry + offsetof(struct dirent, name), name,
	       strnlen(name, DIRSIZ));
	return image_append(img, dir, entry, sizeof(entry));
}
