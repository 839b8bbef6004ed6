// Arguments: numbers, sizes, descriptors and addresses, of which those at the
// edges of what is allowed come up most.
//
// Where the kernel is asked to write, an address is either one that it must
// refuse or one in the heap above arena.base, which holds nothing that the
// fuzzer itself relies on; an overrun there meets the end of the heap.  The
// heap begins with the arena; its end moves, by random calls too.

#include "user/fuzz/fuzz.h"

#define ARENA_PAGES 32
#define HEAP_PAGES  512 // more heap than that above it is given back

const uchar read_only[3 * PGSIZE] __attribute__((aligned(PGSIZE))) = {1};

static char *base; // of the arena, page-aligned; the stack is below

#define STACK_PAGES 16 // between the guard page and the heap

void
arena_init(void)
{
	base = (char *)PGROUNDUP((uint64)sbrk(0));
	arena_mend();
}

uint64
arena_start(void)
{
	return (uint64)base;
}

// By steps that fit an int: lazy heap may be larger.
void
arena_mend(void)
{
	char *want = base + ARENA_PAGES * PGSIZE;
	long over = (char *)sbrk(0) - want;

	while (over > 0x40000000) {
		sbrklazy(-0x40000000);
		over -= 0x40000000;
	}
	if (over < 0 || over > HEAP_PAGES * PGSIZE)
		sbrklazy((int)-over);
}

char *
arena_spot(uint room)
{
	return base + pick(ARENA_PAGES * PGSIZE - room);
}

uint64
any_number(void)
{
	static const uint64 edges[] = {0, 1, 2, 3, -1, -2, -3, 15, 16, 17, 127,
	    128, 255, 256, 511, 512, 1023, 1024, 1025, PGSIZE - 1, PGSIZE,
	    PGSIZE + 1, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fffffff,
	    0x80000000, 0xffffffff, 0x100000000, 0x7fffffffffffffff,
	    0x8000000000000000, MAXVA - 1, MAXVA, MAXVA + 1};

	switch (pick(4)) {
	case 0:
		return mix(&self.random);
	case 1:
		return (1UL << pick(64)) + pick(3) - 1;
	case 2:
		return pick(64);
	default:
		return edges[pick(sizeof(edges) / sizeof(*edges))];
	}
}

uint64
any_size(void)
{
	if (pick(8) == 0)
		return any_number();
	return pick(4) == 0 ? pick(20 * BSIZE) : pick(2 * BSIZE);
}

uint64
any_fd(bool *invalid)
{
	uint64 fd = pick(REGISTRY);

	*invalid = false;
	if (pick(8) == 0)
		fd = any_number();
	if (fd >= NOFILE)
		*invalid = true;
	else if (fd == REGISTRY)
		fd = 0;
	return fd;
}

// Addresses at which nothing may ever be read or written by this process.
static uint64
forbidden_address(void)
{
	uint64 end = PGROUNDUP((uint64)sbrk(0));
	uint64 guard = (uint64)base - (STACK_PAGES + 1) * PGSIZE;
	// clang-format off
	const uint64 at[] = {
	    end, end + pick(PGSIZE), end + (1UL << 30),
	    guard, guard + pick(PGSIZE), guard + PGSIZE - 1,
	    KERNBASE, UART0, VIRTIO0, PLIC, TRAPFRAME, TRAMPOLINE,
	    MAXVA - PGSIZE, MAXVA - 8, MAXVA - 1, MAXVA, MAXVA + pick(PGSIZE),
	    1UL << 39, 1UL << 47, 1UL << 63,
	    0xffffffbffffffff8UL,                  // last hole in Sv39
	    0xffffffc000000000UL,                  // direct map: begin,
	    0xffffffc080000000UL + pick(1U << 27), // RAM,
	    0xffffffc010000000UL,                  // devices
	    0xffffffff80000000UL + pick(1U << 20), // kernel stacks
	    -8UL, -1UL, -PGSIZE,
	    MAXVA + (mix(&self.random) >> 26),
	};
	// clang-format on

	return at[pick(sizeof(at) / sizeof(*at))];
}

// What is mapped without leave to write, and the part of the stack that is
// not there.
static uint64
read_only_address(void)
{
	uint64 low_stack = (uint64)base - STACK_PAGES * PGSIZE;

	switch (pick(8)) {
	case 0:
		return pick(PGSIZE); // the first page of text
	case 1:
		return low_stack + pick(2 * PGSIZE);
	default:
		return (uint64)read_only + PGSIZE + pick(PGSIZE - 64);
	}
}

uint64
any_pointer(enum direction way, bool *bad)
{
	uint64 end = (uint64)sbrk(0), at;

	*bad = false;
	switch (pick(8)) {
	case 0:
	case 1:
		at = forbidden_address();
		// A large heap may have come up to a device's address.
		*bad = at < (uint64)base || at >= end;
		return at;
	case 2:
		*bad = way == KERNEL_WRITES;
		return read_only_address();
	case 3: // the heap's last bytes
		return end - pick(16) - 1;
	case 4: // across a page's end
		return (uint64)arena_spot(PGSIZE) / PGSIZE * PGSIZE - pick(8);
	default:
		return (uint64)arena_spot(1);
	}
}
