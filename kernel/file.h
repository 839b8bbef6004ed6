// Device numbers, for mknod (ABI).
#ifndef DROVE_FILE_H
#define DROVE_FILE_H

#define CONSOLE 1 // major of the console
#define STATS   2 // major of the course's statistics device

// Both numbers in one, as struct stat's dev could hold them.
#define mkdev(major, minor) ((uint)(major) << 16 | (uint)(minor))
#define major(dev)          ((dev) >> 16 & 0xffff)
#define minor(dev)          ((dev) & 0xffff)

#endif
