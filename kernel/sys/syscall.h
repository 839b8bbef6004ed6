// System-call handlers.  Each takes its arguments as the registers a0..a5 hold
// them and returns what goes to a0; -1 means failure with nothing changed.
// Handlers check every argument: user addresses only ever go to mm/ucopy.h.
#ifndef SYS_SYSCALL_H
#define SYS_SYSCALL_H

#include "kernel/types.h"

// sys/sysproc.c
long sys_fork(void);
long sys_exit(long status);
long sys_wait(uint64 ustatus);
long sys_kill(long pid);
long sys_getpid(void);
long sys_sbrk(long bytes, long kind);
long sys_sleep(long ticks);
long sys_pause(long ticks); // the same
long sys_uptime(void);
long sys_exec(uint64 upath, uint64 uargv);

// sys/sysfile.c
long sys_pipe(uint64 ufds);
long sys_read(long fd, uint64 uaddr, long n);
long sys_write(long fd, uint64 uaddr, long n);
long sys_fstat(long fd, uint64 ustat);
long sys_chdir(uint64 upath);
long sys_dup(long fd);
long sys_open(uint64 upath, long flags);
long sys_mknod(uint64 upath, long major, long minor);
long sys_unlink(uint64 upath);
long sys_link(uint64 uold, uint64 unew);
long sys_mkdir(uint64 upath);
long sys_close(long fd);

// sys/syssmp.c
long sys_poweroff(long status);
long sys_reboot(void);
long sys_sync(void);
long sys_setaffinity(uint64 mask);
long sys_gethart(void);
long sys_nharts(void);

#endif
