// Host test of how the kernel reads a device tree: kernel/boot/fdt.c,
// platform.c, wiring.c, options.c and ranges.c.
//
// Trees are made here, of what may be on a machine; then blobs are damaged, at
// random and at every length.  A blob stands at the end of a block of its own
// size, so that a read beyond it is a sanitizer's report.

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "boot/fdt.h"
#include "boot/platform.h"
#include "kernel/riscv.h"
#include "lib/printf.h"
#include "mm/kmap.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

#define DAMAGED_BLOBS 20000
#define BLOB_ROOM     (64 << 10)

char *arena;
uint64 arena_pa;
char kernel_start[1], kernel_end[1];

static int passed, failed;
static struct platform untouched;
static jmp_buf gave_up;
static char why[200];

static void
check(bool ok, const char *what)
{
	if (ok)
		passed++;
	else if (++failed < 40)
		printf("FAILED: %s\n", what);
}

void
panic(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	longjmp(gave_up, 1);
}

char *
strlcopy(char *dst, const char *src, size_t size)
{
	size_t n = 0;

	for (; n + 1 < size && src[n] != 0; n++)
		dst[n] = src[n];
	dst[n] = 0;
	return dst;
}

// --- making blobs -----------------------------------------------------------

static uint8 structure[BLOB_ROOM], strings[4096];
static uint nstructure, nstrings;
static uint64 memreserve[16];
static uint nmemreserve;

static void
put(uint8 *at, uint32 x)
{
	for (int i = 0; i < 4; i++)
		at[i] = x >> (24 - 8 * i);
}

static void
add_word(uint32 x)
{
	put(structure + nstructure, x);
	nstructure += 4;
}

static void
add_bytes(const void *p, uint n)
{
	if (n > 0)
		memcpy(structure + nstructure, p, n);
	nstructure += n;
	while (nstructure % 4 != 0)
		structure[nstructure++] = 0;
}

static void
tree_begin(void)
{
	nstructure = nstrings = nmemreserve = 0;
}

static void
node(const char *name)
{
	add_word(1);
	add_bytes(name, strlen(name) + 1);
}

static void
node_end(void)
{
	add_word(2);
}

static uint
string_offset(const char *s)
{
	uint at = 0;

	while (at < nstrings && strcmp((char *)strings + at, s) != 0)
		at += strlen((char *)strings + at) + 1;
	if (at == nstrings) {
		strcpy((char *)strings + at, s);
		nstrings += strlen(s) + 1;
	}
	return at;
}

static void
prop_bytes(const char *name, const void *p, uint n)
{
	add_word(3);
	add_word(n);
	add_word(string_offset(name));
	add_bytes(p, n);
}

static void
prop_text(const char *name, const char *s)
{
	prop_bytes(name, s, strlen(s) + 1);
}

static void
prop_words(const char *name, uint n, ...)
{
	uint8 bytes[256];
	va_list ap;

	va_start(ap, n);
	for (uint i = 0; i < n; i++)
		put(bytes + 4 * i, va_arg(ap, uint32));
	va_end(ap);
	prop_bytes(name, bytes, 4 * n);
}

static void
prop_reg(uint64 start, uint64 size)
{
	prop_words("reg", 4, (uint32)(start >> 32), (uint32)start,
	    (uint32)(size >> 32), (uint32)size);
}

static void
memory(uint64 start, uint64 size)
{
	node("memory");
	prop_text("device_type", "memory");
	prop_reg(start, size);
	node_end();
}

static uint8 blob[2 * BLOB_ROOM];

static uint
finish_blob(void)
{
	uint at = 40;

	add_word(9);
	memset(blob, 0, 40);
	for (uint i = 0; i < nmemreserve; i++, at += 8) {
		put(blob + at, memreserve[i] >> 32);
		put(blob + at + 4, memreserve[i]);
	}
	memset(blob + at, 0, 16);
	put(blob + 16, 40);
	at += 16;
	memcpy(blob + at, structure, nstructure);
	put(blob + 8, at);
	put(blob + 36, nstructure);
	at += nstructure;
	memcpy(blob + at, strings, nstrings);
	put(blob + 12, at);
	put(blob + 32, nstrings);
	at += nstrings;
	put(blob, 0xd00dfeed);
	put(blob + 4, at);
	put(blob + 20, 17);
	put(blob + 24, 16);
	return at;
}

// --- reading them -----------------------------------------------------------

enum { READ, REFUSED, PANICKED };

