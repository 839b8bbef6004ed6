// What the kernel counts that explains a benchmark's result.
#ifndef LIB_BENCH_COUNTERS_H
#define LIB_BENCH_COUNTERS_H

#include "kernel/types.h"

//        name           in /dev/memstat    key in RESULT
#define BENCH_COUNTERS(X)                               \
	X(COW_COPIES, "cow_copies", "cow_copies")       \
	X(COW_UPGRADES, "cow_upgrades", "cow_upgrades") \
	X(ZERO_FILLS, "zero_fills", "zero_fills")       \
	X(FORKS, "forks", "forks_kernel")               \
	X(EXECS, "execs", "execs_kernel")               \
	X(EAGER_COPIES, "eager_copies", "eager_copies") \
	X(FAULTS, "page_faults", "page_faults")         \
	X(DEPOT_SWAPS, "depot_swaps", "depot_swaps")    \
	X(LIST_STEALS, "list_steals", "list_steals")    \
	X(TLB_FLUSHES, "tlb_flushes", "tlb_flushes")    \
	X(HART_STEALS, "hart_steals", "hart_steals")    \
	X(IPIS, "ipis", "ipis")                         \
	X(COMMITS, "log_commits", "log_commits")        \
	X(LOG_BLOCKS, "log_blocks", "log_blocks")       \
	X(DISK_WRITES, "disk_writes", "disk_writes")    \
	X(DISK_FLUSHES, "disk_flushes", "disk_flushes") \
	X(OOM_KILLS, "oom_kills", "oom_kills")

enum bench_counter {
#define X(id, name, key) BC_##id,
	BENCH_COUNTERS(X)
#undef X
	    BC_COUNT
};

struct bench_counts {
	uint64 event[BC_COUNT];
	uint64 contended, spins; // of the memory manager's lock classes
	uint64 contended_all;    // of all lock classes
};

// The counts since boot.  Dies if the devices cannot be read or lack one.
void bench_counts_read(struct bench_counts *now);

// to - from, in to.
void bench_counts_since(
    struct bench_counts *to, const struct bench_counts *from);

// sum + more, in sum.
void bench_counts_add(
    struct bench_counts *sum, const struct bench_counts *more);

// " key=value" of each.
void bench_counts_print(const struct bench_counts *c);

#endif
