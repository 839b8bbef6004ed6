// sbrk and malloc: the heap grows, shrinks, ends, and is zero when new.
#include "user/usertests/cases.h"

// Heap that is a known share of what memory is free, in bytes.
static int
share_of_memory(int num, int den)
{
	long bytes = free_pages() * num / den * PGSIZE;
	const long most = 512L * 1024 * 1024; // fits sbrk's int; enough

	return (int)(bytes < most ? bytes : most);
}

static void
expect_break(void *want)
{
	EXPECT(sbrk(0) == want, "the heap ends at %p, not %p", sbrk(0), want);
}

static void
touch(long address)
{
	*(volatile char *)address = 1;
}

static void
look(long address)
{
	(void)*(volatile char *)address;
}

static void
expect_zero(const char *from, long bytes)
{
	const uint64 *w = (const uint64 *)from;

	for (long i = 0; i < bytes / 8; i += 64)
		EXPECT(w[i] == 0, "byte %ld is not zero", i * 8);
}

// Byte by byte, over page ends, in a child too.
static void
grow_bytewise(long bytes)
{
	char *first = sbrk(0);

	for (long i = 0; i < bytes; i++) {
		EXPECT(sbrk(1) == first + i, "byte %ld is elsewhere", i);
		EXPECT(first[i] == 0, "byte %ld is not zero", i);
		first[i] = (char)i;
	}
	for (long i = 0; i < bytes; i++)
		EXPECT(first[i] == (char)i, "byte %ld has changed", i);
	EXPECT(sbrk(-(int)bytes) == first + bytes, "shrinking");
	expect_break(first);
}

static void
sbrkbasic(void)
{
	char *top;

	EXPECT(outcome_of(grow_bytewise, 9000) == 0, "in the child");
	grow_bytewise(5000);
	top = sbrk(0);
	EXPECT(sbrk(0) == top, "sbrk(0) moved the end");
	if (free_pages() < 0x7fffffff / PGSIZE)
		EXPECT(
		    sbrk(0x7fffffff) == SBRK_ERROR, "more heap than memory");
	expect_break(top);
	EXPECT(sbrk(PGSIZE) == top && sbrk(-PGSIZE) == top + PGSIZE,
	    "up and down");
	expect_break(top);
}

// Half of memory, twice, zero each time.
static void
sbrkmuch(void)
{
	char *top = sbrk(0);
	int size = share_of_memory(1, 2);
	long free;

	for (int round = 0; round < 2; round++) {
		EXPECT(sbrk(size) == top, "cannot grow by %d", size);
		for (int i = 0; i < size; i += PGSIZE) {
			EXPECT(top[i] == 0, "byte %d is not zero", i);
			top[i] = (char)(round + 1);
		}
		free = free_pages();
		EXPECT(sbrk(-size) == top + size, "cannot shrink");
		expect_break(top);
		EXPECT(!tells_pages() || free_pages() - free >= size / PGSIZE,
		    "shrinking by %d pages freed %ld", size / PGSIZE,
		    free_pages() - free);
	}
	expect_killed(touch, (long)top + PGSIZE, "a touch above the heap");
}

// What shrinking takes away is no buffer for system calls any more.
static void
rwsbrk(void)
{
	char *at;
	int fd, p[2];

	EXPECT(sbrk(4 * PGSIZE) != SBRK_ERROR, "no heap");
	at = (char *)PGROUNDUP((uint64)sbrk(0) - 2 * PGSIZE);
	memset(at, 'z', 64);
	EXPECT(sbrk(-3 * PGSIZE) != SBRK_ERROR, "cannot shrink");
	fd = must_open("rw.f", O_CREATE | O_TRUNC | O_RDWR);
	EXPECT(pipe(p) == 0, "no pipe");
	EXPECT(write(fd, at, 64) == -1, "wrote freed memory to a file");
	EXPECT(write(p[1], at, 64) == -1, "wrote freed memory to a pipe");
	EXPECT(size_of("rw.f") == 0, "size %ld", size_of("rw.f"));
	must_write(fd, "some text", 9);
	close(fd);
	fd = must_open("rw.f", O_RDONLY);
	EXPECT(read(fd, at, 9) == -1, "read into freed memory");
	close(fd);
	close(p[0]);
	close(p[1]);
	must_unlink("rw.f");
}

// Children take memory until there is none; it is all there again later.
#define HOLDERS 12

static int said[2];