// Reads a copy of the first len bytes of the blob, behind which is nothing.
static int
read_copy(uint len)
{
	uint8 *block = malloc(len > 0 ? len : 1);
	int result = PANICKED;

	memcpy(block, blob, len);
	platform = untouched;
	if (setjmp(gave_up) == 0)
		result = platform_read(block, len) ? READ : REFUSED;
	free(block);
	return result;
}

static void
read_tree(const char *what)
{
	check(read_copy(finish_blob()) == READ, what);
}

// --- trees ------------------------------------------------------------------

// A cpu's own controller has phandle 100 + id.
static void
cpu(uint32 id, const char *status)
{
	node("cpu");
	prop_text("device_type", "cpu");
	prop_words("reg", 1, id);
	if (status != NULL)
		prop_text("status", status);
	node("l2-cache");
	node_end();
	node("interrupt-controller");
	prop_text("compatible", "riscv,cpu-intc");
	prop_words("phandle", 1, 100 + id);
	node_end();
	node_end();
}

static void
cpus_begin(void)
{
	node("cpus");
	prop_words("#address-cells", 1, 1);
	prop_words("#size-cells", 1, 0);
	prop_words("timebase-frequency", 1, 10000000);
}

static void
root_begin(void)
{
	tree_begin();
	node("");
	prop_words("#address-cells", 1, 2);
	prop_words("#size-cells", 1, 2);
}

// A CLINT or PLIC whose pairs are of harts [first, first + n), with interrupts
// a and b of each.
static void
controller(const char *compatible, uint64 pa, uint32 phandle, uint first,
    uint n, uint32 a, uint32 b)
{
	uint8 pairs[16 * 128];

	for (uint i = 0; i < n; i++) {
		put(pairs + 16 * i, 100 + first + i);
		put(pairs + 16 * i + 4, a);
		put(pairs + 16 * i + 8, 100 + first + i);
		put(pairs + 16 * i + 12, b);
	}
	node("controller");
	prop_text("compatible", compatible);
	prop_words("phandle", 1, phandle);
	prop_bytes("interrupts-extended", pairs, 16 * n);
	prop_reg(pa, 0x10000);
	node_end();
}

static void
clint(uint64 pa, uint first, uint n)
{
	controller("riscv,clint0", pa, 0, first, n, 3, 7);
}

static void
plic(uint64 pa, uint32 phandle, uint first, uint n)
{
	controller("sifive,plic-1.0.0\0riscv,plic0", pa, phandle, first, n,
	    11, 9);
}

static void
device(const char *compatible, uint64 pa, uint32 parent, uint32 line)
{
	node("device");
	prop_text("compatible", compatible);
	prop_reg(pa, 0x1000);
	prop_words("interrupts", 1, line);
	if (parent != 0)
		prop_words("interrupt-parent", 1, parent);
	node_end();
}

// As QEMU's virt machine with so many harts in each of two sockets, the second
// perhaps empty; disabled is a mask.
static void
usual_tree(uint a, uint b, uint64 disabled)
{
	root_begin();
	node("chosen");
	prop_text("bootargs", "maxproc=77 -- echo hello");
	node_end();
	memory(0x80000000, 0x8000000);
	cpus_begin();
	for (uint i = 0; i < a + b; i++)
		cpu(i, disabled >> i & 1 ? "disabled" : i % 2 ? "okay" : NULL);
	node("cpu-map");
	node_end();
	node_end();
	node("soc");
	prop_words("#address-cells", 1, 2);
	prop_words("#size-cells", 1, 2);
	prop_words("interrupt-parent", 1, 1);
	device("ns16550a", 0x10000000, 0, 10);
	device("virtio,mmio", 0x10001000, b > 0 ? 2 : 0, 1);
	device("sifive,test0", 0x100000, 0, 0);
	if (b > 0) {
		plic(0xc600000, 2, a, b);
		clint(0x2010000, a, b);
	}
	plic(0xc000000, 1, 0, a);
	clint(0x2000000, 0, a);
	node_end();
	node_end();
}

static void
test_usual(void)
{
	usual_tree(3, 0, 0);
	read_tree("the usual tree");
	check(platform.nharts == 3, "three harts");
	for (uint i = 0; i < 3; i++) {
		check(platform.hart[i].id == i, "ids are numbers");
		check(platform.hart[i].msip_pa == 0x2000000 + 4 * i, "MSIP");
		check(platform.hart[i].mtimecmp_pa == 0x2004000 + 8 * i,
		    "MTIMECMP");
		check(platform.plic[0].context[i] == 2 * (int)i + 1,
		    "supervisor's contexts");
	}
	check(platform.plic[0].contexts == 6, "six contexts");
	check(platform.ram.n == 1 && range_bytes(&platform.ram) == 0x8000000,
	    "RAM");
	check(platform.uart_pa == 0x10000000 && platform.uart_irq.line == 10 &&
	    platform.uart_irq.plic == 0, "serial port");
	check(platform.nvirtio == 1 && platform.virtio_irq[0].line == 1, "disk");
	check(platform.test_pa == 0x100000, "finisher");
	check(boot_option("maxproc", 5) == 77, "boot option");
	check(strcmp(boot_command(), "echo hello") == 0, "boot command");
}

