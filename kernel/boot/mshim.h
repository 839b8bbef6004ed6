// Between the kernel and the machine-mode shim (boot/mshim.S).
#ifndef BOOT_MSHIM_H
#define BOOT_MSHIM_H

#define NCPU_MAX 64 // NCPU of kernel/param.h, for the assembler

// Fields of struct boot_hart.
#define BH_ID       0
#define BH_MSIP     8
#define BH_MTIMECMP 16
#define BH_STACK    24
#define BH_SAVED    32
#define BH_SHIFT    6 // 64 bytes: a cache line, which only its hart writes

// The shim's calls, in a7.
#define MSHIM_SET_TIMER 0
#define MSHIM_HAND_OVER 1

#ifndef __ASSEMBLER__
#include "kernel/types.h"

// What the shim has to know of the hart with that number.
struct boot_hart {
	uint64 id;          // [I] mhartid
	uint64 msip_pa;     // [I]
	uint64 mtimecmp_pa; // [I] 0: it has no machine timer
	uint64 stack;       // [I] sp it starts with, if its number is not 0
	uint64 saved[4];    // [o] machine mode's
} __attribute__((aligned(64)));

extern struct boot_hart boot_harts[NCPU_MAX];
extern uint64 boot_nharts;   // 0 until boot_harts is filled in

extern uint64 boot_has_sstc; // 1: the stimecmp CSR works
extern uint64 boot_satp;     // page table that harts but number 0 load

// On whichever hart came first, once: reads the tree, fills in boot_harts and
// boot_nharts, and ends with mshim_hand_over.
void boot_read_tree(uint64 fdt_pa) __attribute__((noreturn));

// On hart number 0, then.
void boot_main(void);

// On the others, when they have got a software interrupt.
void boot_secondary(uint64 number);

// Without Sstc: asks machine mode for a timer interrupt at time t.
static inline void
mshim_set_timer(uint64 t)
{
	register uint64 a0 __asm__("a0") = t;
	register uint64 a7 __asm__("a7") = MSHIM_SET_TIMER;
	__asm__ volatile("ecall" : : "r"(a0), "r"(a7) : "memory");
}

// Starts the hart whose software interrupt register that is, and makes this
// one wait for its own turn, which may never come.
static inline void __attribute__((noreturn))
mshim_hand_over(uint64 msip_pa)
{
	register uint64 a0 __asm__("a0") = msip_pa;
	register uint64 a7 __asm__("a7") = MSHIM_HAND_OVER;
	__asm__ volatile("ecall" : : "r"(a0), "r"(a7) : "memory");
	__builtin_unreachable();
}
#endif

#endif
