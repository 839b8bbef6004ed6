// The on-disk file system (ABI with mkfs and with existing disk images).
//
// [ boot | super | log header + log | inodes | bitmap | data ]
#ifndef DROVE_FS_H
#define DROVE_FS_H

#define ROOTINO 1    // inode of /
#define BSIZE   1024 // bytes of a block
#define FSMAGIC 0x10203040

struct superblock { // block 1
	uint magic;
	uint size;       // blocks in the whole image
	uint nblocks;    // data blocks
	uint ninodes;    // inodes, number 0 (unused) included
	uint nlog;       // log blocks, the header included
	uint logstart;   // block of the log header
	uint inodestart; // first inode block
	uint bmapstart;  // first bitmap block
};

#define NDIRECT   12
#define NINDIRECT (BSIZE / sizeof(uint))
#define MAXFILE   (NDIRECT + NINDIRECT)

struct dinode {
	short type;              // 0 = free, else as in stat.h
	short major;             // T_DEVICE only
	short minor;             // T_DEVICE only
	short nlink;             // directory entries that name it
	uint size;               // bytes
	uint addrs[NDIRECT + 1]; // direct blocks, then the indirect block
};

#define IPB           (BSIZE / sizeof(struct dinode)) // inodes per block
#define IBLOCK(i, sb) ((i) / IPB + (sb).inodestart)
#define BPB           (BSIZE * 8) // bitmap bits per block
#define BBLOCK(b, sb) ((b) / BPB + (sb).bmapstart)

#define DIRSIZ 14 // bytes of a name; a full-length one has no final 0

struct dirent {
	ushort inum; // 0 = free slot
	char name[DIRSIZ];
};

#endif