static void
hold_memory(long bytes)
{
	char *at = sbrk((int)bytes);
	char c = at == SBRK_ERROR ? 'n' : 'y';

	if (c == 'y')
		for (long i = 0; i < bytes; i += PGSIZE)
			at[i] = 'h';
	must_write(said[1], &c, 1);
	for (;;)
		sleep(1000);
}

static void
sbrkfail(void)
{
	int pid[HOLDERS], yes = 0, size = share_of_memory(1, 6);
	long rich = free_pages();
	char answer, *at;

	EXPECT(pipe(said) == 0, "no pipe");
	for (int i = 0; i < HOLDERS; i++) {
		pid[i] = spawn(hold_memory, size);
		EXPECT(read(said[0], &answer, 1) == 1, "child %d died", i);
		yes += answer == 'y';
	}
	if (rich < (long)HOLDERS * size / PGSIZE)
		EXPECT(yes < HOLDERS, "more was given than there is");
	EXPECT(yes >= 4, "only %d of 6 parts of memory were given", yes);
	for (int i = 0; i < HOLDERS; i++)
		EXPECT(kill(pid[i]) == 0, "kill");
	reap_all(HOLDERS, -1);

	at = sbrk(2 * size);
	EXPECT(at != SBRK_ERROR, "memory is lost");
	for (int i = 0; i < 2 * size; i += PGSIZE) {
		EXPECT(at[i] == 0, "somebody else's memory");
		at[i] = 1;
	}
	close(said[0]);
	close(said[1]);
}

// Fresh heap as the buffer of system calls.
static void
sbrkarg(void)
{
	char *at = sbrk(PGSIZE);
	int *fds, fd;

	EXPECT(at != SBRK_ERROR, "no heap");
	fd = must_open("sbrk.f", O_CREATE | O_TRUNC | O_RDWR);
	must_write(fd, at, PGSIZE);
	close(fd);
	EXPECT(size_of("sbrk.f") == PGSIZE, "size %ld", size_of("sbrk.f"));
	at = sbrk(PGSIZE);
	fd = must_open("sbrk.f", O_RDONLY);
	EXPECT(read(fd, at, PGSIZE) == PGSIZE, "read to fresh heap");
	expect_zero(at, PGSIZE);
	close(fd);
	must_unlink("sbrk.f");
	fds = (int *)sbrk(PGSIZE);
	EXPECT(pipe(fds) == 0, "pipe to fresh heap");
	must_write(fds[1], "p", 1);
	EXPECT(read(fds[0], at, 1) == 1 && *at == 'p', "the pipe");
	close(fds[0]);
	close(fds[1]);
}

// Every page of the program and some above: none makes the kernel stumble.
static void
validatetest(void)
{
	uint64 end = PGROUNDUP((uint64)sbrk(0)) + 32 * PGSIZE;

	for (uint64 p = 0; p <= end; p += PGSIZE)
		EXPECT(link("no-such-file", (char *)p) == -1,
		    "linked nothing to the name at %lx", p);
}

static char blank[3 * PGSIZE];
static int filled[4] = {1, 2, 3, 4};

static void
bsstest(void)
{
	for (uint i = 0; i < sizeof(blank); i++)
		EXPECT(blank[i] == 0, "byte %d is not zero", i);
	EXPECT(filled[0] == 1 && filled[3] == 4, "initialised data");
	memset(blank, 7, sizeof(blank));
	filled[0] = 7;
	EXPECT(filled[1] == 2, "written data changed its neighbour");
}

// Freed so low that nothing, or next to nothing, is left: the process dies for
// lack of a stack, and is the only one that does.
static void
shrink_by(long bytes)
{
	sbrk(-(int)bytes);
}

static void
shrink_and_grow(long bytes)
{
	sbrk(-(int)bytes);
	sbrk(10 * PGSIZE + 2048);
	sbrk(-10);
}

static void
sbrkbugs(void)
{
	long top = (long)sbrk(0);
	const long amounts[] = {
	    top, top - 3500, top - 1, top + 1, top + PGSIZE, PGSIZE, 1};

	for (uint i = 0; i < sizeof(amounts) / sizeof(amounts[0]); i++) {
		int status = outcome_of(shrink_by, amounts[i]);

		EXPECT(status == 0 || status == -1, "status %d", status);
		status = outcome_of(shrink_and_grow, amounts[i]);
		EXPECT(status == 0 || status == -1, "status %d", status);
	}
	expect_break((void *)top);
	look(top - 1);
}

static void
shrink_to(long address)
{
	volatile char on_stack = 1;

	sbrk((int)(address - (long)sbrk(0)));
	on_stack++;
}

