// A file-system image in memory (format: kernel/fs.h), for the host programs
// that build and check images.
//
// The image is one run of bytes, little endian whatever the host is: all
// access to numbers in it goes through the functions below, which give and
// take host order.  Builders allocate blocks and inodes in rising order and
// free none, so that the same calls make the same bytes and everything behind
// next_block is zero.  Nothing here checks what an image says about itself;
// that is the checker's work (check.h).
#ifndef MKFS_IMAGE_H
#define MKFS_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include "kernel/types.h"
#include "kernel/fs.h"

// Block numbers stay far below 2^31, so that sums of two do not wrap.
#define IMAGE_MAX_BLOCKS (1u << 30)
// Directory entries have 16 bits for an inode's number.
#define IMAGE_MAX_INODES (1u << 16)
// The log's header, one block, holds a count and this many block numbers.
#define LOG_MAX_ENTRIES (BSIZE / sizeof(uint) - 1)

struct image {
	uchar *bytes;
	size_t length;	      // bytes; a multiple of BSIZE
	struct superblock sb; // copy in host order
	uint next_block;      // builder: lowest block never allocated
	uint next_inode;      // builder: lowest inode never allocated
};

// An empty file system in zeroed memory, without a root directory.  The
// numbers leave room for at least one data block (image_overhead tells).
// Returns 0 or an errno value.
int image_format(struct image *img, uint blocks, uint inodes, uint nlog);

// Blocks that such an image spends on everything but data.
uint image_overhead(uint blocks, uint inodes, uint nlog);

// Maps the file at path privately: changes stay in memory.  Reads the
// superblock only if the file is long enough to have one.  Returns 0 or an
// errno value.
int image_load(struct image *img, const char *path);

// Writes the image to a new or emptied file.  Returns 0 or an errno value,
// and then the file's contents are undefined.
int image_save(const struct image *img, const char *path);

// Writes the blocks that differ from the file's, which the image was loaded
// from.  Returns 0 or an errno value.
int image_update(const struct image *img, const char *path);

// Takes away what image_save wrote; leaves anything but a regular file alone.
void image_discard(const char *path);

void image_free(struct image *img);

// Reads img->sb anew from block 1.
void image_read_super(struct image *img);

uint image_get16(const void *at);
uint image_get32(const void *at);
void image_put16(uchar *at, uint v);
void image_put32(uchar *at, uint v);

// The bytes of a block; bno is below length / BSIZE.
uchar *image_block(const struct image *img, uint bno);

void image_inode_read(const struct image *img, uint inum, struct dinode *d);
void image_inode_write(struct image *img, uint inum, const struct dinode *d);

// A new inode with no content, and one link count per future directory entry
// that names it.  0 if all are taken.
uint image_inode_new(struct image *img, const struct dinode *init);

// A zeroed data block, marked in the bitmap.  0 if all are taken.
uint image_block_new(struct image *img);

// Block number of the k-th block of an inode, 0 if it has none.  An address
// outside the image is returned as it is; a bad indirect block has no entries.
uint image_inode_block(const struct image *img, const struct dinode *d,
		       uint k);

// Adds n bytes at the end.  Returns 0, EFBIG or ENOSPC.
int image_append(struct image *img, uint inum, const void *data, uint n);

// Adds a directory entry; name is 1..DIRSIZ bytes long.  Leaves link counts
// alone.  Returns 0, EFBIG or ENOSPC.
int image_enter(struct image *img, uint dir, const char *name, uint inum);

bool image_block_marked(const struct image *img, uint bno);
void image_block_mark(struct image *img, uint bno, bool used);

// First data block: data is what ends the image.
static inline uint
image_data_start(const struct image *img)
{
	return img->sb.size - img->sb.nblocks;
}

#endif
