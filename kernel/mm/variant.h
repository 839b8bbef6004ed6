// Which memory manager this kernel was built with.  A variant is a choice of
// one file for each policy header (kernel/variants.mk).
#ifndef MM_VARIANT_H
#define MM_VARIANT_H

extern const char variant_name[];

#endif
