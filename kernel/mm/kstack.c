// Kernel stacks: two frames each, mapped in the window with a guard below.
//
// A stack's addresses are used by the process that owns it, on whatever hart it
// runs, and by the disk's handler for the requests that processes keep on their
// stacks while they wait.  When the frames behind them change, other harts may
// still have the old translation cached.  Instead of interrupting them, attach
// and detach raise a generation number, and a hart that is about to use another
// process's stack flushes if it has not done so for this generation
// (kstack_sync).  The number is read-mostly: stacks stay attached to free
// process slots until memory runs short.
//
// Memory order: the entries are written before the number (release), and a
// hart reads the number (acquire) before it touches the stack; the process
// itself reached that hart through a run queue's lock, and a request reached
// the handler through the disk's.

#include "boot/platform.h"
#include "kernel/riscv.h"
#include "mm/kmap.h"
#include "mm/page.h"
#include "mm/pte.h"
#include "mm/stats.h"

#define STACK_PAGES (KSTACK_SIZE / PGSIZE)

static pte_t *window; // [I] leaf entries of the window, page by page
static uint64 generation; // [a]

uint64
kstack_addr(uint slot)
{
	return KSTACK_BASE + (uint64)slot * KSTACK_SLOT + KSTACK_SLOT -
	    KSTACK_SIZE;
}

void
kstack_init(uint n)
{
	uint64 bytes = (uint64)n * KSTACK_SLOT;
	uint tables = (bytes + PT_SPAN - 1) / PT_SPAN;
	pte_t *mid = pa_to_kva(
	    pte_pa(kernel_root[pt_index(KSTACK_BASE, 2)]));

	window = early_alloc((uint64)tables * PGSIZE, PGSIZE);
	for (uint i = 0; i < tables; i++)
		mid[pt_index(KSTACK_BASE, 1) + i] = pte_make(
		    kva_to_pa(window + i * PT_ENTRIES), PTE_V);
}

static pte_t *
entries(uint slot)
{
	return &window[(kstack_addr(slot) - KSTACK_BASE) >> PGSHIFT];
}

int
kstack_attach(uint slot)
{
	pte_t *e = entries(slot);
	void *kva;

	for (uint i = 0; i < STACK_PAGES; i++) {
		kva = kpage_alloc();
		if (kva == NULL) {
			kstack_detach(slot);
			return -1;
		}
		e[i] = pte_make(kva_to_pa(kva),
		    PTE_R | PTE_W | PTE_V | PTE_G | PTE_AD);
	}
	__atomic_add_fetch(&generation, 1, __ATOMIC_RELEASE);
	return 0;
}

void
kstack_detach(uint slot)
{
	pte_t *e = entries(slot);

	for (uint i = 0; i < STACK_PAGES; i++) {
		pte_t old = e[i];

		e[i] = 0;
		if (old != 0)
			kpage_free(pa_to_kva(pte_pa(old)));
	}
	__atomic_add_fetch(&generation, 1, __ATOMIC_RELEASE);
}

void
kstack_sync(void)
{
	struct hart *h = this_hart();
	uint64 now = __atomic_load_n(&generation, __ATOMIC_ACQUIRE);

	if (h->kstack_seen == now)
		return;
	h->kstack_seen = now;
	h->counters[CTR_TLB_FLUSHES]++;
	__asm__ volatile("sfence.vma" : : : "memory");
}
