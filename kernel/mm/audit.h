// The audit: stops the other harts at a point where their bookkeeping is
// consistent, walks every page table, and compares what it finds with the
// counts and lists.
#ifndef MM_AUDIT_H
#define MM_AUDIT_H

#include <stdbool.h>

// True if, for every frame, the references found equal its count, and every
// frame is either in use or on exactly one list.  Says on the console what is
// wrong otherwise.  Process context, no locks held.
bool mm_audit(void);

#endif
