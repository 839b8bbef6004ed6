// The disk: a virtio block device (virtio specification 1.1, section 5.2).
//
// A request is a chain of three descriptors: header, data, status byte.  The
// descriptor table is cut into slots of three, linked once at boot, so taking
// a slot is all the allocation there is.  A slot is on the free stack or has a
// request, never both:
//
//   nfree + (slots whose request != NULL) == nslots
//
// The last free slot is kept for disk_submit_now, which cannot wait for one and
// has one request in flight at most.
//
// A slot goes  free -> in flight  in disk_submit, and back in reap, when the
// device has put it on the used ring.  Everything but the device's own fields
// is under disk.lock; the doorbell is rung and done() is called without it.
//
// Memory order (D = device, which takes part in the memory model like a hart):
//
//   publish   descriptors, then avail.ring, then avail.idx with release: D
//             reads them in the opposite order (2.6.13.3.1).
//   doorbell  avail.idx, full fence, used.flags (2.6.13.4.1).  D does the
//             mirror image when it goes to sleep: used.flags, full fence,
//             avail.idx.  So either we see that it wants the bell, or it sees
//             our request; both missing each other is what the fences exclude.
//   reap      used.idx with acquire, then used.ring, the status byte and the
//             data: pairs with D writing them in the opposite order (2.6.8.2).
//
// Durability: feature FLUSH is taken if offered, because without it the
// host syncs after every write.  A write that is done has reached the
// host (it survives a crash of this kernel and of QEMU); it is on stable
// storage once a flush request, submitted after it was done, is done.

#include "dev/disk.h"
#include "bench/model/mark.h"
#include "boot/platform.h"
#include "dev/plic.h"
#include "dev/virtio.h"
#include "lib/printf.h"
#include "mm/kmap.h"
#include "mm/page.h"
#include "mm/stats.h"
#include "proc/waitq.h"
#include "sync/spinlock.h"

#define SECTOR 512

// Feature bits (5.2.3).
#define FEATURE_READ_ONLY (1U << 5)
#define FEATURE_FLUSH     (1U << 9)

// What the device reads and writes besides the data (5.2.6).
enum { TYPE_IN = 0, TYPE_OUT = 1, TYPE_FLUSH = 4 };
enum { STATUS_OK = 0, STATUS_UNSET = 0xff };

struct blk_header {
	uint32 type;
	uint32 reserved;
	uint64 sector;
};

#define CHAIN_LEN 3 // header, data, status
#define MAX_SLOTS (VQ_SIZE / CHAIN_LEN)

// Requests handed back per acquisition of the lock: their addresses must be
// kept on the stack, because done() may free a request.
#define BATCH 16

static struct {
	struct spinlock lock;
	struct waitq slot_freed; // [lock]
	uint nfree;              // [lock]
	uint8 free[MAX_SLOTS];   // [lock] stack of slots
	uint16 used_seen;        // [lock] used.idx up to which we have reaped
	struct disk_request *request[MAX_SLOTS]; // [lock] by slot
	mmio_base regs;                          // [I]
	struct platform_irq irq;                 // [I]
	uint nslots;                             // [I]
	uint ring_mask;                          // [I] queue size - 1
	uint64 sectors;                          // [I]
	bool can_flush;                          // [I]
} disk = {.lock = SPINLOCK_INIT(LC_DISK)};

// The device's view: rings, and a header and status byte per slot.
static struct vq_rings rings;
static struct blk_header headers[MAX_SLOTS];
static uint8 statuses[MAX_SLOTS];

static void
link_slot(uint slot)
{
	struct vq_desc *chain = &rings.desc[slot * CHAIN_LEN];

	chain[0].addr = kva_to_pa(&headers[slot]);
	chain[0].len = sizeof(headers[slot]);
	chain[0].flags = VQ_DESC_NEXT;
	chain[1].next = slot * CHAIN_LEN + 2;
	chain[2].addr = kva_to_pa(&statuses[slot]);
	chain[2].len = sizeof(statuses[slot]);
	chain[2].flags = VQ_DESC_WRITE;
	disk.free[disk.nfree++] = slot;
}

