// malloc: blocks with boundary tags in segregated free lists.
//
// The heap is one or more regions got from sbrk.  A region is a row of blocks
// without gaps, ended by a mark: a block header that counts as used.  Each
// block has a header of one granule (16 bytes) and then its room.
//
//   header.size    bytes of the block, header included; the lowest bit is set
//                  while it is in use
//   header.before  bytes of the block before it in the region, 0 for the first
//
// Invariants: sizes are multiples of the granule; b + size(b) is the next
// block and its before == size(b); no two free blocks are neighbours; a free
// block of size s is on the list of bin floor(log2(s)), and on no other. Hence
// free() merges with both sides in constant time, and any block on a list of a
// bin above the wanted one is large enough.
//
// Programs have one thread: there is nothing to lock.

#include "kernel/types.h"
#include "user/lib/course.h"

#define GRANULE 16
#define USED    1UL

// Fewer system calls for many small blocks, at little waste: a page of header-
// sized blocks would need 16 of them.
#define REGION_STEP (64 * 1024)

// Sizes fit 33 bits: 2^32 - 1 asked for, and the header.
#define BINS 34

struct block {
	uint64 before;
	uint64 size;
	// The room begins here; a free block keeps its list's links in it.
	struct block *next;
	struct block *prev;
};

#define HEADER    __builtin_offsetof(struct block, next)
#define SMALLEST  sizeof(struct block)
#define ROOM(b)   ((void *)((char *)(b) + HEADER))
#define BLOCK(rm) ((struct block *)((char *)(rm)-HEADER))

_Static_assert(HEADER == GRANULE, "rooms keep the heap's alignment");
_Static_assert(SMALLEST % GRANULE == 0, "the smallest block is a size");

static struct block *lists[BINS];
static struct block *end_mark; // of the newest region

static uint64
size_of(const struct block *b)
{
	return b->size & ~USED;
}

static struct block *
after(struct block *b)
{
	return (struct block *)((char *)b + size_of(b));
}

static uint
bin_of(uint64 size)
{
	uint bin = 0;

	while (size >>= 1)
		bin++;
	return bin;
}

static void
list_insert(struct block *b)
{
	struct block **head = &lists[bin_of(b->size)];

	b->prev = 0;
	b->next = *head;
	if (b->next)
		b->next->prev = b;
	*head = b;
}

static void
list_remove(struct block *b)
{
	if (b->prev)
		b->prev->next = b->next;
	else
		lists[bin_of(b->size)] = b->next;
	if (b->next)
		b->next->prev = b->prev;
}

// Sets b's size, in both tags.
static void
resize(struct block *b, uint64 size, uint64 used)
{
	b->size = size | used;
	after(b)->before = size;
}

// Puts b, which is on no list, on the one for what it and its free neighbours
// make together.
static void
release(struct block *b)
{
	struct block *next = after(b);
	uint64 size = size_of(b);

	if (!(next->size & USED)) {
		list_remove(next);
		size += next->size;
	}
	if (b->before != 0) {
		struct block *prev = (struct block *)((char *)b - b->before);
		if (!(prev->size & USED)) {
			list_remove(prev);
			size += prev->size;
			b = prev;
		}
	}
	resize(b, size, 0);
	list_insert(b);
}

// Asks sbrk for bytes more and makes one free block of them.  Memory that
// follows the newest region extends it: its mark becomes the block's header.
static int
grow_by(uint64 bytes)
{
	char *memory;
	struct block *b;

	if (bytes > 0x7fffffff) // sbrk takes an int
		return -1;
	memory = sbrk(bytes);
	if (memory == SBRK_ERROR)
		return -1;
	if (end_mark && memory == (char *)end_mark + HEADER) {
		b = end_mark;
	} else {
		// A program that moves the break itself may leave it anywhere.
		uint64 skip = -(uint64)memory & (GRANULE - 1);
		b = (struct block *)(memory + skip);
		bytes = (bytes - skip) & ~(uint64)(GRANULE - 1);
		b->before = 0;
		bytes -= HEADER; // the new region's own mark
	}
	end_mark = (struct block *)((char *)b + bytes);
	end_mark->size = USED;
	resize(b, bytes, USED);
	release(b);
	return 0;
}

// Makes a free block of at least size bytes.
static int
grow(uint64 size)
{
	uint64 need = size + 2 * GRANULE; // a mark, and an unaligned break

	if (need < REGION_STEP && grow_by(REGION_STEP) == 0)
		return 0;
	return grow_by(need);
}

// A free block of at least size bytes, still on its list, or NULL.
static struct block *
find_free(uint64 size)
{
	uint bin = bin_of(size);

	for (struct block *b = lists[bin]; b; b = b->next) {
		if (b->size >= size)
			return b;
	}
	while (++bin < BINS) {
		if (lists[bin])
			return lists[bin];
	}
	return 0;
}

// Takes a free block into use for size bytes and frees what it has too much.
static void
take(struct block *b, uint64 size)
{
	uint64 rest = b->size - size;

	list_remove(b);
	if (rest < SMALLEST) {
		b->size |= USED;
		return;
	}
	resize(b, size, USED);
	struct block *tail = after(b);
	resize(tail, rest, 0);
	list_insert(tail);
}

void *
malloc(uint bytes)
{
	uint64 size = HEADER + (uint64)bytes;
	struct block *b;

	size = (size + GRANULE - 1) & ~(uint64)(GRANULE - 1);
	if (size < SMALLEST)
		size = SMALLEST;
	b = find_free(size);
	if (b == 0) {
		if (grow(size) < 0)
			return 0;
		b = find_free(size);
	}
	take(b, size);
	return ROOM(b);
}

void
free(void *room)
{
	struct block *b;

	if (room == 0)
		return;
	b = BLOCK(room);
	if ((uint64)room % GRANULE != 0 || !(b->size & USED) ||
	    after(b)->before != size_of(b)) {
		fprintf(2, "free: %p is not an allocated block\n", room);
		exit(-1);
	}
	release(b);
}
