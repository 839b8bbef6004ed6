// The virtio-mmio transport and split virtqueues, as the OASIS virtio
// specification 1.1 lays them down (sections 2.6 and 4.2; later versions kept
// the formats and moved 2.6 to 2.7).
#ifndef DEV_VIRTIO_H
#define DEV_VIRTIO_H

#include <stdbool.h>
#include "kernel/types.h"
#include "dev/mmio.h"

#define VIRTIO_ID_BLOCK 2

// Register offsets (4.2.2) that device drivers use.
#define VIRTIO_QUEUE_NOTIFY     0x050
#define VIRTIO_INTERRUPT_STATUS 0x060
#define VIRTIO_INTERRUPT_ACK    0x064
#define VIRTIO_CONFIG           0x100

// Bits of INTERRUPT_STATUS and INTERRUPT_ACK.
#define VIRTIO_INT_USED   1 // a request was finished
#define VIRTIO_INT_CONFIG 2 // the configuration has changed

// 2.6.5: one piece of memory of a request; a request is a chain of them.
struct vq_desc {
	uint64 addr; // physical
	uint32 len;
	uint16 flags;
	uint16 next;
};

#define VQ_DESC_NEXT  1 // the chain goes on at next
#define VQ_DESC_WRITE 2 // the device writes this piece

// The largest queue we use.  A disk request takes three descriptors, so this
// is 42 requests in flight: more than the default log has blocks.
#define VQ_SIZE 128

// 2.6.6: written by the driver.
struct vq_avail {
	uint16 flags;
	uint16 idx; // [a] entries ever written, modulo 65536
	uint16 ring[VQ_SIZE];
};

// 2.6.8: written by the device.
struct vq_used_elem {
	uint32 id; // first descriptor of the chain
	uint32 len;
};

struct vq_used {
	uint16 flags; // [a]
	uint16 idx;   // [a] entries ever written, modulo 65536
	struct vq_used_elem ring[VQ_SIZE];
};

#define VQ_USED_NO_NOTIFY 1 // in used.flags: the device looks by itself

// One queue's memory.  A smaller queue uses the first entries of each part.
struct vq_rings {
	struct vq_desc desc[VQ_SIZE];
	struct vq_avail avail;
	struct vq_used used;
} __attribute__((aligned(4096)));

// True if there is a device of that kind behind the registers.  Panics if
// there is but only speaks the legacy protocol.
bool virtio_probe(mmio_base regs, uint32 device_id);

// Resets the device and agrees on a feature set: VERSION_1, which it must
// offer, and those bits of wanted (features 0..31) that it offers; returns
// what it offers of features 0..31.  Panics with a reason if that fails.
uint32 virtio_negotiate(mmio_base regs, uint32 wanted);

// Gives queue number queue to the device; returns its size in descriptors.
uint virtio_start_queue(mmio_base regs, uint queue, struct vq_rings *rings);

// Ends the set-up: from now on the device works.
void virtio_go(mmio_base regs);

// True if the device has broken down and says so.
bool virtio_broken(mmio_base regs);

// A 64-bit field of the device's configuration, read in one state of it.
uint64 virtio_config64(mmio_base regs, uint offset);

#endif
