// How much memory a benchmark may take without anybody running out of it.
#ifndef LIB_BENCH_ROOM_H
#define LIB_BENCH_ROOM_H

#include "kernel/types.h"

// Does fork copy every page at once?
int bench_fork_copies(void);

// The most pages that each of `holders` processes can have of its own, with
// that many processes and `others` small ones alive.
uint64 bench_room(uint64 holders, uint64 others);

// Lowers *pages, a default, to what fits; a value that was asked for and does
// not fit ends the program.  At least one page must.
void bench_fit(uint64 *pages, int asked_for, uint64 holders, uint64 others);

// Pages of this process's heap that begin on a page; not touched yet.
uchar *bench_pages(uint64 n);

#endif
