// A single pass over the structure block.  A node is reported when its first
// child begins or it ends, whichever comes first: properties precede children.

#include "boot/fdt.h"
#include "lib/string.h"

#define FDT_MAGIC 0xd00dfeed
#define MAX_DEPTH 8

enum { BEGIN_NODE = 1, END_NODE = 2, PROP = 3, NOP = 4, END = 9 };

// Header words, by index.
enum { H_MAGIC, H_SIZE, H_STRUCT, H_STRINGS };

static uint
word(const uint8 *p)
{
	return (uint)p[0] << 24 | p[1] << 16 | p[2] << 8 | p[3];
}

uint64
fdt_cells(struct fdt_value v, uint cell, uint n)
{
	uint64 x = 0;

	if ((cell + n) * 4 > v.len)
		return 0;
	for (uint i = cell; i < cell + n; i++)
		x = x << 32 | word(v.data + 4 * i);
	return x;
}

bool
fdt_string_is(struct fdt_value v, const char *s)
{
	return v.len == strlen(s) + 1 && memcmp(v.data, s, v.len) == 0;
}

bool
fdt_compatible(const struct fdt_node *n, const char *name)
{
	uint len = strlen(name) + 1;
	uint at = 0;

	while (at + len <= n->compatible.len) {
		const char *s = (const char *)n->compatible.data + at;

		if (memcmp(s, name, len) == 0)
			return true;
		at += strlen(s) + 1;
	}
	return false;
}

static void
note_property(struct fdt_node *n, const char *name, struct fdt_value v,
    uint *address_cells, uint *size_cells)
{
	if (strcmp(name, "compatible") == 0)
		n->compatible = v;
	else if (strcmp(name, "device_type") == 0)
		n->device_type = v;
	else if (strcmp(name, "reg") == 0)
		n->reg = v;
	else if (strcmp(name, "interrupts") == 0)
		n->interrupts = v;
	else if (strcmp(name, "bootargs") == 0)
		n->bootargs = v;
	else if (strcmp(name, "timebase-frequency") == 0)
		n->timebase = v;
	else if (strcmp(name, "status") == 0)
		n->status = v;
	else if (strcmp(name, "#address-cells") == 0)
		*address_cells = fdt_cells(v, 0, 1);
	else if (strcmp(name, "#size-cells") == 0)
		*size_cells = fdt_cells(v, 0, 1);
}

// Where the walk stands: the cell counts that each open node gives its
// children, and the node not yet reported.
struct walk {
	uint address_cells[MAX_DEPTH + 1];
	uint size_cells[MAX_DEPTH + 1];
	struct fdt_node node;
	bool pending;
	void (*visit)(const struct fdt_node *n);
};

static void
report(struct walk *w)
{
	if (w->pending)
		w->visit(&w->node);
	w->pending = false;
}

// Opens a node at depth d; returns the bytes its name takes.
static uint
open_node(struct walk *w, const uint8 *at, uint d)
{
	report(w);
	memset(&w->node, 0, sizeof(w->node));
	w->node.name = (const char *)at;
	w->node.depth = d;
	w->node.address_cells = d > 0 ? w->address_cells[d - 1] : 2;
	w->node.size_cells = d > 0 ? w->size_cells[d - 1] : 1;
	w->address_cells[d] = 2;
	w->size_cells[d] = 1;
	w->pending = true;
	return (strlen((const char *)at) + 4) & ~3u;
}

bool
fdt_walk(const void *blob, void (*visit)(const struct fdt_node *n))
{
	static struct walk w;
	const uint8 *base = blob;
	const uint8 *at = base + word(base + 4 * H_STRUCT);
	const char *strings = (const char *)base + word(base + 4 * H_STRINGS);
	uint open = 0;

	if (word(base + 4 * H_MAGIC) != FDT_MAGIC)
		return false;
	w.visit = visit;
	for (;;) {
		uint token = word(at);

		at += 4;
		if (token == BEGIN_NODE) {
			if (open > MAX_DEPTH)
				return false;
			at += open_node(&w, at, open);
			open++;
		} else if (token == PROP) {
			struct fdt_value v = {at + 8, word(at)};

			if (w.pending)
				note_property(&w.node, strings + word(at + 4), v,
				    &w.address_cells[open - 1],
				    &w.size_cells[open - 1]);
			at += 8 + ((v.len + 3) & ~3u);
		} else if (token == END_NODE) {
			report(&w);
			open--;
		} else if (token != NOP) {
			return token == END;
		}
	}
}
