// What the guest says: see abi.h.
#ifndef MODEL_MARKERS_H
#define MODEL_MARKERS_H

#include <stdint.h>

// The operation of an instruction that is a marker, else -1.
int marker_operation(uint32_t encoding);

// A hart executes the marker of an operation whose mailbox is at pa.
void marker_obey(unsigned hart, unsigned operation, uint64_t mailbox);

#endif
