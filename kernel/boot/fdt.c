// A single pass over the structure block.  A node is reported when its first
// child begins or it ends, whichever comes first: properties precede children.
//
//   structure <= at <= structure_end <= size <= FDT_MAX_SIZE
//
// holds before and after each token, so sums of an offset and a length that
// was compared with what is left cannot wrap.

#include "boot/fdt.h"
#include "lib/string.h"

#define FDT_MAGIC 0xd00dfeed

// Version 17 has the size of the structure block, 16 is the oldest whose
// structure is the same.
#define VERSION_SIZED  17
#define VERSION_OLDEST 16

#define MAX_CELLS 4 // in an address or a size; PCI's addresses have three

enum { BEGIN_NODE = 1, END_NODE = 2, PROP = 3, NOP = 4, END = 9 };

// Header words, by index.
enum {
	H_MAGIC,
	H_SIZE,
	H_STRUCT,
	H_STRINGS,
	H_RESERVATIONS,
	H_VERSION,
	H_COMPATIBLE,
	H_BOOT_CPU,
	H_STRINGS_SIZE,
	H_STRUCT_SIZE,
	H_WORDS,
};

static uint
word(const uint8 *p)
{
	return (uint)p[0] << 24 | p[1] << 16 | p[2] << 8 | p[3];
}

static uint
header(const struct fdt *f, uint index)
{
	return word(f->base + 4 * index);
}

bool
fdt_open(struct fdt *f, const void *blob, uint64 room)
{
	uint sized;

	*f = (struct fdt){.base = blob};
	if (room < 4 * H_WORDS || header(f, H_MAGIC) != FDT_MAGIC)
		return false;
	f->size = header(f, H_SIZE);
	if (f->size < 4 * H_WORDS || f->size > room || f->size > FDT_MAX_SIZE ||
	    header(f, H_VERSION) < VERSION_OLDEST ||
	    header(f, H_COMPATIBLE) > VERSION_SIZED)
		return false;
	f->structure = header(f, H_STRUCT);
	f->strings = header(f, H_STRINGS);
	f->reservations = header(f, H_RESERVATIONS);
	if (f->structure > f->size || f->strings > f->size ||
	    f->reservations > f->size)
		return false;
	sized = f->size - f->structure;
	if (header(f, H_VERSION) >= VERSION_SIZED)
		sized = header(f, H_STRUCT_SIZE);
	if (sized > f->size - f->structure ||
	    header(f, H_STRINGS_SIZE) > f->size - f->strings)
		return false;
	f->structure_end = f->structure + sized;
	f->strings_end = f->strings + header(f, H_STRINGS_SIZE);
	return true;
}

uint64
fdt_cells(struct fdt_value v, uint cell, uint n)
{
	uint64 x = 0;

	if (cell > v.len / 4 || n > v.len / 4 - cell)
		return 0;
	for (uint i = cell; i < cell + n; i++)
		x = x << 32 | word(v.data + 4 * i);
	return x;
}

bool
fdt_reservation(const struct fdt *f, uint i, uint64 *start, uint64 *size)
{
	struct fdt_value v = {f->base + f->reservations,
	    f->size - f->reservations};

	if (i > v.len / 16)
		return false;
	*start = fdt_cells(v, 4 * i, 2);
	*size = fdt_cells(v, 4 * i + 2, 2);
	return *start != 0 || *size != 0;
}

bool
fdt_reg(const struct fdt_node *n, uint i, uint64 *start, uint64 *size)
{
	uint address = n->address_cells;
	uint cells = address + n->size_cells;

	if (address > MAX_CELLS || n->size_cells > MAX_CELLS || cells == 0 ||
	    i >= n->reg.len / (4 * cells))
		return false;
	*start = fdt_cells(n->reg, i * cells, address);
	*size = fdt_cells(n->reg, i * cells + address, n->size_cells);
	return true;
}

bool
fdt_string_is(struct fdt_value v, const char *s)
{
	return v.len == strlen(s) + 1 && memcmp(v.data, s, v.len) == 0;
}

bool
fdt_enabled(const struct fdt_node *n)
{
	return n->status.data == NULL || fdt_string_is(n->status, "okay") ||
	    fdt_string_is(n->status, "ok");
}

// Bytes before the 0 that ends a string; room if none does.
static uint
string_length(const uint8 *s, uint room)
{
	uint n = 0;

	while (n < room && s[n] != 0)
		n++;
	return n;
}

bool
fdt_compatible(const struct fdt_node *n, const char *name)
{
	uint len = strlen(name) + 1;
	const uint8 *s = n->compatible.data;
	uint left = n->compatible.len;

	while (left >= len) {
		uint past;

		if (memcmp(s, name, len) == 0)
			return true;
		past = string_length(s, left);
		if (past == left)
			break;
		s += past + 1;
		left -= past + 1;
	}
	return false;
}

