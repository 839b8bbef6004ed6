// System-call numbers, passed in a7 (ABI).  1..21 are the teaching kernel's;
// Drove's own begin at 32 and leave the gap to course labs.
#ifndef DROVE_SYSCALL_H
#define DROVE_SYSCALL_H

#define SYS_fork   1
#define SYS_exit   2
#define SYS_wait   3
#define SYS_pipe   4
#define SYS_read   5
#define SYS_kill   6
#define SYS_exec   7
#define SYS_fstat  8
#define SYS_chdir  9
#define SYS_dup    10
#define SYS_getpid 11
#define SYS_sbrk   12
#define SYS_sleep  13
#define SYS_pause  13 // the later name of the same call
#define SYS_uptime 14
#define SYS_open   15
#define SYS_write  16
#define SYS_mknod  17
#define SYS_unlink 18
#define SYS_link   19
#define SYS_mkdir  20
#define SYS_close  21

#define SYS_poweroff    32 // int poweroff(int status)
#define SYS_setaffinity 33 // int setaffinity(uint64 hart_mask), 0 = all
#define SYS_gethart     34 // int gethart(void)
#define SYS_nharts      35 // int nharts(void)
#define SYS_sync        36 // int sync(void)
#define SYS_reboot      37 // int reboot(void)

#endif
