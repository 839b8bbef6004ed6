// Heap that is not there until it is touched.
#include "user/usertests/cases.h"

#define SPARSE 64 // pages between two that are touched

static struct {
	char *base;
	long pages; // of which half are a multiple of SPARSE, too
} area;         // page-aligned lazy heap of half the free memory

static void
area_new(void)
{
	uint64 top = (uint64)sbrk(0);

	area.pages = free_pages() / 2;
	if (area.pages > 1 << 18)
		area.pages = 1 << 18; // 1 GiB: fits sbrk's int
	area.pages -= area.pages % (2 * SPARSE);
	sbrklazy((int)(PGROUNDUP(top) - top));
	area.base = sbrklazy((int)(area.pages * PGSIZE));
	EXPECT(area.base != SBRK_ERROR, "no heap");
	EXPECT((uint64)area.base % PGSIZE == 0, "heap at %p", area.base);
}

static volatile uint64 *
word_of(long page)
{
	return (volatile uint64 *)(area.base + page * PGSIZE) + page % 512;
}

static void
touch_sparsely(int who)
{
	for (long i = 0; i < area.pages; i += SPARSE) {
		EXPECT(*word_of(i) == 0, "page %ld is not zero", i);
		*word_of(i) = mark(who, i);
	}
}

// The page after each that was touched is in the area, too: its size is a
// multiple of SPARSE.
static void
expect_sparse(int who)
{
	for (long i = 0; i < area.pages; i += SPARSE) {
		EXPECT(*word_of(i) == mark(who, i), "page %ld", i);
		EXPECT(*word_of(i + 1) == 0, "page %ld is not zero", i + 1);
	}
}

// Touched pages cost memory, the others none.
static void
lazy_alloc(void)
{
	long before = free_pages(), touched, tables, cost;

	area_new();
	touch_sparsely(1);
	expect_sparse(1);
	cost = before - free_pages();
	touched = area.pages / SPARSE + 1;
	tables = area.pages / 512 + 4;
	// The neighbours that were read cost a page each at most.
	EXPECT(cost >= touched - 1 && cost <= 2 * touched + tables + 8,
	    "%ld pages touched cost %ld", touched, cost);
}

static void
touch_page(long page)
{
	*word_of(page) = 1;
}

// Freed lazy heap, touched or not, gives its memory back and is gone.
static void
lazy_unmap(void)
{
	long rich, poor, pages, middle;

	area_new();
	rich = free_pages();
	touch_sparsely(2);
	poor = free_pages();
	EXPECT(rich - poor >= area.pages / SPARSE, "touching took %ld pages",
	    rich - poor);
	pages = area.pages;
	middle = pages / 2;
	EXPECT(sbrk((int)(-(pages - middle) * PGSIZE)) ==
	           area.base + pages * PGSIZE,
	    "cannot shrink");
	expect_killed(touch_page, middle, "a touch of freed lazy heap");
	expect_killed(touch_page, pages - 1, "a touch of freed lazy heap");
	EXPECT(outcome_of(touch_page, middle - 1) == 0, "below the end");
	area.pages = middle;
	expect_sparse(2);
	poor = free_pages();
	EXPECT(sbrk((int)(-middle * PGSIZE)) != SBRK_ERROR, "cannot shrink");
	// A system call later, with nobody else at work: this is exact.
	EXPECT(free_pages() - poor >= middle / SPARSE,
	    "freeing gave back %ld pages", free_pages() - poor);

	// New heap in the same place is new.
	area_new();
	touch_sparsely(3);
	expect_sparse(3);
}

