// Where user programs find things, and QEMU virt's physical map (ABI).
// RAM's real size comes from the device tree; PHYSTOP is what course programs
// take for the end of a default machine (128 MiB).
#ifndef DROVE_MEMLAYOUT_H
#define DROVE_MEMLAYOUT_H

#define KERNBASE 0x80000000L
#define PHYSTOP  (KERNBASE + 128 * 1024 * 1024)

#define UART0      0x10000000L
#define UART0_IRQ  10
#define VIRTIO0    0x10001000L
#define VIRTIO0_IRQ 1
#define PLIC       0x0c000000L
#define CLINT      0x02000000L

// Course programs probe these two pages; here nothing is mapped there, so
// that a touch ends as they expect.
#define TRAMPOLINE (MAXVA - PGSIZE)
#define TRAPFRAME  (TRAMPOLINE - PGSIZE)

#endif
