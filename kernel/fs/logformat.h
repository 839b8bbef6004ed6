// The log's header on the disk, and which of the log's slots count.  For the
// kernel, fsck and the tests.
//
//   sector 0   count, home[0..count-1]: slot i belongs at home[i].  This much
//              is what all kernels of this format know.
//              Behind it the signature: magic, fill, sealed, sum.
//   sector 1   records: commit k ends before slot end[k], and begins where the
//              one before it ends; sum[k] is of its slots, homes and fill.
//              And the fill again: a mount takes a number above both, so no
//              number is used twice, not even if only one sector got there.
//
// A disk writes a sector entirely or not at all, and may have one of the two
// and not the other.  So nothing is believed that a sum does not confirm:
//
//   signed    the sum of sector 0 is right: we have written it, and nobody
//             since.  Other kernels write their count and homes before a
//             signature that is there already.
//   whole     a commit whose sum is right, behind none that is not: then the
//             slots, the homes and the record are those of one commit of the
//             fill that sector 0 is of.  Fills of the log are numbered, so what
//             an earlier one has left is never taken for one of this.
//   sealed    all commits were on stable storage before sector 0 was written,
//             and no slot was filled again until all blocks were at home, and
//             that on stable storage too.
//
// Hence what is to be written home (log_replay):
//
//   not signed            all of count, as other kernels mean it
//   whole up to count     all of it
//   signed, not sealed    the commits that are whole: the others never returned
//                         from a flush, and nothing of them is at home
//   sealed                nothing: a slot has changed, so all is at home
//
// Other kernels have room for LOG_COMMON slots, and overrun it with more.
// While the header may count more, the superblock has LONG_LOG_MAGIC, which
// they refuse to mount.
#ifndef FS_LOGFORMAT_H
#define FS_LOGFORMAT_H

#include <stdbool.h>
#include "kernel/types.h"
#include "kernel/fs.h"

#define LOG_ENTRIES (BSIZE / sizeof(uint) - 1) // that others may list
#define LOG_SLOTS   120 // that a signed header lists: sector 0 has room for 121
#define LOG_COMMITS 50  // records that sector 1 has room for

#define LOG_COMMON  30

#define LONG_LOG_MAGIC (FSMAGIC + 1)
#define LOG_MAGIC 0x6d6d6f63

// Numbers are little-endian.
union log_header {
	struct {
		uint count;
		uint home[LOG_SLOTS];
		uint magic;
		uint64 fill;
		uint sealed;
		uint zero;
		uint64 sum; // of what is before it
		uint64 commit_sum[LOG_COMMITS];
		uint16 commit_end[LOG_COMMITS];
		uint unused;
		uint64 record_fill; // of those who wrote the records
	};
	uint entry[1 + LOG_ENTRIES]; // count and homes, if not signed
	uint64 word[BSIZE / sizeof(uint64)];
};

// Makes it that of the next fill, with nothing in it.  Homes are cleared, so
// that another kernel's commit always changes what the signature is of.
void log_next_fill(union log_header *h);

// Signs sector 0 as it is.
void log_sign(union log_header *h);

// Whether it is signed.
bool log_signed(const union log_header *h);

// Makes record number k: the commit has slots from..end-1, whose contents are
// at slots (of 8-byte alignment).
void log_record(union log_header *h, uint k, uint from, uint end,
    const void *slots);

// How many slots, from the first on, are to be written home.  slots: the
// contents of count of them.  The count is in range.
uint log_replay(const union log_header *h, const void *slots);

#endif
