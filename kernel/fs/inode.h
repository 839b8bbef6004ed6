// Inodes in memory.
#ifndef FS_INODE_H
#define FS_INODE_H

#include <stdbool.h>
#include "kernel/types.h"
#include "kernel/fs.h"
#include "fs/fs.h"
#include "lib/list.h"
#include "sync/sleeplock.h"

// [I] while in the table  [a] atomic  [t] lock of the table's bucket
// [o] lock of the orphans' list  [l] under lock
//
// Cache lines of its own: files that one process has made may be used by as
// many harts.
struct inode {
	struct list link;         // [t]
	uint inum;                // [I]
	uint32 refs;              // [a] raised from 0 only under [t]
	struct inode *next_orphan; // [o]

	struct sleeplock lock;
	uint64 stamp;             // [a] changed under [l]: names the contents,
	                          // 0 = not named since they last changed
	bool loaded;              // [l] what follows is the inode's
	bool dirty;               // [l] and may differ from the disk's, whose
	                          // block the running operation has logged
	short type;               // [l] 0 unless loaded; else never changes
	short major;              // [l]
	short minor;              // [l]
	short nlink;              // [l]
	uint size;                // [l] bytes, at most MAX_BYTES
	uint addrs[NDIRECT + 1];  // [l] unchecked: is_data_block() before use
} __attribute__((aligned(64)));

#define MAX_BYTES ((uint64)MAXFILE * BSIZE)

// fs/inode.c: the table.

void inode_init(void); // boot

// The inode of that number with one more reference, unlocked and not read from
// disk yet; NULL if memory is short.  inum < fs_geo.ninodes.
struct inode *inode_get(uint inum);

// One more reference, by somebody who has one.
void inode_hold(struct inode *ip);

// Frees the inodes that nobody uses; how many.  No spinlocks held.
uint inode_shrink(void);

// inode_lock(), unless somebody has the lock: false then.
bool inode_trylock(struct inode *ip);

// inode_lock() followed by a check that the inode could be read and has a
// type; else it is unlocked again and the result is -1.
int inode_lock_valid(struct inode *ip);

// The contents are about to change.  Locked.
void inode_changes(struct inode *ip);

// A name is about to be removed, and its directory locked; or a stamp is about
// to be forgotten.
void fs_generation_end(void);

// fs/orphan.c: the end of inodes that no directory names.

// Takes over a reference to an inode with nlink 0, the last one.
void orphan_add(struct inode *ip);

// Frees all orphans.  No locks held and no operation open.
void orphan_reap(void);

// Finds the orphans that a crash has left.
void orphan_mount(void);

// fs/dinode.c: their disk side.  Locked.

// Fills ip from its disk inode.  A fault is reported and leaves it unloaded.
void dinode_load(struct inode *ip);

// Comes before any change of the inode itself, in the operation that makes it:
// its block becomes part of the operation.  0, or -1 if that cannot be read.
// dinode_flush comes before the operation ends.
int dinode_prepare(struct inode *ip);

// Writes ip to its disk inode if it has been prepared.
void dinode_flush(struct inode *ip);

// Makes a free disk inode equal to as, which has a type and no blocks.  Returns
// it with one reference, locked; NULL if there is none.  Inside an operation;
// logs one block.
struct inode *dinode_alloc(const struct dinode *as);

// Makes the disk inode free.  It has no blocks.  0, or -1 with nothing changed.
int dinode_free(struct inode *ip);

// fs/content.c: what they contain.  Locked.

// Writes n bytes of kernel memory at off <= size, growing the file.  Returns
// bytes written: fewer than n, or -1 instead of 0, if the disk is full or
// fails, or the file would grow too long; beyond these nothing has changed.
// Inside an operation that has reserved inode_write_cost(n).
int inode_write(struct inode *ip, const void *src, uint64 off, uint n);

// Blocks that such a write may log.
uint inode_write_cost(uint n);

// fs/blockmap.c: where contents are.  Locked.

// The disk block that holds block idx of the file; 0, with a report, if there
// is none.
uint blockmap_find(struct inode *ip, uint idx);

// The same without the report if there is none; *bad if that cannot be said.
uint blockmap_look(struct inode *ip, uint idx, bool *bad);

// Makes addr, a data block, block idx, which the file does not have.  The inode
// has been prepared.  0, or -1 with nothing changed.
int blockmap_enter(struct inode *ip, uint idx, uint addr);

// What became of an attempt to empty a file.
enum shrunk {
	SHRUNK,     // it has no blocks any more
	UNFINISHED, // it has, which other operations can free
	STUCK,      // it has, which cannot be freed; nobody reads them
};

// Makes a file empty, and frees as many of its blocks as one operation may (it
// has reserved MAXOPBLOCKS).  If the inode cannot be changed, this is STUCK,
// and the size is what it was.
enum shrunk blockmap_shrink(struct inode *ip);

// Empties a file, in as many operations of its own as that takes.  0, or -1
// with nothing changed.  Unlocked, referenced, no operation open.
int inode_truncate(struct inode *ip);

#endif