static void
forget(struct disk_request *r)
{
	kpage_free(r->data);
}

// Leaves the disk with its interrupt up, which a read of the first sector
// raises: where interrupts of a controller arrive is settled with that
// (dev/plic.c).
static void
raise_interrupt(void)
{
	static struct disk_request r = {.len = SECTOR, .done = forget};
	uint32 why = 0;

	r.data = kpage_alloc();
	if (r.data == NULL)
		panic("no memory to read from the disk");
	disk_submit(&r);
	while (why == 0) {
		mmio_begin();
		why = mmio_read32(disk.regs, VIRTIO_INTERRUPT_STATUS);
		mmio_end();
	}
}

static mmio_base
find_disk(struct platform_irq *irq)
{
	for (uint i = 0; i < platform.nvirtio; i++) {
		mmio_base regs = mmio_map(platform.virtio_pa[i]);

		if (virtio_probe(regs, VIRTIO_ID_BLOCK)) {
			*irq = platform.virtio_irq[i];
			return regs;
		}
	}
	panic("no disk: start QEMU with -drive file=IMAGE,if=none,format=raw,"
	      "id=x0 -device virtio-blk-device,drive=x0");
}

void
disk_init(void)
{
	uint32 features;
	uint size;

	disk.regs = find_disk(&disk.irq);
	features = virtio_negotiate(disk.regs, FEATURE_FLUSH);
	if (features & FEATURE_READ_ONLY)
		panic("the disk is read-only; give QEMU a writable image");
	disk.can_flush = features & FEATURE_FLUSH;
	disk.sectors = virtio_config64(disk.regs, 0); // field capacity

	size = virtio_start_queue(disk.regs, 0, &rings);
	if (size < 2 * CHAIN_LEN)
		panic("the disk's queue of %u does not hold two requests",
		    size);
	disk.ring_mask = size - 1;
	disk.nslots = size / CHAIN_LEN;
	for (uint slot = 0; slot < disk.nslots; slot++)
		link_slot(slot);
	waitq_init(&disk.slot_freed);
	plic_attach(disk.irq, disk_interrupt);
	virtio_go(disk.regs);
	if (platform.nplics > 1 && disk.sectors > 0)
		raise_interrupt();
}

uint64
disk_sectors(void)
{
	return disk.sectors;
}

// Fills slot with r.  A flush has no data, so its chain skips that descriptor.
static void
fill(uint slot, struct disk_request *r)
{
	struct vq_desc *chain = &rings.desc[slot * CHAIN_LEN];
	struct blk_header *h = &headers[slot];

	disk.request[slot] = r;
	statuses[slot] = STATUS_UNSET;
	if (r->len == 0) {
		h->type = TYPE_FLUSH;
		h->sector = 0; // required (5.2.6.1)
		chain[0].next = slot * CHAIN_LEN + 2;
		return;
	}
	h->type = r->write ? TYPE_OUT : TYPE_IN;
	h->sector = r->sector;
	chain[0].next = slot * CHAIN_LEN + 1;
	chain[1].addr = kva_to_pa(r->data);
	chain[1].len = r->len;
	chain[1].flags = VQ_DESC_NEXT | (r->write ? 0 : VQ_DESC_WRITE);
}

// Returns the number of requests given to the device so far.
static uint16
publish(uint slot)
{
	uint16 idx = rings.avail.idx; // only we write it

	rings.avail.ring[idx & disk.ring_mask] = slot * CHAIN_LEN;
	__atomic_store_n(&rings.avail.idx, idx + 1, __ATOMIC_RELEASE);
	return idx + 1;
}

static void
doorbell(void)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (__atomic_load_n(&rings.used.flags, __ATOMIC_RELAXED) &
	    VQ_USED_NO_NOTIFY)
		return;
	mmio_begin();
	mmio_write32(disk.regs, VIRTIO_QUEUE_NOTIFY, 0);
	mmio_end();
}

