// An address space: a page table and the segments that say what may be in it.
//
// It belongs to one process with one thread, so no lock protects it: only its
// process changes it, and fork's child is seen by nobody until it is ready.
// (The audit reads it with all other harts parked.)
#ifndef MM_ASPACE_H
#define MM_ASPACE_H

#include <stdbool.h>
#include "kernel/types.h"
#include "kernel/riscv.h"
#include "mm/segment.h"

// Pages of user stack that may exist; one is there at exec, the others appear
// when the stack pointer gets there.
#define STACK_PAGES_MAX 16

struct aspace {
	pte_t *root;
	struct segment_list *segs;
	uint64 stack_start;
	uint64 heap_start;
	uint64 heap_end; // the break, to the byte

	// TLB identity: valid on hart tlb_hart while asid_epoch is that hart's.
	int tlb_hart; // -1: nowhere yet
	uint asid : 16;
	bool forked : 1;    // has had a child
	bool owns_segs : 1; // segs was made for it, not taken from a parent
	bool overcommits : 1; // a heap larger than memory, see mm/brk.c
	bool left : 1;      // never to be loaded again
	uint64 asid_epoch;

	uint64 audit_round; // [audit] the last that has seen it
	uint64 unlinked;    // debug: the hart's fences when an entry was cleared
} __attribute__((aligned(64))); // no line of it is another hart's

void aspace_init(void); // boot

// Boot: tries out what the TLB keeps.  On a stack that takes a trap.
void aspace_probe(void);

// An empty address space, NULL if memory is short.
struct aspace *aspace_new(void);

// Frees all user memory.  The root table stays, and a few tables below it, for
// the hart may still run on it; aspace_free gives them up when no hart does.
void aspace_clear(struct aspace *as);
void aspace_free(struct aspace *as);

// Both, for an address space that never ran, without a preemption point.
void aspace_drop(struct aspace *as);

// A copy for a new process of parent, the current process's address space or
// one that never runs (proc/image.c): the contents are shared or copied as the
// variant does it (mm/fork_*.c).  NULL if memory is short; parent is as before
// then.  The current process's as_building points to it meanwhile.
struct aspace *aspace_fork(struct aspace *parent);

// Gives an address space that never runs its own copy, of kind PK_IMAGE, of each
// page that it shares copy-on-write.  0, or -1 if memory is short.
int aspace_own_pages(struct aspace *as);

// Makes as the only holder of its segment list, which may be changed then.  0,
// or -1 if memory is short.
int aspace_own_segments(struct aspace *as);

// Loads as on this hart (NULL: the kernel's own table), with nothing stale in
// the TLB for it.
void aspace_activate(struct aspace *as);

// Marks that rights were taken away in as since it was last active: the TLB
// is cleaned of it before it runs again.  If as is active here, at once.
void aspace_tlb_stale(struct aspace *as);

// After an entry of the active address space changed for va, its leaf entry
// only.
void tlb_flush_page(uint64 va);

// What the TLBs of this machine keep although nothing says they may not: a
// translation with fewer rights than its entry has by now, and that there was
// no entry.  They are then flushed when that changes, or the access that made
// it change would fault once more.
extern bool tlb_keeps_rights;  // [I] after aspace_probe
extern bool tlb_keeps_invalid; // [I] likewise

// The entry for va, or NULL if its leaf table does not exist; pt_make creates
// the tables on the way, NULL if memory is short.
pte_t *pt_find(pte_t *root, uint64 va);
pte_t *pt_make(pte_t *root, uint64 va);

// Unmaps and frees [start, end), page-aligned, of as.  Tables stay.
void aspace_unmap(struct aspace *as, uint64 start, uint64 end);

// After a segment has let go of [start, end), unmapped: frees the tables there
// of root entries that no segment reaches into any more, once the TLB is clean
// of them.  Tables are nowhere
// else, which is how the end of an address space finds them all.
void aspace_trim(struct aspace *as, uint64 start, uint64 end);

// Moves the break by delta bytes.  Returns the old break, or -1.  What growth
// gives depends on kind, see kernel/vm.h.
long aspace_sbrk(long delta, int kind);

// Tables (mm/table.c): all entries invalid in those handed out and back.
void table_init(void);
pte_t *table_alloc(void);
void table_free(pte_t *t);
pte_t *root_alloc(void); // with the kernel's half filled in
void root_free(pte_t *t);
long table_count(void); // tables in use, roots included

#endif
