// Makes damaged copies of a good program, for exec to refuse or to survive
// (user/elfbatch.c runs them; tests/fuzz_elf.sh does it all).
//
//   fuzz_elf [-s seed] [-n count] GOOD DIR RECIPES   so many, at random
//   fuzz_elf -r RECIPE... -- GOOD DIR RECIPES        those described
//
// A recipe is a text of edits, one per line, that are made in that order:
//
//   set FIELD VALUE     FIELD: entry, phnum, ... of the header, or sN.vaddr,
//                       sN.flags, ... of the N-th program header
//   byte OFFSET VALUE   one byte of the file
//   segments N          a new table of N program headers at the file's end:
//                       the old ones, and then copies of the last
//   size BYTES          the file is cut, or extended by 0xa5
//
// The directory RECIPES gets each copy's recipe, under its name, which begins
// with r if exec must refuse it: a second opinion, formed here from the ELF
// specification and the kernel's limits (must_refuse), without which a loader
// that takes anything would pass.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/proc/elf.h"
#include "tests/fuzz.h"

#define MAXVA     (1ul << 38)
#define IMAGE_END (MAXVA / 2) // programs end below
#define PAGE      4096ul
#define ROOM      (256 * 1024)
#define RECIPE    4096
#define MAX_TABLE 64 // program headers that exec looks at

struct program {
	uint8_t bytes[ROOM];
	size_t size;
	char recipe[RECIPE];
	size_t recipe_size;
};

static struct program good, work;

// --- fields ---

// clang-format off
#define FIELD(type, f) {#f, offsetof(type, f), sizeof(((type *)0)->f)}
#define HEADER(f)      FIELD(struct elf_header, f)
#define SEGMENT(f)     FIELD(struct elf_segment, f)
// clang-format on

static const struct field header_fields[] = {HEADER(type), HEADER(machine),
    HEADER(version), HEADER(entry), HEADER(phoff), HEADER(shoff),
    HEADER(flags), HEADER(ehsize), HEADER(phentsize), HEADER(phnum),
    HEADER(shentsize), HEADER(shnum), HEADER(shstrndx)};

static const struct field segment_fields[] = {SEGMENT(type), SEGMENT(flags),
    SEGMENT(offset), SEGMENT(vaddr), SEGMENT(paddr), SEGMENT(filesz),
    SEGMENT(memsz), SEGMENT(align)};

static struct elf_header
header_of(const struct program *p)
{
	struct elf_header h;

	memcpy(&h, p->bytes, sizeof(h));
	return h;
}

// The offset of a field in the file, or ROOM if the file has no such place.
static size_t
locate(const struct program *p, const struct field *f, int segment)
{
	struct elf_header h = header_of(p);
	size_t at = f->at;

	if (segment >= 0)
		at += h.phoff + (size_t)segment * sizeof(struct elf_segment);
	return at < p->size && at + f->width <= p->size ? at : ROOM;
}

static uint64_t
get(const struct program *p, const struct field *f, int segment)
{
	size_t at = locate(p, f, segment);
	uint64_t v = 0;

	if (at != ROOM)
		memcpy(&v, p->bytes + at, f->width);
	return v;
}

// --- edits: each is made by obeying its line ---

static void
edit_set(struct program *p, const char *name, uint64_t value)
{
	const struct field *f;
	int segment = -1, used = 0;
	size_t at;

	if (sscanf(name, "s%d.%n", &segment, &used) == 1 && used > 0)
		f = find_field(
		    segment_fields, COUNT(segment_fields), name + used);
	else
		f = find_field(header_fields, COUNT(header_fields), name);
	at = locate(p, f, segment);
	if (at != ROOM)
		memcpy(p->bytes + at, &value, f->width);
}

static void
edit_size(struct program *p, uint64_t size)
{
	if (size > ROOM)
		size = ROOM;
	if (size > p->size)
		memset(p->bytes + p->size, 0xa5, size - p->size);
	p->size = size;
}

static void
edit_segments(struct program *p, uint64_t n)
{
	struct elf_header h = header_of(p);
	size_t one = sizeof(struct elf_segment), to = (p->size + 7) & ~7ul;

	if (n == 0 || n > 1000 || to + n * one > ROOM || h.phnum == 0 ||
	    h.phoff > p->size || h.phnum * one > p->size - h.phoff)
		return;
	for (size_t i = 0; i < n; i++)
		memmove(p->bytes + to + i * one,
		    p->bytes + h.phoff +
		        (i < h.phnum ? i : h.phnum - 1u) * one,
		    one);
	p->size = to + n * one;
	edit_set(p, "phoff", to);
	edit_set(p, "phnum", n);
}