static void
test_disabled(void)
{
	for (uint64 mask = 0; mask < 31; mask++) {
		uint n = 0;

		usual_tree(5, 0, mask);
		read_tree("a tree with disabled harts");
		for (uint i = 0; i < 5; i++) {
			if (mask >> i & 1)
				continue;
			check(platform.hart[n].id == i, "who is enabled");
			check(platform.hart[n].msip_pa == 0x2000000 + 4 * i,
			    "MSIP goes by the machine's order");
			check(platform.plic[0].context[n] == 2 * (int)i + 1,
			    "so do contexts");
			n++;
		}
		check(platform.nharts == n, "how many are enabled");
	}
	usual_tree(3, 0, 7);
	read_tree("no hart is enabled");
	check(platform.nharts == 0, "none is taken");
}

static void
test_sockets(void)
{
	usual_tree(2, 3, 4);
	read_tree("two sockets");
	check(platform.nharts == 4 && platform.nplics == 2, "harts and PLICs");
	check(platform.hart[1].msip_pa == 0x2000004, "first socket's MSIP");
	check(platform.hart[2].id == 3, "the second's first is disabled");
	check(platform.hart[2].msip_pa == 0x2010004, "second socket's MSIP");
	check(platform.hart[3].mtimecmp_pa == 0x2014010, "and MTIMECMP");
	check(platform.plic[0].pa == 0xc600000, "PLICs as they come");
	check(platform.plic[0].context[0] == -1 &&
	    platform.plic[0].context[2] == 3 &&
	    platform.plic[1].context[0] == 1 &&
	    platform.plic[1].context[2] == -1, "whom they serve");
	check(platform.uart_irq.plic == 1, "an inherited controller");
	check(platform.virtio_irq[0].plic == 0, "a device's own controller");
}

static void
test_ids(void)
{
	static const uint32 ids[] = {900, 7, 0x7fffffff, 64, 7, 63};

	root_begin();
	memory(0x80000000, 0x8000000);
	cpus_begin();
	for (uint i = 0; i < COUNT(ids); i++)
		cpu(ids[i], NULL);
	cpu(5, NULL); // no CLINT has it
	node_end();
	for (uint i = 0; i < COUNT(ids); i++)
		clint(0x2000000 + 0x10000 * i, ids[i], 1);
	node_end();
	read_tree("ids in any order");
	check(platform.nharts == 5, "one twice, one without interrupts");
	check(platform.hart[0].id == 7 && platform.hart[1].id == 63 &&
	    platform.hart[2].id == 64 && platform.hart[3].id == 900 &&
	    platform.hart[4].id == 0x7fffffff, "ascending");
	check(platform.hart[3].msip_pa == 0x2000000, "each with its own");

	root_begin();
	cpus_begin();
	for (uint i = 100; i > 0; i--)
		cpu(i, NULL);
	node_end();
	clint(0x2000000, 1, 100);
	node_end();
	read_tree("a hundred harts");
	check(platform.nharts == NCPU, "as many as there may be");
	for (uint i = 0; i < NCPU; i++)
		check(platform.hart[i].id == i + 1, "the lowest of them");
}

static void
test_aclint(void)
{
	root_begin();
	cpus_begin();
	cpu(0, NULL);
	cpu(1, NULL);
	node_end();
	node("mswi");
	prop_text("compatible", "riscv,aclint-mswi");
	prop_words("interrupts-extended", 4, 100, 3, 101, 3);
	prop_reg(0x2000000, 0x4000);
	node_end();
	node("mtimer");
	prop_text("compatible", "riscv,aclint-mtimer");
	prop_words("interrupts-extended", 4, 101, 7, 100, 7);
	prop_words("reg", 8, 0, 0x200bff8, 0, 8, 0, 0x2004000, 0, 0x7ff8);
	node_end();
	node("plic");
	prop_text("compatible", "riscv,plic0");
	prop_words("phandle", 1, 1);
	prop_words("interrupts-extended", 8, 100, -1, 101, 11, 101, 9, 100, 9);
	prop_reg(0xc000000, 0x600000);
	node_end();
	node("serial");
	prop_text("compatible", "other\0ns16550a");
	prop_bytes("compatible", "other\0ns16550a", 15);
	prop_reg(0x10000000, 0x100);
	prop_words("interrupts-extended", 2, 1, 11);
	node_end();
	node_end();
	read_tree("an ACLINT");
	check(platform.hart[1].msip_pa == 0x2000004, "MSIP");
	check(platform.hart[0].mtimecmp_pa == 0x2004008, "MTIMECMP");
	check(platform.plic[0].context[0] == 3 &&
	    platform.plic[0].context[1] == 2, "contexts by their place");
	check(platform.uart_irq.line == 11, "interrupts-extended of a device");
}

