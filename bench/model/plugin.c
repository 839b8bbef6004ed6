// Where QEMU and the model meet: what is put into translated code, and what
// becomes of it.
//
// Every block tells its number of instructions, every access its address; a
// few instructions are looked at: atomics, pause, markers, and those that
// change address translation.

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include "abi.h"
#include "coherence.h"
#include "guest.h"
#include "markers.h"
#include "order.h"
#include "params.h"
#include "qemu_api.h"
#include "report.h"
#include "trace.h"

// RISC-V encodings (unprivileged and privileged specifications).
#define INSN_PAUSE         0x0100000f
#define INSN_WFI           0x10500073
#define OPCODE(insn)       ((insn) & 0x7f)
#define OPCODE_AMO         0x2f
#define FUNCT5(insn)       ((insn) >> 27)
#define FUNCT5_LR          2
#define FUNCT5_SC          3
#define OPCODE_SYSTEM      0x73
#define FUNCT3(insn)       ((insn) >> 12 & 7)
#define CSR(insn)          ((insn) >> 20)
#define CSR_SIP            0x144
#define CSR_SATP           0x180
#define CSR_MIP            0x344
#define CSR_CYCLE          0xc00
#define CSR_INSTRET        0xc02
#define SFENCE_VMA_MASK    0xfe007fff
#define SFENCE_VMA         0x12000073

// A loop that pauses at least every so many instructions is a spin loop.
#define SPIN_INSTRUCTIONS 64

// An atomic that took a line from another hart counts as one that harts meet at
// for so many executions.
#define SHARED_FOR 64

// A hart keeps the turn from an LR to its SC, as a core keeps the line; but for
// no more than so many blocks, if none comes.
#define RESERVED_BLOCKS 4

// ---- Addresses.
//
// Asking QEMU for every access's physical address is slow; each hart keeps the
// last answers, and forgets them when it may have changed its translation.

#define TRANSLATIONS 1024

enum place { RAM, DEVICE, INTERRUPTER };

struct translation {
	uint64_t tag;  // virtual page, and in bit 63 whether translation is off
	uint64_t page; // physical; of a device the offset in it
	enum place place;
};

static struct per_hart {
	struct translation known[TRANSLATIONS];
	uint64_t mailbox;      // last store that a marker may refer to
	unsigned reserved;     // blocks that a turn is kept for after an LR
	bool amo_due;          // an atomic's access has not been charged yet
	bool stored;           // since the last pause, by no atomic
} __attribute__((aligned(64))) per_hart[MODEL_HARTS];

static void
forget_translations(unsigned hart, void *unused)
{
	(void)unused;
	for (unsigned i = 0; i < TRANSLATIONS; i++)
		per_hart[hart].known[i].tag = UINT64_MAX;
}

// The registers that interrupt harts, one word each, in hart order (RISC-V
// ACLINT specification, SSWI and MSWI; QEMU has its CLINT built of the same).
static enum place
place_of(const struct qemu_plugin_hwaddr *h)
{
	if (!qemu_plugin_hwaddr_is_io(h))
		return RAM;
	return strcmp(qemu_plugin_hwaddr_device_name(h),
	           "riscv.aclint.swi") == 0 ? INTERRUPTER : DEVICE;
}

static const struct translation *
translate(unsigned hart, qemu_plugin_meminfo_t info, uint64_t va,
    const struct access_site *site)
{
	uint64_t tag = va >> 12 | (uint64_t)site->bare << 63;
	struct translation *t =
	    &per_hart[hart].known[(va >> 12) % TRANSLATIONS];
	struct qemu_plugin_hwaddr *h;

	if (t->tag != tag) {
		h = qemu_plugin_get_hwaddr(info, va);
		if (h == NULL)
			return NULL;
		t->tag = tag;
		t->place = place_of(h);
		t->page = qemu_plugin_hwaddr_phys_addr(h) & ~(uint64_t)0xfff;
	}
	return t;
}

// ---- While the guest runs.