// A break below a program's stack takes the stack with it, and the program; one
// further up does no harm.
static void
sbrkbelow(void)
{
	long stack = PGROUNDDOWN((long)__builtin_frame_address(0));
	long top = PGROUNDUP((long)sbrk(0));

	for (long at = 0; at <= stack; at += 3 * PGSIZE) {
		int status = outcome_of(shrink_to, at);

		EXPECT(status == -1, "status %d, break at %lx", status, at);
	}
	EXPECT(outcome_of(shrink_to, stack) == -1, "below the stack's page");
	EXPECT(outcome_of(shrink_to, stack + 1) == 0, "in the stack's page");
	EXPECT(outcome_of(shrink_to, top) == 0, "where it is");
	EXPECT(outcome_of(shrink_to, 1) == -1, "in the first page");
}

// A stack that a break behind the program's data does not reach.
static char island[4 * PGSIZE] __attribute__((aligned(16)));
static char *lost; // address in the stack that it does

static void
see_and_write(long at)
{
	EXPECT(*(char *)at == 'h', "not the parent's byte");
	memset((char *)at, 'c', 2 * PGSIZE);
}

static void __attribute__((noreturn))
live_on_island(void)
{
	extern char end[]; // of the program's data, from the linker
	char *top = sbrk(0), *heap = (char *)PGROUNDUP((long)end);

	EXPECT(sbrk((int)(end - top)) == top, "shrinking");
	expect_break(end);
	expect_killed(touch, (long)lost, "a touch of the stack that was");
	expect_killed(touch, (long)heap, "a touch above the break");
	EXPECT(sbrk((int)(heap - end) + 3 * PGSIZE) == end, "growing");
	expect_zero(heap, 3 * PGSIZE);
	memset(heap, 'h', 3 * PGSIZE);
	EXPECT(outcome_of(see_and_write, (long)heap) == 0, "in the child");
	EXPECT(heap[2 * PGSIZE] == 'h', "the child's byte");
	expect_killed(touch, (long)heap + 3 * PGSIZE, "a touch above it");
	EXPECT(sbrk(-3 * PGSIZE) == heap + 3 * PGSIZE, "shrinking again");
	expect_break(heap);
	exit(0);
}

static void
go_to_island(long unused)
{
	(void)unused;
	lost = __builtin_frame_address(0);
	__asm__ volatile("mv sp, %0; jr %1" : : "r"(island + sizeof(island)),
	    "r"(live_on_island));
}

// Who has the stack elsewhere may give up the other, and has heap in its place.
static void
sbrkisland(void)
{
	EXPECT(outcome_of(go_to_island, 0) == 0, "on the island");
}

// The last byte before the heap's end is good for programs and system calls.
static void
sbrklast(void)
{
	char *top = sbrk(0), *last, c;
	int fd;

	EXPECT(sbrk((int)(PGROUNDUP((uint64)top) - (uint64)top) + PGSIZE) !=
	           SBRK_ERROR,
	    "no heap");
	EXPECT(sbrk(10) != SBRK_ERROR && sbrk(-20) != SBRK_ERROR, "no heap");
	last = (char *)sbrk(0) - 1;
	*last = '/';
	memmove(last - 1, "/", 1);
	last[0] = 0;
	fd = must_open(last - 1, O_RDONLY);
	close(fd);
	fd = must_open("last.f", O_CREATE | O_TRUNC | O_RDWR);
	*last = 'l';
	must_write(fd, last, 1);
	close(fd);
	*last = 0;
	fd = must_open("last.f", O_RDONLY);
	EXPECT(read(fd, last, 1) == 1 && *last == 'l', "read to it");
	EXPECT(read(fd, &c, 1) == 0, "one byte only");
	close(fd);
	must_unlink("last.f");
}

// Amounts that would put the break below address 0, up to what an int holds,
// change nothing.
static void
sbrk8000(void)
{
	static const int amounts[] = {
	    (int)0x80000004, (int)0x80000000, (int)0x80001000, -0x7fffffff};
	char *top = sbrk(0);

	EXPECT(sbrk(-(int)(long)top - 1) == top, "below 0 by a byte");
	for (uint i = 0; i < sizeof(amounts) / sizeof(amounts[0]); i++) {
		EXPECT(sbrk(amounts[i]) == top, "sbrk(%d)", amounts[i]);
		EXPECT(sbrklazy(amounts[i]) == top, "sbrklazy(%d)",
		    amounts[i]);
		expect_break(top);
	}
	look((long)top - 1);
}

