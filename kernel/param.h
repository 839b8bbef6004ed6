// Limits that user programs, mkfs and the kernel agree on (ABI).
#ifndef DROVE_PARAM_H
#define DROVE_PARAM_H

#define NPROC       512  // processes by default; boot option maxproc=
#define NCPU        64   // harts at most: one bit each in a 64-bit mask
#define NOFILE      16   // open files of a process
#define NFILE       100  // only course programs read it: no such limit here
#define NINODE      50   // likewise
#define NDEV        16   // device majors
#define ROOTDEV     1    // device number of the root disk
#define MAXARG      32   // arguments of exec
#define MAXOPBLOCKS 10   // blocks that one file-system call may log
#define LOGSIZE     (MAXOPBLOCKS * 3) // log blocks that mkfs makes by default
#define LOGBLOCKS   LOGSIZE // its later name
#define NBUF        (MAXOPBLOCKS * 3) // only course programs read it
#define FSSIZE      2000 // blocks of the default disk image
#define MAXPATH     128  // bytes of a path, its 0 included
#define USERSTACK   1    // pages of user stack mapped at exec

#endif
