// Byte blocks.  Copies and fills go by words where both ends allow it, since
// programs use them on whole pages.  The compiler may call these functions on
// its own, so their loops must not be recognised as what they implement:
// that is what KEEP_LOOP is for.

#include "kernel/types.h"
#include "user/lib/course.h"

#define KEEP_LOOP() __asm__ volatile("")
#define WORD        sizeof(uint64)

// Words that may alias objects of any type.
typedef uint64 __attribute__((may_alias)) word;

// True if an upward word copy between the two addresses keeps aligned.
static int
same_phase(const void *a, const void *b)
{
	return (((uint64)a ^ (uint64)b) & (WORD - 1)) == 0;
}

void *
memset(void *block, int byte, uint n)
{
	uchar *p = block, *stop = p + n;
	word pattern = (uchar)byte * 0x0101010101010101UL;

	while (p < stop && (uint64)p % WORD != 0) {
		*p++ = byte;
		KEEP_LOOP();
	}
	for (; (uint64)(stop - p) >= WORD; p += WORD) {
		*(word *)p = pattern;
		KEEP_LOOP();
	}
	while (p < stop) {
		*p++ = byte;
		KEEP_LOOP();
	}
	return block;
}

static void
copy_up(uchar *to, const uchar *from, uint64 n)
{
	if (same_phase(to, from)) {
		for (; n > 0 && (uint64)to % WORD != 0; n--) {
			*to++ = *from++;
			KEEP_LOOP();
		}
		for (; n >= WORD; n -= WORD, to += WORD, from += WORD) {
			*(word *)to = *(const word *)from;
			KEEP_LOOP();
		}
	}
	for (; n > 0; n--) {
		*to++ = *from++;
		KEEP_LOOP();
	}
}

// Last byte first, for a target that begins inside the source.
static void
copy_down(uchar *to, const uchar *from, uint64 n)
{
	while (n-- > 0) {
		to[n] = from[n];
		KEEP_LOOP();
	}
}

void *
memmove(void *to, const void *from, int n)
{
	if (n <= 0)
		return to;
	// One unsigned comparison: the target lies inside the source's bytes.
	if ((uint64)to - (uint64)from < (uint64)n)
		copy_down(to, from, n);
	else
		copy_up(to, from, n);
	return to;
}
