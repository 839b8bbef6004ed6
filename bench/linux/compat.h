// Linux system calls, for programs that have no C library: numbers of its
// generic table, which riscv64 uses, and a call.
#ifndef BENCH_LINUX_COMPAT_H
#define BENCH_LINUX_COMPAT_H

#include "kernel/types.h"

enum linux_call {
	LINUX_dup = 23,
	LINUX_mknodat = 33,
	LINUX_mkdirat = 34,
	LINUX_unlinkat = 35,
	LINUX_linkat = 37,
	LINUX_mount = 40,
	LINUX_chdir = 49,
	LINUX_openat = 56,
	LINUX_close = 57,
	LINUX_pipe2 = 59,
	LINUX_read = 63,
	LINUX_write = 64,
	LINUX_fstat = 80,
	LINUX_exit_group = 94,
	LINUX_nanosleep = 101,
	LINUX_sched_setaffinity = 122,
	LINUX_sched_getaffinity = 123,
	LINUX_kill = 129,
	LINUX_rt_sigaction = 134,
	LINUX_reboot = 142,
	LINUX_uname = 160,
	LINUX_prctl = 167,
	LINUX_getcpu = 168,
	LINUX_getpid = 172,
	LINUX_sysinfo = 179,
	LINUX_brk = 214,
	LINUX_clone = 220,
	LINUX_execve = 221,
	LINUX_wait4 = 260,
};

#define LINUX_AT_FDCWD (-100)

// Five arguments; a call ignores those that it does not have.  The result, or
// an error number below 0.
static inline long
linux_ecall(enum linux_call number, long a, long b, long c, long d, long e)
{
	register long a7 __asm__("a7") = number;
	register long a0 __asm__("a0") = a;
	register long a1 __asm__("a1") = b;
	register long a2 __asm__("a2") = c;
	register long a3 __asm__("a3") = d;
	register long a4 __asm__("a4") = e;

	__asm__ volatile("ecall"
	                 : "+r"(a0)
	                 : "r"(a7), "r"(a1), "r"(a2), "r"(a3), "r"(a4)
	                 : "memory");
	return a0;
}

// LINUX_CALL(write, fd, text, n)
#define LINUX_CALL(...) LINUX_CALL_(__VA_ARGS__, 0, 0, 0, 0, 0, 0)
#define LINUX_CALL_(n, a, b, c, d, e, ...) \
	linux_ecall(                       \
	    LINUX_##n, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e))

#endif