// Edits outside the file do nothing.
static void
edit_byte(struct program *p, uint64_t at, uint64_t value)
{
	if (at < p->size)
		p->bytes[at] = (uint8_t)value;
}

static void
obey(const char *line)
{
	struct program *p = &work;
	char verb[16], name[32];
	unsigned long long a, b;

	if (sscanf(line, "set %31s %lli", name, (long long *)&a) == 2)
		edit_set(p, name, a);
	else if (sscanf(line, "byte %lli %lli", (long long *)&a,
	             (long long *)&b) == 2)
		edit_byte(p, a, b);
	else if (sscanf(line, "segments %lli", (long long *)&a) == 1)
		edit_segments(p, a);
	else if (sscanf(line, "size %lli", (long long *)&a) == 1)
		edit_size(p, a);
	else if (sscanf(line, "%15s", verb) == 1 && verb[0] != '#')
		die("not an edit", line);
	p->recipe_size += (size_t)snprintf(
	    p->recipe + p->recipe_size, RECIPE - p->recipe_size, "%s\n", line);
	if (p->recipe_size >= RECIPE)
		die("too long a recipe", line);
}

// --- what exec must refuse ---

static bool
segment_impossible(const struct program *p, const struct elf_segment *s)
{
	if (s->type != PT_LOAD || s->memsz == 0)
		return false;
	return s->memsz < s->filesz || s->vaddr > IMAGE_END ||
	       s->memsz > IMAGE_END - s->vaddr ||
	       (s->filesz > 0 &&
	           (s->offset > p->size || s->filesz > p->size - s->offset));
}

static bool
must_refuse(const struct program *p)
{
	struct elf_header h = header_of(p);
	size_t one = sizeof(struct elf_segment);
	uint64_t last_end = 0;
	bool any = false;

	if (p->size < sizeof(h) || memcmp(h.ident, ELF_MAGIC, 7) != 0 ||
	    h.machine != EM_RISCV || h.phentsize != one ||
	    h.phnum > MAX_TABLE || h.phoff > p->size ||
	    h.phnum * one > p->size - h.phoff || h.entry >= MAXVA)
		return true;
	for (uint i = 0; i < h.phnum; i++) {
		struct elf_segment s;

		memcpy(&s, p->bytes + h.phoff + i * one, one);
		if (segment_impossible(p, &s))
			return true;
		if (s.type != PT_LOAD || s.memsz == 0)
			continue;
		if (s.vaddr < last_end) // not ascending, or overlapping
			return true;
		last_end = s.vaddr + s.memsz;
		any = true;
	}
	return !any;
}

// --- random edits ---

static const uint64_t edges[] = {0, 1, 2, 7, 16, PAGE - 1, PAGE, PAGE + 1,
    0x10000, 0x7fffffff, 0x80000000, 0xffffffff, 0x100000000, 1ul << 40,
    MAXVA - PAGE, MAXVA - 1, MAXVA, MAXVA + PAGE, IMAGE_END - PAGE,
    IMAGE_END - 1, IMAGE_END, IMAGE_END + 1, 1ul << 39, 1ul << 63,
    0xffffffc000000000, 0xffffffc080200000, 0xffffffff80000000, -PAGE, -8ul,
    -1ul, 0x7fffffffffffffff};

// A value for a field that has one now; other is that of another field, to
// overlap with it or to wrap.
static uint64_t
any_value(uint64_t now, uint64_t other)
{
	switch (pick(8)) {
	case 0:
		return next_random() >> pick(64);
	case 1:
		return now + pick(16) - 8;
	case 2:
		return now + PAGE * (pick(4) - 2ul);
	case 3:
		return now ^ 1ul << pick(64);
	case 4:
		return other + pick(3) - 1;
	case 5:
		return -other - (pick(2) ? PAGE : 0);
	case 6:
		return pick(64);
	default:
		return edges[pick(COUNT(edges))];
	}
}

static void
random_set(char *line)
{
	struct elf_header h = header_of(&work);
	int segment = pick(5) == 0 || h.phnum == 0
	                  ? -1
	                  : (int)pick(h.phnum < 8 ? h.phnum : 8);
	const struct field *f =
	    segment < 0 ? &header_fields[pick(COUNT(header_fields))]
	                : &segment_fields[pick(COUNT(segment_fields))];
	const struct field *g = &segment_fields[2 + pick(5)];
	uint64_t other = get(&work, g, (int)pick(4));
	uint64_t v = any_value(get(&work, f, segment), other);

	if (strcmp(f->name, "flags") == 0 && pick(4) != 0)
		v = pick(8);
	if (segment < 0)
		sprintf(line, "set %s %#lx", f->name, v);
	else
		sprintf(line, "set s%d.%s %#lx", segment, f->name, v);
}

