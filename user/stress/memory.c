// Memory that forks share and nobody sees the other's writes in; heap that
// grows, is forked, shrinks, and is zero when it is new.
//
// Every page has a key, and words at random places that follow from it.

#include "user/stress/stress.h"

#define NPAGES 24 // of data; some are forked while others are not there yet
#define STRIDE 61 // words between those that are written; a page has 9
#define WORDS  (PGSIZE / sizeof(uint64))

#define MAX_DEPTH   1
#define MAX_KIDS    3
#define HEAP_PAGES  200
#define HUNGER_UNIT (4 << 20)

static uint64 data[NPAGES][WORDS];
static uint64 keys[NPAGES]; // 0: zero

static void
leave(uint64 *page, uint64 key)
{
	for (uint i = key % STRIDE; i < WORDS; i += STRIDE)
		page[i] = mark(key, i);
}

static void
expect(const uint64 *page, uint64 key, const char *what)
{
	uint stride = key == 0 ? 1 : STRIDE; // others' words are anywhere

	for (uint i = key % STRIDE; i < WORDS; i += stride) {
		uint64 want = key == 0 ? 0 : mark(key, i);

		if (page[i] != want)
			BROKEN("%s: %lx at %p, not %lx", what, page[i],
			    &page[i], want);
	}
}

static void
expect_data(void)
{
	for (uint p = 0; p < NPAGES; p++)
		expect(data[p], keys[p], "data");
}

static void
change_data(uint n)
{
	for (uint i = 0; i < n; i++) {
		uint p = pick(NPAGES);

		keys[p] = mix(&self.random) | 1;
		leave(data[p], keys[p]);
	}
}

// A family in which everybody writes while the others look.
static void
family(uint depth)
{
	int kids[MAX_KIDS];
	uint n = 1 + pick(MAX_KIDS);

	for (uint i = 0; i < n; i++) {
		change_data(pick(4));
		kids[i] = fork_kid();
		if (kids[i] != 0)
			continue;
		expect_data();
		change_data(pick(NPAGES));
		if (depth < MAX_DEPTH && pick(2))
			family(depth + 1);
		expect_data();
		kid_exit(0);
	}
	change_data(pick(NPAGES));
	expect_data();
	for (uint i = 0; i < n; i++)
		reap_kid(-1, 0);
	expect_data();
}

void
step_fork(void)
{
	family(0);
}

// --- heap ---

// Some pages from first on, n of them, looked at and written.
static void
use_heap(char *first, uint n, uint64 key)
{
	for (uint i = 0; i < n; i += 1 + pick(8)) {
		uint64 *page = (uint64 *)(first + i * PGSIZE);

		expect(page, 0, "new heap");
		leave(page, key + i);
		expect(page, key + i, "heap");
	}
}

// The child looks at what the parent has, and gives half of it back.
static void
fork_heap(char *first, uint n, uint64 key)
{
	uint64 *page = (uint64 *)first;
	int pid = fork_kid();

	if (pid == 0) {
		expect(page, key, "forked heap");
		leave(page, key + 1);
		if (sbrk(-(int)(n / 2 * PGSIZE)) == SBRK_ERROR)
			BROKEN("heap cannot be given back");
		expect(page, key + 1, "forked heap");
		kid_exit(0);
	}
	if (pid > 0)
		reap_kid(pid, 0);
	expect(page, key, "heap after a fork");
}

void
step_heap(void)
{
	uint n = 1 + pick(HEAP_PAGES), odd = pick(2) ? pick(PGSIZE) : 0;
	uint64 key = mix(&self.random) | 1;
	int bytes = (int)((n + 1) * PGSIZE + odd);
	char *old = sbrk(0), *got, *first;

	got = pick(2) ? sbrk(bytes) : sbrklazy(bytes);
	if (got == SBRK_ERROR) {
		tally(C_REFUSED);
		return;
	}
	if (got != old)
		BROKEN("sbrk gave %p, the break was %p", got, old);
	first = (char *)PGROUNDUP((uint64)got);
	use_heap(first, n, key);
	if (pick(2))
		fork_heap(first, n, key);
	expect((uint64 *)first, key, "heap");
	if (sbrk(-bytes) != old + bytes || sbrk(0) != old)
		BROKEN("the break is off");
	tally(C_HEAPS);
}

// All memory there is, in a child; others fail or die of it meanwhile.
void
step_hunger(void)
{
	uint unit = HUNGER_UNIT;
	int pid;

	if (!plan.hungry)
		return;
	pid = fork_kid();
	if (pid == 0) {
		while (unit >= PGSIZE)
			if (sbrk((int)unit) == SBRK_ERROR)
				unit /= 2;
		sleep((int)pick(3));
		kid_exit(0);
	}
	if (pid > 0)
		reap_kid(pid, 0);
}
