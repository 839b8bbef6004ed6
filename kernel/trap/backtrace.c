// Stack traces with names.
//
// The kernel is compiled with frame pointers: s0 points behind a record of the
// return address (at -8) and the caller's s0 (at -16).  Names come from a table
// that the build adds in a second link (kernel/ksyms.awk): per function its
// address and the offset of its name, by address, then the names.

#include <stddef.h>

#include "kernel/types.h"
#include "lib/printf.h"
#include "mm/kmap.h"
#include "trap/trap.h"

#define MAX_FRAMES 24

struct ksym {
	uint64 address;
	uint64 name; // offset behind the table
};

extern const uint64 ksyms_start[], ksyms_end[];
extern char kernel_start[], text_end[];

const char *
function_at(uint64 pc, uint64 *offset)
{
	uint64 n = &ksyms_end[0] != &ksyms_start[0] ? ksyms_start[0] : 0;
	const struct ksym *sym = (const struct ksym *)(ksyms_start + 1);
	const char *names = (const char *)(sym + n);
	uint64 low = 0, high = n;

	// The last function that begins at or below pc.
	while (low < high) {
		uint64 mid = (low + high) / 2;

		if (sym[mid].address <= pc)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == 0)
		return NULL;
	*offset = pc - sym[low - 1].address;
	return names + sym[low - 1].name;
}

static void
print_address(uint64 pc)
{
	uint64 offset;
	const char *name = function_at(pc, &offset);

	if (name == NULL)
		kprintf("  %p\n", (void *)pc);
	else
		kprintf("  %p %s+0x%lx\n", (void *)pc, name, offset);
}

static bool
in_text(uint64 pc)
{
	return pc >= (uint64)kernel_start && pc < (uint64)text_end;
}

void
backtrace(uint64 pc, uint64 fp)
{
	for (int i = 0; i < MAX_FRAMES && in_text(pc); i++) {
		print_address(pc);
		if (fp < KVOFFSET + 16 || fp % 8 != 0)
			break;
		pc = ((uint64 *)fp)[-1];
		fp = ((uint64 *)fp)[-2];
	}
}