static bool
range_is(const struct range_set *s, uint i, uint64 start, uint64 end)
{
	return i < s->n && s->r[i].start == start && s->r[i].end == end;
}

static void
reserved_begin(void)
{
	node("reserved-memory");
	prop_words("#address-cells", 1, 2);
	prop_words("#size-cells", 1, 2);
}

static void
reserved(const char *name, uint64 start, uint64 size, bool no_map)
{
	node(name);
	prop_reg(start, size);
	if (no_map)
		prop_bytes("no-map", NULL, 0);
	node_end();
}

static void
test_memory(void)
{
	const struct range_set *ram = &platform.ram;

	root_begin();
	memory(0xc0000800, 0x2000000); // from the next page on
	memory(0x80000000, 0x10000000);
	node("memory");
	prop_text("device_type", "memory");
	prop_words("reg", 12, 0, 0xa0000000, 0, 0x1000, // and two touching
	    0, 0x9ffff000, 0, 0x1000, 0, 0x90000000, 0, 0x1000);
	node_end();
	memory(0xfffffffff0000000, 0x20000000);
	memory(0x2000000000, -1UL);
	node("memory");
	prop_text("device_type", "memory");
	prop_text("status", "disabled");
	prop_reg(0x70000000, 0x1000);
	node_end();
	node_end();
	read_tree("memory in pieces");
	check(ram->n == 4, "four ranges");
	check(range_is(ram, 0, 0x80000000, 0x90001000), "touching ones join");
	check(range_is(ram, 1, 0x9ffff000, 0xa0001000), "in either order");
	check(range_is(ram, 2, 0xc0001000, 0xc2000000), "whole pages");
	check(range_is(ram, 3, 0x2000000000, DIRECT_MAP_SIZE),
	    "as far as can be mapped");
}

static void
test_reserved(void)
{
	const struct range_set *ram = &platform.ram, *rest = &platform.free;

	root_begin();
	memreserve[0] = 0x80000000;
	memreserve[1] = 0x1001;
	nmemreserve = 2;
	reserved_begin();
	reserved("a@84000ff0", 0x84000ff0, 0x20, false);
	reserved("b@85000000", 0x85000000, 0x1000, true);
	reserved("c@87fff000", 0x87fff000, -1UL, false);
	node("dynamic");
	prop_words("size", 2, 0, 0x1000);
	node_end();
	node_end();
	memory(0x80000000, 0x8000000);
	node("virtio@84000000");
	prop_reg(0x86000000, 0x1000);
	node_end();
	node_end();
	read_tree("reserved memory");
	check(ram->n == 2 && range_is(ram, 0, 0x80000000, 0x85000000) &&
	    range_is(ram, 1, 0x85001000, 0x88000000), "what may be mapped");
	check(rest->n == 3 && range_is(rest, 0, 0x80002000, 0x84000000) &&
	    range_is(rest, 1, 0x84002000, 0x85000000) &&
	    range_is(rest, 2, 0x85001000, 0x87fff000), "what may be given out");
}

// More pieces than there is room for end in words.
static void
test_too_many(void)
{
	root_begin();
	for (uint i = 0; i <= MAX_RANGES; i++)
		memory(0x80000000 + 0x2000 * i, 0x1000);
	node_end();
	check(read_copy(finish_blob()) == PANICKED &&
	    strstr(why, "ranges") != NULL, "too many ranges of memory");
	root_begin();
	memory(0x80000000, 0x8000000);
	reserved_begin();
	for (uint i = 0; i < MAX_RANGES; i++)
		reserved("x", 0x80001000 + 0x2000 * i, 0x1000, false);
	node_end();
	node_end();
	check(read_copy(finish_blob()) == PANICKED &&
	    strstr(why, "ranges") != NULL, "too many reservations");
}

