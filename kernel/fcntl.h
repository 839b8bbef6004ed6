// Flags of open() (ABI).  O_APPEND is Drove's own; the bits between it and the
// others are left to course labs.
#ifndef DROVE_FCNTL_H
#define DROVE_FCNTL_H

#define O_RDONLY 0x000
#define O_WRONLY 0x001
#define O_RDWR   0x002
#define O_CREATE 0x200
#define O_TRUNC  0x400
#define O_APPEND 0x1000 // every write goes to the end of the file

#endif
