// The events that are counted, per hart and always.
#ifndef PROC_COUNTERS_H
#define PROC_COUNTERS_H

//        counter            what is counted
#define COUNTERS(X)                                                            \
	X(FORKS, "forks", "successful forks")                                  \
	X(EXECS, "execs", "successful execs")                                  \
	X(EXITS, "exits", "processes that ended")                              \
	X(TRAPS, "traps", "traps from user mode")                              \
	X(FAULTS, "page_faults", "page faults on user memory")                 \
	X(COW_COPIES, "cow_copies", "write faults that copied a page")         \
	X(COW_UPGRADES, "cow_upgrades", "write faults that reused the page")   \
	X(ZERO_FILLS, "zero_fills", "first touches given a zeroed page")       \
	X(ZERO_MAPS, "zero_maps", "first reads given the shared zero page")    \
	X(SPURIOUS, "spurious_faults", "faults that found the PTE good")       \
	X(EAGER_COPIES, "eager_copies", "pages copied by fork")                \
	X(PAGE_ALLOCS, "page_allocs", "frames handed out")                     \
	X(PAGE_FREES, "page_frees", "frames taken back")                       \
	X(DEPOT_SWAPS, "depot_swaps", "batches moved from or to the depot")    \
	X(LIST_STEALS, "list_steals", "batches taken from another hart")       \
	X(SHRINKS, "shrinks", "times caches were asked for memory")            \
	X(TABLE_ALLOCS, "table_allocs", "page tables handed out")              \
	X(TABLE_FREES, "table_frees", "page tables taken back")                \
	X(TLB_FLUSHES, "tlb_flushes", "sfence.vma executed")                   \
	X(SATP_WRITES, "satp_writes", "address spaces loaded")                 \
	X(SWITCHES, "context_switches", "switches between processes")          \
	X(STEALS, "hart_steals", "processes taken from another run queue")     \
	X(IPIS, "ipis", "interrupts sent to other harts")                      \
	X(TICKS, "timer_interrupts", "timer interrupts")                       \
	X(COMMITS, "log_commits", "commits of the log")                        \
	X(LOG_BLOCKS, "log_blocks", "blocks in them")                          \
	X(EMPTIED, "log_emptied", "times the log was emptied")                 \
	X(DISK_WRITES, "disk_writes", "requests that write to the disk")       \
	X(DISK_FLUSHES, "disk_flushes", "flushes of the disk's cache")         \
	X(OOM_KILLS, "oom_kills", "processes killed for want of memory")

enum counter {
#define X(id, name, what) CTR_##id,
	COUNTERS(X)
#undef X
	    CTR_COUNT
};

#endif
