// What fits into memory, from the free pages of /dev/memstat.
//
// A process without heap takes its kernel stack (2 pages), root table and the
// tables below it (4 or 5), stack, data and bss (10 at most), what the kernel
// keeps of it, and maybe two batches of 64 free pages that its hart holds
// back; those others can take away, so they do not count.  Page tables are one
// page in 512.  An eighth of what is left stays free for the caches, which
// would otherwise be emptied in the middle of a measurement.

#include "kernel/types.h"
#include "kernel/riscv.h"
#include "user/lib/course.h"
#include "user/lib/bench.h"
#include "user/lib/bench_room.h"

#define PROCESS_PAGES 24
#define TABLE_SPAN    512 // pages that one table maps

// sbrk takes an int.
#define SBRK_PAGES (1UL << 18)

int
bench_fork_copies(void)
{
	return strcmp(bench.variant, "eager") == 0;
}

uint64
bench_room(uint64 holders, uint64 others)
{
	long free_now = memstat_read("free_pages");
	uint64 taken = (holders + others) * PROCESS_PAGES, each;

	if (free_now < 0)
		bench_die("cannot read /dev/memstat");
	if ((uint64)free_now <= taken)
		return 0;
	each = (free_now - taken) / 8 * 7 / holders;
	return each - (each + TABLE_SPAN - 1) / TABLE_SPAN;
}

void
bench_fit(uint64 *pages, int asked_for, uint64 holders, uint64 others)
{
	uint64 most = bench_room(holders, others);

	if (most == 0 || (asked_for && *pages > most)) {
		fprintf(2,
		    "%s: no memory for %lu processes with %lu pages each, at"
		    " most %lu\n",
		    bench.name, holders, *pages, most);
		exit(1);
	}
	if (*pages > most)
		*pages = most;
}

uchar *
bench_pages(uint64 n)
{
	uint64 end = (uint64)sbrk(0), more;
	uchar *first;

	if (sbrklazy(PGROUNDUP(end) - end) == SBRK_ERROR)
		bench_die("no memory");
	first = (uchar *)sbrk(0);
	for (; n > 0; n -= more) {
		more = n < SBRK_PAGES ? n : SBRK_PAGES;
		if (sbrklazy(more * PGSIZE) == SBRK_ERROR)
			bench_die("no memory for so many pages");
	}
	return first;
}
