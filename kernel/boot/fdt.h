// Reading a flattened device tree (Devicetree Specification 0.4, chapter 5).
#ifndef BOOT_FDT_H
#define BOOT_FDT_H

#include <stdbool.h>
#include "kernel/types.h"

// A property value: big-endian words in place.
struct fdt_value {
	const uint8 *data;
	uint len;
};

// One node as the walk meets it, with the properties that are asked for most.
struct fdt_node {
	const char *name;            // with its unit address
	uint depth;                  // 0 = root
	uint address_cells;          // of the parent: format of reg
	uint size_cells;
	struct fdt_value compatible; // strings, each ended by 0
	struct fdt_value device_type;
	struct fdt_value reg;
	struct fdt_value interrupts;
	struct fdt_value bootargs;
	struct fdt_value timebase;
	struct fdt_value status;
};

// Calls visit for every node at the point where all of its properties are
// known.  Returns false if blob is no device tree.
bool fdt_walk(const void *blob, void (*visit)(const struct fdt_node *n));

// The cell-th 32-bit word, or the number in n words from there; 0 if absent.
uint64 fdt_cells(struct fdt_value v, uint cell, uint n);

bool fdt_compatible(const struct fdt_node *n, const char *name);
bool fdt_string_is(struct fdt_value v, const char *s);

#endif
