// Finding a virtio-mmio device and bringing it up, in the order of section
// 3.1.1 of the specification.  Boot time only (but for virtio_broken): one
// hart, no locks.

#include "dev/virtio.h"
#include "lib/printf.h"

// Register offsets (4.2.2).
enum {
	MAGIC = 0x000,
	VERSION = 0x004,
	DEVICE_ID = 0x008,
	DEVICE_FEATURES = 0x010,
	DEVICE_FEATURES_SEL = 0x014,
	DRIVER_FEATURES = 0x020,
	DRIVER_FEATURES_SEL = 0x024,
	QUEUE_SEL = 0x030,
	QUEUE_NUM_MAX = 0x034,
	QUEUE_NUM = 0x038,
	QUEUE_READY = 0x044,
	STATUS = 0x070,
	QUEUE_DESC = 0x080,   // low word; the high word follows
	QUEUE_DRIVER = 0x090, // likewise
	QUEUE_DEVICE = 0x0a0, // likewise
	CONFIG_GENERATION = 0x0fc,
};

// Bits of STATUS (2.1), set one after the other.
enum {
	ACKNOWLEDGE = 1,
	DRIVER = 2,
	DRIVER_OK = 4,
	FEATURES_OK = 8,
	NEEDS_RESET = 64,
	FAILED = 128,
};

#define MAGIC_VALUE   0x74726976 // "virt"
#define MODERN        2
#define VERSION_1_BIT 0 // feature 32, in the second word of features

// A reset takes a few accesses; a device that needs more than this is dead.
#define RESET_POLLS 100000

static uint32
get(mmio_base regs, uint reg)
{
	uint32 value;

	mmio_begin();
	value = mmio_read32(regs, reg);
	mmio_end();
	return value;
}

static void
set(mmio_base regs, uint reg, uint32 value)
{
	mmio_begin();
	mmio_write32(regs, reg, value);
	mmio_end();
}

static void
add_status(mmio_base regs, uint32 bit)
{
	set(regs, STATUS, get(regs, STATUS) | bit);
}

static void __attribute__((noreturn))
give_up(mmio_base regs, const char *why)
{
	add_status(regs, FAILED);
	panic("virtio device at %p: %s", (void *)kva_to_pa((void *)regs), why);
}

bool
virtio_probe(mmio_base regs, uint32 device_id)
{
	uint32 version;

	if (get(regs, MAGIC) != MAGIC_VALUE ||
	    get(regs, DEVICE_ID) != device_id)
		return false;
	version = get(regs, VERSION);
	if (version != MODERN)
		panic("virtio device at %p speaks version %u, not %u; start"
		      " QEMU with -global virtio-mmio.force-legacy=false",
		    (void *)kva_to_pa((void *)regs), version, MODERN);
	return true;
}

static void
reset(mmio_base regs)
{
	set(regs, STATUS, 0);
	for (uint polls = 0; get(regs, STATUS) != 0; polls++) {
		if (polls == RESET_POLLS)
			give_up(regs, "it does not finish its reset");
	}
}

static uint32
offered(mmio_base regs, uint word)
{
	set(regs, DEVICE_FEATURES_SEL, word);
	return get(regs, DEVICE_FEATURES);
}

static void
accept(mmio_base regs, uint word, uint32 bits)
{
	set(regs, DRIVER_FEATURES_SEL, word);
	set(regs, DRIVER_FEATURES, bits);
}

uint32
virtio_negotiate(mmio_base regs, uint32 wanted)
{
	uint32 low;

	reset(regs);
	add_status(regs, ACKNOWLEDGE);
	add_status(regs, DRIVER);
	low = offered(regs, 0);
	if (!(offered(regs, 1) & 1U << VERSION_1_BIT))
		give_up(regs, "it does not offer feature VERSION_1");
	accept(regs, 0, low & wanted);
	accept(regs, 1, 1U << VERSION_1_BIT);
	add_status(regs, FEATURES_OK);
	if (!(get(regs, STATUS) & FEATURES_OK))
		give_up(regs, "it refuses the features asked for");
	return low;
}

static void
set_address(mmio_base regs, uint reg, const void *part)
{
	uint64 pa = kva_to_pa(part);

	set(regs, reg, pa & 0xffffffff);
	set(regs, reg + 4, pa >> 32);
}

uint
virtio_start_queue(mmio_base regs, uint queue, struct vq_rings *rings)
{
	uint size = VQ_SIZE;
	uint32 max;

	set(regs, QUEUE_SEL, queue);
	if (get(regs, QUEUE_READY) != 0)
		give_up(regs, "its queue is in use right after a reset");
	max = get(regs, QUEUE_NUM_MAX);
	if (max == 0)
		give_up(regs, "it lacks the queue");
	while (size > max)
		size /= 2;
	set(regs, QUEUE_NUM, size);
	set_address(regs, QUEUE_DESC, &rings->desc);
	set_address(regs, QUEUE_DRIVER, &rings->avail);
	set_address(regs, QUEUE_DEVICE, &rings->used);
	set(regs, QUEUE_READY, 1);
	return size;
}

void
virtio_go(mmio_base regs)
{
	add_status(regs, DRIVER_OK);
}

bool
virtio_broken(mmio_base regs)
{
	return get(regs, STATUS) & NEEDS_RESET;
}

uint64
virtio_config64(mmio_base regs, uint offset)
{
	uint32 before, low, high;

	do {
		before = get(regs, CONFIG_GENERATION);
		low = get(regs, VIRTIO_CONFIG + offset);
		high = get(regs, VIRTIO_CONFIG + offset + 4);
	} while (get(regs, CONFIG_GENERATION) != before);
	return (uint64)high << 32 | low;
}
