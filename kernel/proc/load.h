// Reading programs into address spaces.
#ifndef PROC_LOAD_H
#define PROC_LOAD_H

#include "mm/aspace.h"

struct inode;

// Loads the ELF file ip (locked) into as, which is empty.  Gives back the entry
// point and the end of the image.  0, or -1 if the file is no program for this
// machine, cannot be read, or memory is short; as may hold a part then.
int load_image(struct aspace *as, struct inode *ip, uint64 *entry, uint64 *end);

#endif
