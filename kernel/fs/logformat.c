// Sums of the log: see logformat.h.  Also compiled for the host.
//
// A sum takes in one 64-bit word after the other.  Each step maps sums to sums
// one to one, and words to sums one to one: so a change of one word always
// changes the sum, and others go unnoticed once in 2^64.  The multiplier is one
// of SplitMix64's (G. Steele, D. Lea, C. Flood, "Fast splittable pseudorandom
// number generators", OOPSLA 2014), chosen there for mixing well.

#include "kernel/fs/logformat.h"

#define MULTIPLIER 0xbf58476d1ce4e5b9UL
#define SLOT_WORDS (BSIZE / sizeof(uint64))

_Static_assert(sizeof(union log_header) == BSIZE, "the header is a block");
_Static_assert(__builtin_offsetof(union log_header, commit_sum) == 512,
    "records have a sector of their own");

// Between the host's byte order and the disk's.
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define DISK16(x) __builtin_bswap16(x)
#define DISK32(x) __builtin_bswap32(x)
#define DISK64(x) __builtin_bswap64(x)
#else
#define DISK16(x) (x)
#define DISK32(x) (x)
#define DISK64(x) (x)
#endif

// What is summed up is read as words, whatever it is.
typedef uint64 __attribute__((may_alias)) any_word;

static uint64
take_in(uint64 sum, uint64 word)
{
	sum = (sum ^ word) * MULTIPLIER;
	return sum ^ sum >> 29;
}

static uint64
sum_words(uint64 sum, const any_word *word, uint n)
{
	for (uint i = 0; i < n; i++)
		sum = take_in(sum, DISK64(word[i]));
	return sum;
}

static uint64
sum_of_sector(const union log_header *h)
{
	uint words = __builtin_offsetof(union log_header, sum) / sizeof(uint64);

	return sum_words(LOG_MAGIC, h->word, words);
}

static uint64
sum_of_commit(const union log_header *h, uint from, uint end,
    const any_word *slots)
{
	uint64 sum = take_in(DISK64(h->fill), (uint64)from << 32 | end);

	for (uint i = from; i < end; i++) {
		sum = take_in(sum, DISK32(h->home[i]));
		sum = sum_words(sum, slots + (i - from) * SLOT_WORDS, SLOT_WORDS);
	}
	return sum;
}

void
log_next_fill(union log_header *h)
{
	uint64 fill = DISK64(h->fill), other = DISK64(h->record_fill);

	if (fill < other)
		fill = other;
	for (uint i = 0; i < sizeof(h->word) / sizeof(h->word[0]); i++)
		h->word[i] = 0;
	h->fill = h->record_fill = DISK64(fill + 1);
}

void
log_sign(union log_header *h)
{
	h->magic = DISK32(LOG_MAGIC);
	h->sum = DISK64(sum_of_sector(h));
}

bool
log_signed(const union log_header *h)
{
	return h->magic == DISK32(LOG_MAGIC) &&
	    DISK32(h->count) <= LOG_SLOTS &&
	    h->sum == DISK64(sum_of_sector(h));
}

void
log_record(union log_header *h, uint k, uint from, uint end, const void *slots)
{
	h->commit_end[k] = DISK16((uint16)end);
	h->commit_sum[k] = DISK64(sum_of_commit(h, from, end, slots));
}

// Slots of commits that are whole.
static uint
whole(const union log_header *h, uint count, const any_word *slots)
{
	uint from = 0;

	for (uint k = 0; k < LOG_COMMITS && from < count; k++) {
		uint end = DISK16(h->commit_end[k]);

		if (end <= from || end > count ||
		    DISK64(h->commit_sum[k]) != sum_of_commit(h, from, end,
		        slots + from * SLOT_WORDS))
			break;
		from = end;
	}
	return from;
}

uint
log_replay(const union log_header *h, const void *slots)
{
	uint count = DISK32(h->count), n;

	if (!log_signed(h))
		return count;
	n = whole(h, count, slots);
	return n < count && h->sealed != 0 ? 0 : n;
}
