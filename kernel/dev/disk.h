// The virtio block device.
#ifndef DEV_DISK_H
#define DEV_DISK_H

#include <stdbool.h>
#include "kernel/types.h"

// One transfer.  The submitter owns it until done() is called; done() runs in
// the interrupt handler (interrupts off, no locks held) and may wake
// processes, but not sleep.
struct disk_request {
	uint64 sector; // 512-byte units
	void *data;    // direct-map address
	uint len;      // bytes, a multiple of 512; 0 = flush, see below
	bool write;
	bool ok; // set before done(): the device reported success
	void (*done)(struct disk_request *r);
};

// Finds and starts the disk; panics with a clear message if there is none
// that this driver can use.  hart 0, before processes run.
void disk_init(void);

// Size in 512-byte sectors.
uint64 disk_sectors(void);

// Queues r and returns; several may be in flight.  Sleeps (deaf) while the
// ring is full, so: processes only, no spinlock held.
void disk_submit(struct disk_request *r);

// The same without sleeping, for handlers too.  Only one request that was
// submitted so may be in flight.
void disk_submit_now(struct disk_request *r);

// A request with len 0 is a flush: when it is done, all writes that were done
// before its submission are on stable storage (others may be).  On a disk
// without a write cache it is done before the call returns.

// The disk's interrupt.
void disk_interrupt(void);

// Completes what the disk has finished, as the interrupt would.  For boot,
// before interrupts are served.
void disk_poll(void);

#endif