// System calls and fork meet pages that nobody has touched.
static void
lazy_copy(void)
{
	static char zero[PGSIZE];
	char *at;
	int fd, p[2];

	area_new();
	make_file("lazy.f", 7, 3 * PGSIZE);
	fd = must_open("lazy.f", O_RDWR);
	at = area.base + 10 * PGSIZE - 100;
	EXPECT(read(fd, at, 3 * PGSIZE) == 3 * PGSIZE, "read to lazy heap");
	EXPECT(data_differs(at, 3 * PGSIZE, 7, 0) < 0, "the wrong bytes");
	EXPECT(at[-1] == 0 && at[3 * PGSIZE] == 0, "too many bytes");
	close(fd);

	EXPECT(pipe(p) == 0, "no pipe");
	at = area.base + 30 * PGSIZE;
	memset(zero, 'n', 256);
	must_write(p[1], at, 256);
	EXPECT(read(p[0], zero, 256) == 256, "read");
	for (int i = 0; i < 256; i++)
		EXPECT(zero[i] == 0, "byte %d of lazy heap is not zero", i);
	EXPECT(pipe((int *)(area.base + 40 * PGSIZE - 4)) == 0,
	    "pipe to lazy heap");
	EXPECT(write(p[1], area.base + area.pages * PGSIZE, 1) == -1,
	    "wrote from above the heap");
	EXPECT(fstat(p[0], (struct stat *)(area.base + 50 * PGSIZE)) == -1,
	    "fstat of a pipe");
	must_unlink("lazy.f");
}

static void
check_and_write(long who)
{
	expect_sparse((int)who);
	for (long i = 1; i < area.pages; i += SPARSE)
		*word_of(i) = mark(who + 1, i);
	for (long i = 1; i < area.pages; i += SPARSE)
		EXPECT(*word_of(i) == mark(who + 1, i), "page %ld", i);
}

// Parent and children each fill holes of their own.
static void
lazy_fork(void)
{
	area_new();
	touch_sparsely(4);
	for (int i = 0; i < 3; i++)
		spawn(check_and_write, 4);
	reap_all(3, 0);
	expect_sparse(4);
}

#define STEP (1L << 30) // of growth: fits sbrk's int

static char *
below_end(long distance)
{
	return sbrk(0) - distance;
}

// Lazy heap right up to the last address that a program may have, however
// little memory there is; it is the end of it, and usable.
static void
reserve_all(long unused)
{
	long left;

	(void)unused;
	while ((left = (long)TRAPFRAME - (long)sbrk(0)) > STEP)
		EXPECT(sbrklazy(STEP) != SBRK_ERROR, "%ld left", left);
	EXPECT(sbrklazy((int)left) != SBRK_ERROR, "the last %ld", left);
	EXPECT(sbrk(0) == (char *)TRAPFRAME, "the heap ends at %p", sbrk(0));
	EXPECT(sbrklazy(1) == SBRK_ERROR && sbrk(1) == SBRK_ERROR,
	    "heap behind the last address");
	*below_end(1) = 'e';
	EXPECT(*below_end(2) == 0, "not zero");
	if (must_fork() == 0) {
		EXPECT(*below_end(1) == 'e', "not the parent's byte");
		for (int i = 0; i < 200; i++)
			*below_end(i * STEP + 1) = 'c';
		exit(0);
	}
	reap_all(1, 0);
	EXPECT(*below_end(1) == 'e' && *below_end(STEP + 1) == 0,
	    "the child's byte");
}

// The heap's limits are checked before anything is touched.
static void
lazy_sbrk(void)
{
	char *top = sbrk(0);

	EXPECT(sbrklazy(0) == top, "sbrklazy(0)");
	EXPECT(outcome_of(reserve_all, 0) == 0, "all addresses");
	EXPECT(sbrklazy(PGSIZE) == top && sbrklazy(PGSIZE) == top + PGSIZE,
	    "growing");
	EXPECT(top[0] == 0 && top[2 * PGSIZE - 1] == 0, "not zero");
	EXPECT(sbrklazy(-2 * PGSIZE) == top + 2 * PGSIZE, "shrinking");
	EXPECT(sbrk(0) == top, "not back");
	EXPECT(sys_sbrk(PGSIZE, 77) == top, "an unknown kind is lazy");
	top[17] = 17;
	EXPECT(sbrk(-PGSIZE) == top + PGSIZE, "shrinking");
}

static void
read_pages(long pages)
{
	char *at = sbrk(0) - pages * PGSIZE;

	for (long i = 0; i < pages; i++)
		(void)*(volatile char *)(at + i * PGSIZE);
}