static void
test_forms(void)
{
	root_begin();
	for (uint i = 0; i < 40; i++)
		node("deep");
	memory(0x70000000, 0x1000); // too deep to be looked at
	for (uint i = 0; i < 40; i++)
		node_end();
	memory(0x80000000, 0x8000000);
	node("chosen");
	prop_bytes("bootargs", "abc", 3); // without its 0
	node_end();
	node_end();
	read_tree("a deep tree");
	check(range_is(&platform.ram, 0, 0x80000000, 0x88000000), "goes on");
	check(strcmp(platform.bootargs, "abc") == 0, "a string without end");

	for (uint32 cells = 0; cells < 8; cells++) {
		root_begin();
		prop_words("#address-cells", 1, cells & 1 ? -1 : 0);
		prop_words("#size-cells", 1, cells & 2 ? 0x40000001 : 0);
		memory(0x80000000, 0x8000000);
		node_end();
		read_tree("impossible cells");
		check(platform.ram.n == 0, "make no memory");
	}
	tree_begin();
	node("");
	check(read_copy(finish_blob()) == REFUSED, "a node that does not end");
	tree_begin();
	node("");
	node_end();
	node_end();
	check(read_copy(finish_blob()) == REFUSED, "one that ends twice");
	tree_begin();
	node("");
	node_end();
	node("");
	node_end();
	check(read_copy(finish_blob()) == REFUSED, "two roots");
	tree_begin();
	prop_words("reg", 1, 1);
	check(read_copy(finish_blob()) == REFUSED, "a property of no node");
}

// --- damage -----------------------------------------------------------------

static void
check_sane(void)
{
	const struct range_set *s = &platform.ram;

	for (uint i = 1; i < platform.nharts; i++)
		if (platform.hart[i - 1].id >= platform.hart[i].id)
			check(false, "ids ascend");
	for (uint i = 0; i < s->n; i++)
		if (s->r[i].start >= s->r[i].end || s->r[i].start % PGSIZE ||
		    s->r[i].end % PGSIZE || s->r[i].end > DIRECT_MAP_SIZE ||
		    (i > 0 && s->r[i - 1].end >= s->r[i].start))
			check(false, "ranges of RAM ascend, in whole pages");
	s = &platform.free;
	for (uint i = 0; i < s->n; i++)
		if (!range_holds(&platform.ram, s->r[i].start, s->r[i].end))
			check(false, "what is free is RAM");
	check(platform.nharts <= NCPU && platform.nplics <= MAX_PLICS &&
	    platform.nvirtio <= MAX_VIRTIO, "no more than there is room for");
}

static uint64 random_state = 88172645463325252;

// A number in [0, n), by xorshift (Marsaglia, 2003).
static uint
pick(uint n)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (random_state >> 32) % n;
}

static uint32
hostile_word(void)
{
	static const uint32 words[] = {0, 1, 2, 3, 4, 9, 0x7fffffff, 0x80000000,
	    -1, -2, -4, -8, 0x40000000, 0x40000001, 0x1000, 0xd00dfeed};

	return pick(4) ? words[pick(COUNT(words))] : pick(-1);
}

static void
damage(uint len)
{
	for (uint n = 1 + pick(4); n > 0; n--) {
		uint at = pick(4) ? pick(len / 4) * 4 : pick(10) * 4;

		if (pick(2))
			put(blob + at, hostile_word());
		else
			blob[at + pick(4)] ^= 1 << pick(8);
	}
}

static void
test_damage(void)
{
	static uint8 good[sizeof(blob)];
	int results[3] = {0};
	uint len;

	usual_tree(2, 3, 4);
	memreserve[0] = 0x81000000;
	memreserve[1] = 0x1000;
	nmemreserve = 2;
	len = finish_blob();
	memcpy(good, blob, len);
	for (uint n = 0; n < len; n++)
		check(read_copy(n) == REFUSED, "a blob cut short");
	for (uint n = 44; n < len; n += 4) {
		put(blob + 4, n); // and one that says so itself
		if (read_copy(n) == READ)
			check(false, "a blob that says it is shorter");
	}
	for (uint i = 0; i < DAMAGED_BLOBS; i++) {
		int result;

		memcpy(blob, good, len);
		damage(len);
		result = read_copy(len);
		results[result]++;
		if (result == READ)
			check_sane();
	}
	printf("of %d damaged blobs %d read, %d refused, %d too much\n",
	    DAMAGED_BLOBS, results[READ], results[REFUSED], results[PANICKED]);
	check(results[READ] > 0 && results[REFUSED] > 0, "damage of all kinds");
}

int
main(void)
{
	untouched = platform;
	test_usual();
	test_disabled();
	test_sockets();
	test_ids();
	test_aclint();
	test_memory();
	test_reserved();
	test_too_many();
	test_forms();
	test_damage();
	printf("%d passed, %d failed\n", passed, failed);
	return failed != 0;
}