// Under the coherence model a disk takes no time (bench/model/abi.h): it has done
// its work, and has interrupted, before the hart that asked goes on.  Reading a
// register comes after all that the device does at once with its ring; an
// emulator's holds up the interrupt no longer than that.
static void
model_settle(uint16 given)
{
	uint64 progress = MODEL_PROGRESS(kva_to_pa(&rings.used.idx), given);

	if (model_mark(MODEL_AWAIT, progress) == progress)
		return;
	mmio_begin();
	(void)mmio_read32(disk.regs, VIRTIO_INTERRUPT_STATUS);
	mmio_end();
	model_mark(MODEL_INTERRUPT, platform.hart[irq_home(disk.irq)].id);
}

// A flush of a disk without a cache that could hold a write back is done.
static bool
nothing_to_do(struct disk_request *r)
{
	KASSERT(r->len % SECTOR == 0 && r->sector <= disk.sectors &&
	    r->len / SECTOR <= disk.sectors - r->sector);
	if (r->len != 0 || disk.can_flush)
		return false;
	r->ok = true;
	r->done(r);
	return true;
}

// Gives r to the device, with a slot from the stack; releases the lock.
static void
submit_unlock(struct disk_request *r)
{
	uint slot = disk.free[--disk.nfree];
	uint16 given;

	if (r->len == 0)
		count_event(CTR_DISK_FLUSHES);
	else if (r->write)
		count_event(CTR_DISK_WRITES);
	fill(slot, r);
	given = publish(slot);
	spin_unlock(&disk.lock);
	// In an emulator the bell does the device's work before it returns, so
	// nobody should wait for the lock meanwhile.
	doorbell();
	model_settle(given);
}

void
disk_submit(struct disk_request *r)
{
	if (nothing_to_do(r))
		return;
	spin_lock(&disk.lock);
	while (disk.nfree <= 1)
		waitq_sleep_deaf(&disk.slot_freed, &disk.lock);
	submit_unlock(r);
}

void
disk_submit_now(struct disk_request *r)
{
	if (nothing_to_do(r))
		return;
	spin_lock(&disk.lock);
	KASSERT(disk.nfree > 0);
	submit_unlock(r);
}

// Takes the next finished request off the used ring; NULL if there is none.
static struct disk_request *
reap_one(void)
{
	struct disk_request *r;
	uint32 id;
	uint slot;

	if (disk.used_seen ==
	    __atomic_load_n(&rings.used.idx, __ATOMIC_ACQUIRE))
		return NULL;
	id = rings.used.ring[disk.used_seen++ & disk.ring_mask].id;
	slot = id / CHAIN_LEN;
	if (id % CHAIN_LEN != 0 || slot >= disk.nslots ||
	    disk.request[slot] == NULL)
		panic("disk: the device returned request %u, never given", id);
	r = disk.request[slot];
	r->ok = statuses[slot] == STATUS_OK;
	disk.request[slot] = NULL;
	disk.free[disk.nfree++] = slot;
	waitq_wake_one(&disk.slot_freed);
	return r;
}

void
disk_poll(void)
{
	struct disk_request *batch[BATCH];
	uint n;

	do {
		spin_lock(&disk.lock);
		kstack_sync(); // requests may be on stacks of others
		for (n = 0; n < BATCH; n++) {
			batch[n] = reap_one();
			if (batch[n] == NULL)
				break;
		}
		spin_unlock(&disk.lock);
		for (uint i = 0; i < n; i++)
			batch[i]->done(batch[i]);
	} while (n == BATCH);
}

void
disk_interrupt(void)
{
	uint32 why;

	// Acknowledged before the ring is read: what finishes later interrupts
	// again.
	mmio_begin();
	why = mmio_read32(disk.regs, VIRTIO_INTERRUPT_STATUS);
	mmio_write32(disk.regs, VIRTIO_INTERRUPT_ACK, why);
	mmio_end();
	if ((why & VIRTIO_INT_CONFIG) && virtio_broken(disk.regs))
		panic("disk: the device reports that it has broken down");
	disk_poll();
}
