// Where user programs find things, and QEMU virt's physical map (ABI).
// RAM's real size comes from the device tree; PHYSTOP is what course programs
// take for the end of a default machine (128 MiB).
#ifndef DROVE_MEMLAYOUT_H
#define DROVE_MEMLAYOUT_H

#define KERNBASE 0x80000000L
#define PHYSTOP  (KERNBASE + 128 * 1024 * 1024)

#define UART0       0x10000000L
#define UART0_IRQ   10
#define VIRTIO0     0x10001000L
#define VIRTIO0_IRQ 1

// Timers and software interrupts: registers of 8 and 4 bytes per hart.
#define CLINT                0x02000000L
#define CLINT_MTIMECMP(hart) (CLINT + 0x4000 + (hart) * 8)
#define CLINT_MTIME          (CLINT + 0xbff8)

// Interrupt controller: two contexts per hart, machine mode's and then the
// supervisor's, each with its enable bits (0x80 bytes) and a page that begins
// with threshold and claim.
#define PLIC                 0x0c000000L
#define PLIC_PRIORITY        PLIC
#define PLIC_PENDING         (PLIC + 0x1000)
#define PLIC_MENABLE(hart)   (PLIC + 0x2000 + 2 * (hart) * 0x80)
#define PLIC_SENABLE(hart)   (PLIC_MENABLE(hart) + 0x80)
#define PLIC_MPRIORITY(hart) (PLIC + 0x200000 + 2 * (hart) * 0x1000)
#define PLIC_SPRIORITY(hart) (PLIC_MPRIORITY(hart) + 0x1000)
#define PLIC_MCLAIM(hart)    (PLIC_MPRIORITY(hart) + 4)
#define PLIC_SCLAIM(hart)    (PLIC_SPRIORITY(hart) + 4)

// Course programs probe these two pages; here nothing is mapped there, so
// that a touch ends as they expect.
#define TRAMPOLINE (MAXVA - PGSIZE)
#define TRAPFRAME  (TRAMPOLINE - PGSIZE)

#endif