// The older sbrk promises memory, unless the heap would be larger than all of
// it; each page takes a frame then, if only for a read.
static void
lazy_older(void)
{
	const long total = memstat_read("total_pages"), few = 32;
	// With what the kernel's image and tables take of the machine's.
	const long more = total + total / 8 + few;
	char *top = sbrk(0);
	long before;

	if (more >= 0x7ffff000 / PGSIZE)
		return; // does not fit sbrk's int
	EXPECT(sys_sbrk((int)((total - few) * PGSIZE), SBRK_OLDER) ==
	           SBRK_ERROR,
	    "a promise of more than is free");
	EXPECT(sbrk(0) == top, "a failed call moved the end");
	EXPECT(sys_sbrk((int)(more * PGSIZE), 77) == top,
	    "no addresses");
	before = free_pages();
	read_pages(few);
	EXPECT(before - free_pages() >= few, "reading took %ld pages",
	    before - free_pages());
	EXPECT(outcome_of(read_pages, few) == 0, "in a child");
	EXPECT(outcome_of(read_pages, more) == -1, "all of it");
	EXPECT(sbrk((int)(-more * PGSIZE)) != SBRK_ERROR, "back");
}

// Whoever touches more than there is dies alone.
static void
touch_more_than_all(long pages)
{
	volatile char *at = sbrklazy((int)(pages * PGSIZE));

	EXPECT(at != SBRK_ERROR, "not even addresses");
	for (long i = 0; i < pages; i++)
		at[i * PGSIZE] = 1;
}

static void
lazy_limit(void)
{
	long free = free_pages(), pages = free + free / 2;

	// On a large machine this would take long, and not fit sbrk's int.
	if (pages >= 0x7fffffff / PGSIZE)
		return;
	expect_killed(touch_more_than_all, pages, "more than all memory");
	EXPECT(free_pages() >= free - free / 16, "%ld of %ld pages came back",
	    free_pages(), free);
}

// Pages so far apart that each has a page table of its own, more than a process
// leaves to its parent.
static void
touch_far_apart(void)
{
	enum { APART = 2 * 1024 * 1024, PAGES = 40, FAR = 0x60000000 };
	char *area = sbrklazy(FAR);

	EXPECT(area != SBRK_ERROR, "no addresses");
	for (int i = 0; i < PAGES; i++) {
		EXPECT(area[i * APART] == 0, "page %d", i);
		area[i * APART] = (char)i;
	}
	area[FAR - 1] = 1; // tables that shrinking alone gives back
	for (int i = 0; i < PAGES; i++)
		EXPECT(area[i * APART] == (char)i, "page %d has changed", i);
}

static void
leave_tables(long shrink)
{
	touch_far_apart();
	if (shrink) {
		EXPECT(sbrk(-0x60000000) != SBRK_ERROR, "shrinking");
		touch_far_apart();
		EXPECT(sbrk(-0x40000000) != SBRK_ERROR, "shrinking");
	}
}

// Page tables, without those of programs kept for exec.
static long
tables_in_use(void)
{
	int fd = must_open("/dev/memstat", O_WRONLY);

	must_write(fd, "shrink", 6);
	close(fd);
	return memstat_read("table_pages");
}

// Tables go back when a process shrinks, ends, and executes another program.
static void
lazy_tables(void)
{
	char *argv[] = {"usertests", "@clean", "x", 0};
	long before = tables_in_use(), after;
	int pid;

	for (int i = 0; i < 4; i++)
		EXPECT(outcome_of(leave_tables, i % 2) == 0, "round %d", i);
	pid = must_fork();
	if (pid == 0) {
		touch_far_apart();
		exec("/usertests", argv);
		exit(9);
	}
	EXPECT(reap(pid) == 0, "exec");
	after = tables_in_use();
	EXPECT(after <= before, "%ld tables, %ld before", after, before);
}

const struct usertest lazy_tests[] = {
    {"lazy_alloc", lazy_alloc, NEEDS_PAGES},
    {"lazy_unmap", lazy_unmap, NEEDS_PAGES},
    {"lazy_tables", lazy_tables, NEEDS_PAGES},
    {"lazy_copy", lazy_copy, 0},
    {"lazy_fork", lazy_fork, 0},
    {"lazy_sbrk", lazy_sbrk, 0},
    {"lazy_older", lazy_older, NEEDS_PAGES},
    {"lazy_limit", lazy_limit, NEEDS_PAGES},
    {0, 0, 0},
};