// A segment placed next to, into or around another one.
static void
random_move(char *line)
{
	struct elf_header h = header_of(&work);
	uint n = h.phnum == 0 ? 1 : h.phnum < 8 ? h.phnum : 8;
	const struct field *vaddr = &segment_fields[3];
	const struct field *memsz = &segment_fields[6];
	uint of = pick(n);
	uint64_t start = get(&work, vaddr, (int)of);
	uint64_t end = start + get(&work, memsz, (int)of);

	sprintf(line, "set s%u.vaddr %#lx", pick(n),
	    (pick(2) ? start : end) + pick(3) * (PAGE / 2) -
	        pick(3) * (PAGE / 2));
}

static void
random_edit(char *line)
{
	switch (pick(16)) {
	case 0:
		sprintf(line, "size %u", pick((uint)work.size + 2 * PAGE));
		break;
	case 1:
		sprintf(
		    line, "segments %u", pick(8) ? 1 + pick(8) : 60 + pick(8));
		break;
	case 2:
		sprintf(line, "byte %u %u",
		    pick(pick(2) ? 256 : (uint)work.size + 1), pick(256));
		break;
	case 3:
	case 4:
	case 5:
		random_move(line);
		break;
	default:
		random_set(line);
	}
}

static void
random_edits(void)
{
	uint n = 1 + pick(4);
	char line[80];

	if (pick(4) == 0) {
		// A table that has room for something new.
		sprintf(line, "segments %u", 3 + pick(3));
		obey(line);
	}
	while (n-- > 0) {
		random_edit(line);
		obey(line);
	}
}

// --- files ---

static void
save(const char *dir, const char *name, const void *bytes, size_t n)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "wb");
	if (f == NULL || fwrite(bytes, 1, n, f) != n || fclose(f) != 0)
		die("cannot write", path);
}

// kind: tells random copies from those described.
static void
save_work(const char *dir, const char *recipes, char kind, uint number)
{
	char name[16];

	snprintf(name, sizeof(name), "%c%c%05u",
	    must_refuse(&work) ? 'r' : 'x', kind, number);
	save(recipes, name, work.recipe, work.recipe_size);
	save(dir, name, work.bytes, work.size);
}

static void
load_good(const char *path)
{
	FILE *f = fopen(path, "rb");

	if (f == NULL)
		die("cannot read", path);
	good.size = fread(good.bytes, 1, ROOM / 2, f);
	fclose(f);
	if (good.size < sizeof(struct elf_header) || must_refuse(&good))
		die("no program", path);
}

static void __attribute__((noreturn))
usage(void)
{
	die("usage", "fuzz_elf [-s seed] [-n count | -r RECIPE... --] "
	             "GOOD DIR RECIPES");
}

static uint
number(const char *text)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	if (*text < '0' || *text > '9' || *end != 0 || n > 0x7fffffff)
		usage();
	return (uint)n;
}

static void
make_random(uint seed, uint count, char **dirs)
{
	for (uint i = 0; i < count; i++) {
		work = good;
		random_state = (uint64_t)seed << 32 | i;
		random_edits();
		save_work(dirs[0], dirs[1], '-', i);
	}
}

static void
make_described(char **recipes, uint count, char **dirs)
{
	for (uint i = 0; i < count; i++) {
		work = good;
		apply(recipes[i], obey);
		save_work(dirs[0], dirs[1], '+', i);
	}
}

// The options, up to the first argument that is none or begins recipes.
static int
parse(int argc, char **argv, uint *seed, uint *count)
{
	int i = 1;

	for (; i + 1 < argc && argv[i][0] == '-'; i += 2) {
		if (strcmp(argv[i], "-s") == 0)
			*seed = number(argv[i + 1]);
		else if (strcmp(argv[i], "-n") == 0)
			*count = number(argv[i + 1]);
		else
			break;
	}
	return i;
}

int
main(int argc, char **argv)
{
	uint seed = 1, count = 0, recipes = 0;
	int at = parse(argc, argv, &seed, &count);
	char **rest = argv + at;

	if (at < argc && strcmp(*rest, "-r") == 0) {
		rest++;
		while (rest[recipes] && strcmp(rest[recipes], "--") != 0)
			recipes++;
		if (rest + recipes + 4 != argv + argc)
			usage();
		load_good(rest[recipes + 1]);
		make_described(rest, recipes, rest + recipes + 2);
		return 0;
	}
	if (rest + 3 != argv + argc)
		usage();
	load_good(rest[0]);
	make_random(seed, count, rest + 1);
	return 0;
}