// A hart that the watchdog lets run out of order touches nothing of the model.
static bool
has_turn(unsigned hart)
{
	return __atomic_load_n(&clocks[hart].turn, __ATOMIC_ACQUIRE);
}

// Like the sites of accesses, these stay when QEMU flushes its translations,
// which it does not at the size its buffer has by default.
struct block {
	unsigned instructions;
	uint64_t pc;
};

static void
on_block(unsigned hart, void *udata)
{
	struct hart_clock *c = &clocks[hart];
	struct block *b = udata;

	if (!has_turn(hart))
		order_enter(hart);
	charge(c, COST_INSTRUCTIONS, b->instructions);
	if (tracing && has_turn(hart))
		trace_block(hart, c->now, b->pc);
	if (per_hart[hart].reserved > 0)
		per_hart[hart].reserved--;
	else if (c->now > __atomic_load_n(&c->limit, __ATOMIC_RELAXED))
		order_pass(hart);
}

static void
access_ram(unsigned hart, uint64_t pa, unsigned size, bool write,
    struct access_site *site)
{
	struct hart_clock *c = &clocks[hart];
	uint64_t transfers = c->cost[COST_TRANSFER];

	coherence_access(hart, pa, size, write, site);
	if (c->cost[COST_TRANSFER] != transfers) {
		site->shared = SHARED_FOR;
		// Others may have wanted the line while it was on its way.
		if (per_hart[hart].reserved == 0)
			order_pass(hart);
	} else if (site->shared > 0) {
		site->shared--;
	}
}

static void
access(unsigned hart, qemu_plugin_meminfo_t info, uint64_t va, bool write,
    struct access_site *site)
{
	const struct translation *t = translate(hart, info, va, site);
	uint64_t at;

	if (t == NULL)
		return;
	at = t->page | (va & 0xfff);
	if (t->place == RAM) {
		access_ram(hart, at, 1 << qemu_plugin_mem_size_shift(info),
		    write, site);
		return;
	}
	coherence_spoil_watch(hart);
	charge(&clocks[hart], COST_DEVICE, params.device);
	if (t->place == INTERRUPTER && write && (at & 0xfff) / 4 != hart)
		order_interrupt(hart, (at & 0xfff) / 4);
}

static void
on_access(unsigned hart, qemu_plugin_meminfo_t info, uint64_t va, void *udata)
{
	bool write = qemu_plugin_mem_is_store(info);

	if (!has_turn(hart))
		return;
	per_hart[hart].stored |= write;
	access(hart, info, va, write, udata);
}

// Before an atomic nobody may be behind: harts meet there.  But most atomics
// meet nobody (an uncontended lock), and each turn handed over costs the host
// thousands of instructions; so those keep the slack until they do.
static void
before_atomic(unsigned hart, void *udata)
{
	struct access_site *site = udata;

	if (!has_turn(hart))
		return;
	per_hart[hart].amo_due = true;
	if (site->shared > 0 && per_hart[hart].reserved == 0)
		order_pass(hart);
}

static void
before_lr(unsigned hart, void *udata)
{
	before_atomic(hart, udata);
	per_hart[hart].reserved = RESERVED_BLOCKS;
}

static void
before_sc(unsigned hart, void *udata)
{
	before_atomic(hart, udata);
	per_hart[hart].reserved = 0;
}

// QEMU reports an atomic's read and write as one access or two; either way it
// is one, and takes the line for writing.
static void
on_atomic_access(unsigned hart, qemu_plugin_meminfo_t info, uint64_t va,
    void *udata)
{
	if (!has_turn(hart) || !per_hart[hart].amo_due)
		return;
	per_hart[hart].amo_due = false;
	access(hart, info, va, true, udata);
}

