// Device registers: how they are reached and how accesses to them are ordered.
//
// RISC-V orders a hart's accesses to one strongly ordered I/O region among
// themselves (privileged specification, "Memory Ordering PMAs"; QEMU's and all
// real UARTs, PLICs and virtio windows are such regions), but promises nothing
// between I/O and main memory, nor between two regions, without a fence.  A
// driver therefore brackets each burst of accesses:
//
//   mmio_begin()  what this hart did before, to memory (a descriptor for the
//                 device, the acquisition of the driver's lock) or to another
//                 device, comes before the burst;
//   mmio_end()    the burst comes before what this hart does next in memory:
//                 reading what the device wrote there, releasing the lock.
//
// Lock hand-over: A's burst -> A's mmio_end -> A's release -> B's acquire ->
// B's mmio_begin -> B's burst, so bursts under one lock never overlap.  The
// fences of the lock itself would not do: they speak of r and w only.
#ifndef DEV_MMIO_H
#define DEV_MMIO_H

#include "kernel/types.h"
#include "mm/kmap.h"

typedef volatile uint8 *mmio_base; // first register of a device

static inline mmio_base
mmio_map(uint64 pa)
{
	return pa_to_kva(pa);
}

static inline void
mmio_begin(void)
{
	__asm__ volatile("fence iorw, io" : : : "memory");
}

static inline void
mmio_end(void)
{
	__asm__ volatile("fence io, rw" : : : "memory");
}

static inline uint8
mmio_read8(mmio_base base, uint offset)
{
	return base[offset];
}

static inline void
mmio_write8(mmio_base base, uint offset, uint8 value)
{
	base[offset] = value;
}

static inline uint32
mmio_read32(mmio_base base, uint offset)
{
	return *(volatile uint32 *)(base + offset);
}

static inline void
mmio_write32(mmio_base base, uint offset, uint32 value)
{
	*(volatile uint32 *)(base + offset) = value;
}

#endif