// What an open node gives its children.
struct level {
	uint address_cells;
	uint size_cells;
	uint interrupt_parent;
};

// Where the walk stands.  level[d] is that of the open node of depth d; node is
// the last one opened, and pending until it is reported.
struct walk {
	const struct fdt *f;
	void (*visit)(const struct fdt_node *n);
	uint at;
	uint open;    // nodes open
	bool closed;  // the root has ended
	bool pending;
	struct fdt_node node;
	struct level level[FDT_MAX_DEPTH + 1];
};

static uint
left(const struct walk *w)
{
	return w->f->structure_end - w->at;
}

// Passes over n bytes and what pads them to a word; false if there are fewer.
static bool
skip(struct walk *w, uint n)
{
	uint padded = (n + 3) & ~3u;

	if (n > left(w))
		return false;
	w->at += padded < left(w) ? padded : left(w);
	return true;
}

static void
report(struct walk *w)
{
	if (w->pending) {
		w->node.interrupt_parent =
		    w->level[w->node.depth].interrupt_parent;
		w->visit(&w->node);
	}
	w->pending = false;
}

static bool
open_node(struct walk *w)
{
	static const struct level root = {2, 1, 0}; // the specification's
	const char *name = (const char *)w->f->base + w->at;
	uint len = string_length(w->f->base + w->at, left(w));
	uint d = w->open++;

	if (w->closed || len == left(w))
		return false;
	report(w);
	if (d <= FDT_MAX_DEPTH) {
		const struct level *up = d > 0 ? &w->level[d - 1] : &root;

		w->node = (struct fdt_node){.name = name,
		    .depth = d,
		    .address_cells = up->address_cells,
		    .size_cells = up->size_cells};
		w->level[d] = root;
		w->level[d].interrupt_parent = up->interrupt_parent;
		w->pending = true;
	}
	return skip(w, len + 1);
}

static bool
close_node(struct walk *w)
{
	if (w->open == 0)
		return false;
	report(w);
	w->open--;
	w->closed = w->open == 0;
	return true;
}

// Where a node keeps the value of a property; NULL: it does not.
static struct fdt_value *
place_of(struct fdt_node *n, const char *name)
{
	const struct {
		const char *name;
		struct fdt_value *value;
	} kept[] = {
	    {"compatible", &n->compatible},
	    {"device_type", &n->device_type},
	    {"reg", &n->reg},
	    {"interrupts", &n->interrupts},
	    {"interrupts-extended", &n->interrupts_extended},
	    {"bootargs", &n->bootargs},
	    {"timebase-frequency", &n->timebase},
	    {"status", &n->status},
	    {"phandle", &n->phandle},
	    {"no-map", &n->no_map},
	};

	for (uint i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		if (strcmp(name, kept[i].name) == 0)
			return kept[i].value;
	return NULL;
}

static void
note_property(struct walk *w, const char *name, struct fdt_value v)
{
	struct level *l = &w->level[w->node.depth];
	struct fdt_value *place = place_of(&w->node, name);

	if (place != NULL)
		*place = v;
	else if (strcmp(name, "#address-cells") == 0)
		l->address_cells = fdt_cells(v, 0, 1);
	else if (strcmp(name, "#size-cells") == 0)
		l->size_cells = fdt_cells(v, 0, 1);
	else if (strcmp(name, "interrupt-parent") == 0)
		l->interrupt_parent = fdt_cells(v, 0, 1);
}

static bool
property(struct walk *w)
{
	const struct fdt *f = w->f;
	struct fdt_value v;
	uint name, room;

	if (w->open == 0 || left(w) < 8)
		return false;
	v.len = word(f->base + w->at);
	name = word(f->base + w->at + 4);
	w->at += 8;
	v.data = f->base + w->at;
	if (name >= f->strings_end - f->strings)
		return false;
	name += f->strings;
	room = f->strings_end - name;
	if (string_length(f->base + name, room) == room || !skip(w, v.len))
		return false;
	if (w->pending)
		note_property(w, (const char *)f->base + name, v);
	return true;
}

bool
fdt_walk(const struct fdt *f, void (*visit)(const struct fdt_node *n))
{
	static struct walk w; // boot runs on a small stack
	bool good = true;

	w = (struct walk){.f = f, .visit = visit, .at = f->structure};
	while (good && left(&w) >= 4) {
		uint token = word(f->base + w.at);

		w.at += 4;
		if (token == BEGIN_NODE)
			good = open_node(&w);
		else if (token == PROP)
			good = property(&w);
		else if (token == END_NODE)
			good = close_node(&w);
		else if (token != NOP)
			return token == END && w.closed;
	}
	return false;
}
