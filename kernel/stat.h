// What fstat() reports (ABI).
#ifndef DROVE_STAT_H
#define DROVE_STAT_H

#define T_DIR    1
#define T_FILE   2
#define T_DEVICE 3

struct stat {
	int dev;     // disk the inode is on
	uint ino;    // inode number
	short type;  // T_DIR, T_FILE or T_DEVICE
	short nlink; // directory entries that name the inode
	uint64 size; // bytes
};

#endif
