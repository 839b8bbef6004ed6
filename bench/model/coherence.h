// The directory of cache lines, and what an access costs.
//
// Each line of 64 bytes of guest RAM is in the caches of some harts (sharers);
// at most one has it for writing (owner), and then it is the only sharer.
// Caches hold everything they ever held: what is modelled is sharing, not
// capacity.
//
// Only the hart with the turn calls in here, so nothing is locked.
#ifndef MODEL_COHERENCE_H
#define MODEL_COHERENCE_H

#include <stdbool.h>
#include <stdint.h>

#define LINE_SHIFT 6
#define LINE_SIZE  (1 << LINE_SHIFT)

// An instruction that touches memory.
struct access_site {
	uint64_t pc;
	bool bare;      // runs without address translation
	uint8_t shared; // counts down from the last transfer that it caused
};

// One side of a transfer.
struct line_user {
	uint64_t pc;     // 0: nobody
	uint8_t from, to; // bytes of the line it touched, to included
};

// What sharing of a line by two instructions has cost since BEGIN.
struct line_pair {
	struct line_user taker, holder;
	uint64_t count, cycles;
};

#define LINE_PAIRS 24 // of a line; more are counted in the last

struct line_use {
	uint64_t pa;
	uint64_t transfers, cycles, queued; // queued: part of cycles
	uint64_t harts;                     // that took it from others
	struct line_pair pair[LINE_PAIRS];
	struct line_use *next;
};

extern struct line_use *line_uses; // lines transferred since BEGIN

// RAM of so many bytes at that physical address.
void coherence_init(uint64_t ram, uint64_t size);

// Charges hart for an access to size bytes of RAM.
void coherence_access(unsigned hart, uint64_t pa, unsigned size, bool write,
    const struct access_site *site);

// The hart is in a spin loop's pause.  True if, since the last call, it only
// read lines that it still has: it spins until one of them is written, and
// order_unpark will be called then.
bool coherence_watch(unsigned hart);

// The hart has looked at something else that may change: its loop is not to be
// left out.
void coherence_spoil_watch(unsigned hart);

// From now on transfers are counted, from nothing; or not any more.  Who has
// which line goes on in any case.
void coherence_count(void);
void coherence_count_no_more(void);

#endif