// What a spin loop did since its last pause was spinning.  Returns whether this
// is one: it came back soon, and has stored nothing but by atomics, as a short
// piece of work between two waits would.
static bool
count_spin(unsigned hart)
{
	struct hart_clock *c = &clocks[hart];
	uint64_t *now = c->cost, *then = c->at_pause;
	uint64_t spent = 0;
	bool spins;

	spins = !per_hart[hart].stored && then[COST_INSTRUCTIONS] != 0 &&
	    now[COST_IDLE] == then[COST_IDLE] &&
	    now[COST_INSTRUCTIONS] - then[COST_INSTRUCTIONS] <=
	        params.pause + SPIN_INSTRUCTIONS;
	if (spins) {
		for (unsigned i = 0; i < COST_SPIN; i++) {
			spent += now[i] - then[i];
			now[i] = then[i];
		}
		now[COST_SPIN] += spent;
	}
	return spins;
}

static void
on_pause(unsigned hart, void *unused)
{
	struct hart_clock *c = &clocks[hart];

	(void)unused;
	if (!has_turn(hart))
		return;
	charge(c, COST_INSTRUCTIONS, params.pause);
	if (count_spin(hart) && coherence_watch(hart))
		order_park(hart);
	else
		order_pass(hart);
	memcpy(c->at_pause, c->cost, sizeof(c->cost));
	per_hart[hart].stored = false;
}

static void
on_wfi(unsigned hart, void *unused)
{
	(void)unused;
	if (!has_turn(hart))
		return;
	order_pass(hart); // whoever is behind may still interrupt
	order_wfi(hart);
}

static void
on_changing_csr(unsigned hart, void *unused)
{
	(void)unused;
	coherence_spoil_watch(hart);
}

static void
on_mailbox(unsigned hart, qemu_plugin_meminfo_t info, uint64_t va,
    void *unused)
{
	struct qemu_plugin_hwaddr *h = qemu_plugin_get_hwaddr(info, va);

	(void)unused;
	per_hart[hart].mailbox = h != NULL && !qemu_plugin_hwaddr_is_io(h) ?
	    qemu_plugin_hwaddr_phys_addr(h) : 0;
}

static void
on_marker(unsigned hart, void *operation)
{
	marker_obey(hart, (uintptr_t)operation, per_hart[hart].mailbox);
}

// ---- Translation.

static bool
accesses_csr(uint32_t insn)
{
	return OPCODE(insn) == OPCODE_SYSTEM && FUNCT3(insn) != 0;
}

static bool
changes_translation(uint32_t insn)
{
	return (insn & SFENCE_VMA_MASK) == SFENCE_VMA ||
	    (accesses_csr(insn) && CSR(insn) == CSR_SATP);
}

static bool
reads_changing_csr(uint32_t insn)
{
	uint32_t csr = CSR(insn);

	return accesses_csr(insn) && (csr == CSR_SIP || csr == CSR_MIP ||
	    (csr >= CSR_CYCLE && csr <= CSR_INSTRET));
}

// Kernels with address translation run elsewhere; what executes in RAM's own
// addresses does without.
static bool
runs_bare(uint64_t pc)
{
	return pc >= GUEST_RAM && pc - GUEST_RAM < 1UL << 36;
}

static void
call_before(struct qemu_plugin_insn *insn, vcpu_udata_cb cb, void *udata)
{
	qemu_plugin_register_vcpu_insn_exec_cb(
	    insn, cb, QEMU_PLUGIN_CB_NO_REGS, udata);
}

static vcpu_udata_cb
before(uint32_t atomic)
{
	switch (FUNCT5(atomic)) {
	case FUNCT5_LR: return before_lr;
	case FUNCT5_SC: return before_sc;
	default: return before_atomic;
	}
}

static void
watch_access(struct qemu_plugin_insn *insn, uint32_t encoding)
{
	bool atomic = OPCODE(encoding) == OPCODE_AMO;
	struct access_site *s = malloc(sizeof(*s));

	if (s == NULL)
		return;
	s->pc = qemu_plugin_insn_vaddr(insn);
	s->bare = runs_bare(s->pc);
	s->shared = 0;
	if (atomic)
		call_before(insn, before(encoding), s);
	qemu_plugin_register_vcpu_mem_cb(insn,
	    atomic ? on_atomic_access : on_access, QEMU_PLUGIN_CB_NO_REGS,
	    QEMU_PLUGIN_MEM_RW, s);
}