// malloc until there is no more, of all sizes; what it gives does not overlap.
#define BLOCK_SIZE(i) (40 + 211 * (i) % 5000)

struct block {
	struct block *next;
	int size;
	char data[];
};

static struct block *
take_blocks(long budget)
{
	struct block *list = 0, *b;

	for (int i = 0; budget > 0; i++) {
		b = malloc(BLOCK_SIZE(i));
		if (b == 0)
			break;
		EXPECT((uint64)b % 16 == 0, "%p is not aligned", b);
		b->next = list;
		b->size = BLOCK_SIZE(i) - sizeof(*b);
		memset(b->data, b->size, b->size);
		budget -= BLOCK_SIZE(i);
		list = b;
	}
	return list;
}

static void
mem(void)
{
	for (int round = 0; round < 3; round++) {
		struct block *list = take_blocks(3 * 1024 * 1024), *b;

		EXPECT(list != 0, "malloc gave nothing");
		while ((b = list) != 0) {
			list = b->next;
			for (int i = 0; i < b->size; i++)
				EXPECT(b->data[i] == (char)b->size,
				    "byte %d of %d has changed", i, b->size);
			free(b);
		}
	}
	EXPECT(free_pages() > 0x7fffffff / PGSIZE || malloc(0x7ffffff0) == 0,
	    "malloc gave more than there is");
}

// Memory that another process has filled and left is zero for the next.
static void
fill_and_leave(long bytes)
{
	char *at = sbrk((int)bytes);

	EXPECT(at != SBRK_ERROR, "no heap");
	memset(at, 0x5a, bytes);
}

static void
find_zero(long bytes)
{
	char *at = sbrk((int)bytes / 2);
	char *lazily = sbrklazy((int)bytes / 2);

	EXPECT(at != SBRK_ERROR && lazily != SBRK_ERROR, "no heap");
	for (long i = 0; i < bytes / 16; i++)
		EXPECT(((uint64 *)at)[i] == 0, "word %ld", i);
	for (long i = 0; i < bytes / 2; i += PGSIZE)
		lazily[i + i / PGSIZE % PGSIZE] = 1;
	for (long i = 0; i < bytes / 2; i += PGSIZE)
		for (int j = 0; j < PGSIZE; j += 16)
			EXPECT(lazily[i + j] == (j == i / PGSIZE % PGSIZE),
			    "byte %ld", i + j);
}

static void
heapzero(void)
{
	const long bytes = 4 * 1024 * 1024;

	EXPECT(outcome_of(fill_and_leave, bytes) == 0, "filling");
	EXPECT(outcome_of(find_zero, bytes) == 0, "looking");
}

// More than can be had is refused and costs nobody else anything: no cache is
// emptied for it.
static void
refuse_all(long pages)
{
	long before = memstat_read("shrinks");

	for (int i = 0; i < 100 && pages + i < 0x7ffff; i++)
		EXPECT(sbrk((int)((pages + i) * PGSIZE)) == SBRK_ERROR,
		    "%ld pages", pages + i);
	EXPECT(memstat_read("shrinks") == before, "caches were emptied");
}

static void
sbrkhopeless(void)
{
	enum { MOST = 0x10000 }; // 256 MiB: to fill more takes long
	long total = memstat_read("total_pages");

	if (total < 0)
		return; // a kernel that does not tell
	refuse_all(total);
	if (total > MOST)
		return;
	EXPECT(sbrk((int)(total / 2 * PGSIZE)) != SBRK_ERROR, "half of it");
	refuse_all(total * 6 / 10);
}

const struct usertest heap_tests[] = {
    {"sbrkbasic", sbrkbasic, 0},
    {"sbrkmuch", sbrkmuch, 0},
    {"rwsbrk", rwsbrk, 0},
    {"sbrkfail", sbrkfail, NEEDS_PAGES},
    {"sbrkarg", sbrkarg, 0},
    {"validatetest", validatetest, 0},
    {"bsstest", bsstest, 0},
    {"sbrkbugs", sbrkbugs, 0},
    {"sbrkbelow", sbrkbelow, 0},
    {"sbrkisland", sbrkisland, 0},
    {"sbrklast", sbrklast, 0},
    {"sbrkhopeless", sbrkhopeless, 0},
    {"sbrk8000", sbrk8000, 0},
    {"mem", mem, 0},
    {"heapzero", heapzero, 0},
    {0, 0, 0},
};
