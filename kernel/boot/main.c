// From the shim's hand-over to the first process.
//
// Some hart reads the device tree and hands over to hart 0, which builds the
// memory manager and the devices, wakes the other harts and creates init; then
// every hart idles, which means running whatever there is to run.

#include "boot/model_map.h"
#include "boot/mshim.h"
#include "boot/platform.h"
#include "dev/devices.h"
#include "dev/disk.h"
#include "dev/lockbench.h"
#include "dev/plic.h"
#include "dev/uart.h"
#include "fs/files.h"
#include "fs/fs.h"
#include "kernel/riscv.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "mm/aspace.h"
#include "mm/fault.h"
#include "mm/kcache_impl.h"
#include "mm/kmap.h"
#include "mm/page_impl.h"
#include "mm/variant.h"
#include "proc/fork.h"
#include "proc/hart.h"
#include "proc/image.h"
#include "proc/ipi.h"
#include "proc/pid.h"
#include "proc/procslot.h"
#include "proc/progcache.h"
#include "proc/sched.h"
#include "sync/cycles.h"
#include "trap/trap.h"

_Static_assert(NCPU_MAX == NCPU, "boot/mshim.h");
_Static_assert(offsetof(struct boot_hart, id) == BH_ID, "boot/mshim.h");
_Static_assert(offsetof(struct boot_hart, msip_pa) == BH_MSIP, "boot/mshim.h");
_Static_assert(offsetof(struct boot_hart, mtimecmp_pa) == BH_MTIMECMP,
    "boot/mshim.h");
_Static_assert(offsetof(struct boot_hart, stack) == BH_STACK, "boot/mshim.h");
_Static_assert(offsetof(struct boot_hart, saved) == BH_SAVED, "boot/mshim.h");
_Static_assert(sizeof(struct boot_hart) == 1 << BH_SHIFT, "boot/mshim.h");

struct hart *harts;

uint
hart_id(void)
{
	return this_hart()->id;
}

static void
init_harts(void)
{
	struct hart *all =
	    early_alloc(platform.nharts * sizeof(struct hart), PGSIZE);

	for (uint i = 0; i < platform.nharts; i++) {
		struct hart *h = &all[i];

		h->id = i;
		h->timer_at = -1;
		h->asid_next = 1;
		h->cycle_boot = cycles_now();
		h->time_boot = r_time();
		spin_init(&h->runq.lock, LC_RUNQ);
		for (uint c = 0; c < RUN_CLASSES; c++)
			list_init(&h->runq.procs[c]);
		spin_init(&h->timerq.lock, LC_TIMERQ);
		list_init(&h->timerq.procs);
		list_init(&h->timerq.timeouts);
		h->idle.hart = h;
		h->idle.state = P_RUNNING;
		h->idle.on_hart = 1;
		h->idle.slot = i;
		h->idle.affinity = 1UL << i;
		list_init(&h->idle.wait_link);
		strlcopy(h->idle.name, "idle", sizeof(h->idle.name));
	}
	harts = all;
	model_area("hart", harts, sizeof(struct hart), platform.nharts);
}

// Each hart idles on a stack in the window, with a guard below it.
static void
give_idle_stacks(void)
{
	for (uint i = 0; i < platform.nharts; i++) {
		if (kstack_attach(i) < 0)
			panic("no memory for the harts' stacks");
		boot_harts[i].stack = kstack_addr(i) + KSTACK_SIZE;
	}
}

static void
start_hart(uint64 number)
{
	current_set(&harts[number].idle);
	trap_init_hart();
	timer_set(-1);
}

static void
devices_init(void)
{
	console_init();
	null_init();
	lockstat_device_init();
	memstat_device_init();
	lockbench_init();
	disk_init();
}

// Second half of hart 0's boot, on its final stack.
static void __attribute__((noreturn, noinline))
boot_continue(void)
{
	aspace_probe();
	devices_init();
	plic_init_hart(0);
	fs_init();
	image_init();
	proc_make_init();
	model_map_publish();
	for (uint i = 1; i < platform.nharts; i++)
		ipi_send(i, 0);
	idle_loop();
}

void
boot_read_tree(uint64 fdt_pa)
{
	// No hart structure yet: nothing may take a lock.
	current_set(NULL);
	platform_init(fdt_pa);
	for (uint i = 0; i < platform.nharts; i++) {
		boot_harts[i].id = platform.hart[i].id;
		boot_harts[i].msip_pa = platform.hart[i].msip_pa;
		boot_harts[i].mtimecmp_pa = platform.hart[i].mtimecmp_pa;
	}
	boot_nharts = platform.nharts;
	mshim_hand_over(boot_harts[0].msip_pa);
}

void
boot_main(void)
{
	// The same until init_harts has given this hart its structure.
	current_set(NULL);
	kmap_init();
	init_harts();
	current_set(&harts[0].idle);
	timer_init();
	uart_init();
	plic_init();
	kcache_init();
	procslot_init();
	progcache_init();
	fault_init();
	page_init();
	reserve_init();
	pid_init();
	start_hart(0);
	aspace_init();
	give_idle_stacks();
	kprintf("drove: variant %s, %u hart%s, %lu MiB\n", variant_name,
	    platform.nharts, platform.nharts == 1 ? "" : "s",
	    range_bytes(&platform.ram) >> 20);
	kstack_sync();
	__asm__ volatile("mv sp, %0; mv s0, zero; jr %1"
	    : : "r"(boot_harts[0].stack), "r"(boot_continue));
	__builtin_unreachable();
}

void
boot_secondary(uint64 number)
{
	start_hart(number);
	plic_init_hart(number);
	kstack_sync();
	// An interrupt sent while this hart was still in machine mode has
	// merged with the one that released it; its request has not.
	ipi_receive();
	idle_loop();
}