static void
on_translation(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	size_t n = qemu_plugin_tb_n_insns(tb);
	struct block *b = malloc(sizeof(*b));
	struct qemu_plugin_insn *last = NULL;

	(void)id;
	if (b == NULL)
		return;
	b->instructions = n;
	b->pc = qemu_plugin_insn_vaddr(qemu_plugin_tb_get_insn(tb, 0));
	qemu_plugin_register_vcpu_tb_exec_cb(
	    tb, on_block, QEMU_PLUGIN_CB_NO_REGS, b);
	for (size_t i = 0; i < n; i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
		uint32_t encoding = insn_encoding(insn);
		int operation = marker_operation(encoding);

		if (operation >= 0 && last != NULL) {
			qemu_plugin_register_vcpu_mem_cb(last, on_mailbox,
			    QEMU_PLUGIN_CB_NO_REGS, QEMU_PLUGIN_MEM_RW, NULL);
			call_before(insn, on_marker,
			    (void *)(uintptr_t)operation);
		} else if (encoding == INSN_PAUSE) {
			call_before(insn, on_pause, NULL);
		} else if (encoding == INSN_WFI) {
			call_before(insn, on_wfi, NULL);
		} else if (changes_translation(encoding)) {
			call_before(insn, forget_translations, NULL);
		} else if (reads_changing_csr(encoding)) {
			call_before(insn, on_changing_csr, NULL);
		} else {
			watch_access(insn, encoding);
		}
		last = insn;
	}
}

// ---- Life.

static void
find_guest(void)
{
	if (!guest_find_ram()) {
		complain("guest memory is not shared: QEMU needs -object "
		         "memory-backend-memfd");
		_Exit(1);
	}
	coherence_init(GUEST_RAM, guest_ram_size());
}

static void
on_init(qemu_plugin_id_t id, unsigned hart)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	(void)id;
	pthread_once(&once, find_guest);
	forget_translations(hart, NULL);
}

static void
on_idle(qemu_plugin_id_t id, unsigned hart)
{
	(void)id;
	order_sleep(hart);
}

static void
on_resume(qemu_plugin_id_t id, unsigned hart)
{
	(void)id;
	order_wake(hart);
}

static void
at_end(qemu_plugin_id_t id, void *unused)
{
	(void)id;
	(void)unused;
	report_close();
}

static void
close_region(const struct region *r)
{
	report_region(r);
	coherence_count_no_more();
}

static bool
suits(const qemu_info_t *info)
{
	if (strcmp(info->target_name, "riscv64") != 0 ||
	    !info->system_emulation) {
		complain("this is not qemu-system-riscv64");
		return false;
	}
	if (info->system.max_vcpus > MODEL_HARTS) {
		complain("%d harts are more than %d", info->system.max_vcpus,
		    MODEL_HARTS);
		return false;
	}
	return true;
}

__attribute__((visibility("default"))) int
qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc,
    char **argv)
{
	struct params_files files = {.report = "model.report"};
	unsigned harts;

	// Nothing has started yet; returning would have QEMU complain again.
	if (!suits(info) || !params_obey(argc, argv, &files))
		_Exit(1);
	harts = info->system.smp_vcpus;
	if (!report_open(files.report, harts) ||
	    (files.trace != NULL && !trace_open(files.trace)))
		_Exit(1);
	order_opened = coherence_count;
	order_closed = close_region;
	order_init(harts);
	qemu_plugin_register_vcpu_init_cb(id, on_init);
	qemu_plugin_register_vcpu_idle_cb(id, on_idle);
	qemu_plugin_register_vcpu_resume_cb(id, on_resume);
	qemu_plugin_register_vcpu_tb_trans_cb(id, on_translation);
	qemu_plugin_register_atexit_cb(id, at_end, NULL);
	return 0;
}
