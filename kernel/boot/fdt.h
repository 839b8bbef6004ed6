// Reading a flattened device tree (Devicetree Specification 0.4, chapter 5).
//
// The blob comes from outside and may be damaged: nothing is read beyond its
// end, and what does not follow the format is refused.
#ifndef BOOT_FDT_H
#define BOOT_FDT_H

#include <stdbool.h>
#include "kernel/types.h"

// Longer blobs are refused: a length of more is damage.  QEMU's is 1 MiB at
// most, those of boards are below 256 KiB.
#define FDT_MAX_SIZE (16u << 20)

// A blob whose header has been checked.  Offsets from base; each part lies
// within size bytes.
struct fdt {
	const uint8 *base;
	uint size;
	uint structure, structure_end;
	uint strings, strings_end;
	uint reservations;
};

// A property value: big-endian words in place.  data is NULL if absent.
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
	uint interrupt_parent;       // phandle, its own or inherited; 0 = none
	struct fdt_value compatible; // strings, each ended by 0
	struct fdt_value device_type;
	struct fdt_value reg;
	struct fdt_value interrupts;
	struct fdt_value interrupts_extended;
	struct fdt_value bootargs;
	struct fdt_value timebase;
	struct fdt_value status;
	struct fdt_value phandle;
	struct fdt_value no_map;
};

// Checks the header of the blob, of which room bytes can be read; false if it
// is no device tree that this code can read.
bool fdt_open(struct fdt *f, const void *blob, uint64 room);

// Calls visit for every node at the point where all of its properties are
// known.  Returns false, perhaps after some calls, if the structure is damaged.
// Nodes below depth FDT_MAX_DEPTH are passed over.
#define FDT_MAX_DEPTH 16
bool fdt_walk(const struct fdt *f, void (*visit)(const struct fdt_node *n));

// The i-th entry of the memory reservation block; false behind the last.
bool fdt_reservation(const struct fdt *f, uint i, uint64 *start, uint64 *size);

// The cell-th 32-bit word, or the number in n words from there (of more than
// two, the last two); 0 if absent.
uint64 fdt_cells(struct fdt_value v, uint cell, uint n);

// The i-th address and size of the node's reg; false if there are fewer.
bool fdt_reg(const struct fdt_node *n, uint i, uint64 *start, uint64 *size);

bool fdt_compatible(const struct fdt_node *n, const char *name);
bool fdt_string_is(struct fdt_value v, const char *s);

// False if the node's status says that it is not to be used.
bool fdt_enabled(const struct fdt_node *n);

#endif
