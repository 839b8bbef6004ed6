// Allocation of data blocks: bit b of the bitmap is set if block b is in use.
//
// A bitmap block is protected by its buffer's lock.  The search begins at a
// hint, the lowest block that may be free, so that it need not pass all blocks
// in use each time.  The hint is just that: it is read and written without a
// lock, and a search from it wraps round to cover every data block.

#include "fs/bitmap.h"
#include "fs/block.h"
#include "fs/log.h"
#include "fs/super.h"
#include "lib/printf.h"
#include "proc/sched.h"

#define WORD_BITS 64

static uint hint; // [a] 0 = none yet

// Bit numbers count from the start of the bitmap block.  Returns to if the
// bits from..to-1 are all set.
static uint
first_clear(const uint64 *words, uint from, uint to)
{
	for (uint bit = from; bit < to;) {
		uint64 clear = ~words[bit / WORD_BITS];

		clear &= ~0UL << bit % WORD_BITS;
		bit -= bit % WORD_BITS;
		if (clear != 0) {
			bit += (uint)__builtin_ctzl(clear);
			return bit < to ? bit : to;
		}
		bit += WORD_BITS;
	}
	return to;
}

// Takes the first free block of [from, end), which one bitmap block covers.
static uint
take_within(uint from, uint end)
{
	struct buf *b = block_read(BBLOCK(from, fs_geo.sb));
	uint base = from - from % BPB;
	uint64 *words;
	uint bit;

	if (b == NULL)
		return 0;
	words = (uint64 *)b->data;
	bit = first_clear(words, from - base, end - base);
	if (base + bit < end) {
		words[bit / WORD_BITS] |= 1UL << bit % WORD_BITS;
		log_block(b);
	}
	block_release(b);
	return base + bit < end ? base + bit : 0;
}

static uint
search(uint from, uint end)
{
	while (from < end) {
		uint next = from - from % BPB + BPB;
		uint got = take_within(from, next < end ? next : end);

		if (got != 0)
			return got;
		from = next;
		preempt_point();
	}
	return 0;
}

uint
bitmap_alloc(void)
{
	uint start = __atomic_load_n(&hint, __ATOMIC_RELAXED);
	uint got;

	if (!is_data_block(start))
		start = fs_geo.data_start;
	got = search(start, fs_geo.sb.size);
	if (got == 0)
		got = search(fs_geo.data_start, start);
	if (got != 0)
		__atomic_store_n(&hint, got + 1, __ATOMIC_RELAXED);
	return got;
}

int
bitmap_free(uint no)
{
	struct buf *b = block_read(BBLOCK(no, fs_geo.sb));
	uint bit = no % BPB;
	uint64 *word, mask = 1UL << bit % WORD_BITS;

	if (b == NULL)
		return -1;
	word = (uint64 *)b->data + bit / WORD_BITS;
	if (*word & mask) {
		*word &= ~mask;
		log_block(b);
	} else {
		kprintf("fs: block %u is freed, but was free\n", no);
	}
	block_release(b);
	if (no < __atomic_load_n(&hint, __ATOMIC_RELAXED))
		__atomic_store_n(&hint, no, __ATOMIC_RELAXED);
	return 0;
}

void
bitmap_take_back(uint no)
{
	if (bitmap_free(no) < 0)
		panic("fs: block %u cannot be given back by the operation "
		      "that took it", no);
}
