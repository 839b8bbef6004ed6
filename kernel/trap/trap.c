// What C does with a trap.
//
// From user mode: a system call, a page fault (mm/fault.c), an interrupt, or
// the program's own mistake, which kills it.  From the kernel: a page fault in
// a user copy, which goes to the same handler; an interrupt in a window; or a
// broken invariant.

#include "trap/trap.h"
#include "boot/mshim.h"
#include "boot/platform.h"
#include "dev/plic.h"
#include "kernel/riscv.h"
#include "mm/aspace.h"
#include "mm/fault.h"
#include "mm/stats.h"
#include "mm/ucopy_table.h"
#include "proc/exit.h"
#include "proc/fork.h"
#include "proc/hart.h"
#include "proc/ipi.h"
#include "proc/sched.h"
#include "proc/stretch.h"

_Static_assert(offsetof(struct proc, tf) == PROC_TF, "entry.S");
_Static_assert(offsetof(struct proc, trap_sp) == PROC_TRAP_SP, "entry.S");
_Static_assert(offsetof(struct proc, trap_t0) == PROC_TRAP_T0, "entry.S");
_Static_assert(offsetof(struct proc, trap_cause) == PROC_TRAP_CAUSE,
    "entry.S");
_Static_assert(offsetof(struct proc, ksp) == PROC_KSP, "entry.S");
_Static_assert(sizeof(struct trapframe) == TF_SIZE, "entry.S");

// scause (privileged specification, "Supervisor Cause Register").
#define CAUSE_INTERRUPT (1UL << 63)
enum {
	IRQ_SOFTWARE = 1,
	IRQ_TIMER = 5,
	IRQ_EXTERNAL = 9,
};
enum {
	EXC_SYSCALL = 8,
	EXC_FETCH_FAULT = 12,
	EXC_LOAD_FAULT = 13,
	EXC_STORE_FAULT = 15,
};

#define SSTATUS_SIE  (1UL << 1)
#define SSTATUS_SPIE (1UL << 5)
#define SSTATUS_SPP  (1UL << 8)
#define SSTATUS_SUM  (1UL << 18)
#define SIE_ALL      0x222UL // software, timer, external

static const char *const exception_names[16] = {
    "misaligned fetch", "fetch access fault", "illegal instruction",
    "breakpoint", "misaligned load", "load access fault", "misaligned store",
    "store access fault", "system call", "system call", "reserved",
    "system call", "fetch page fault", "load page fault", "reserved",
    "store page fault"};

static const char *
cause_name(uint64 cause)
{
	if (cause & CAUSE_INTERRUPT)
		return "interrupt";
	return cause < 16 ? exception_names[cause] : "unknown exception";
}

static uint64
read_stval(void)
{
	uint64 x;

	__asm__ volatile("csrr %0, stval" : "=r"(x));
	return x;
}

// SUM stays set: QEMU flushes its whole TLB whenever it changes, which would
// cost a system call several times its own price.  What SUM = 0 would catch is
// a kernel access to user memory outside mm/ucopy.S; the kernel half being
// all addresses it ever forms, such an access shows as a fault at a low
// address with a pc outside the table, which panics, unless that page happens
// to be mapped.
void
trap_init_hart(void)
{
	__asm__ volatile("csrw stvec, %0" : : "r"(trap_entry));
	__asm__ volatile("csrw sscratch, tp");
	__asm__ volatile("csrw sstatus, %0" : : "r"(SSTATUS_SPIE |
	    SSTATUS_SUM));
	__asm__ volatile("csrw sie, %0" : : "r"(SIE_ALL));
}

static void
interrupt(uint64 cause)
{
	switch (cause & ~CAUSE_INTERRUPT) {
	case IRQ_SOFTWARE:
		__asm__ volatile("csrc sip, %0" : : "r"(1UL << IRQ_SOFTWARE));
		ipi_receive();
		break;
	case IRQ_TIMER:
		timer_interrupt();
		break;
	case IRQ_EXTERNAL:
		plic_interrupt();
		break;
	default:
		panic("interrupt %lu is not one we enabled", cause & 0xff);
	}
}

static void
user_mistake(struct trapframe *tf, uint64 cause, uint64 stval)
{
	struct proc *p = current();

	kprintf("%d %s: %s, pc %p, address %p: killed\n", p->pid, p->name,
	    cause_name(cause), (void *)tf->pc, (void *)stval);
	proc_exit(-1);
}

// What the access at va comes to.  The machine ends with init, which therefore
// waits for memory, a hundredth of a second at a time; it holds nothing that
// anybody who could free some might need.
static enum fault_result
resolve(uint64 va, uint64 cause)
{
	enum access a = cause == EXC_STORE_FAULT ? ACCESS_WRITE :
	    cause == EXC_FETCH_FAULT             ? ACCESS_EXEC :
	                                           ACCESS_READ;
	enum fault_result r;

	while ((r = fault_handle(va, a)) == FAULT_NOMEM &&
	    current() == init_proc)
		sleep_until(r_time() + platform.timebase / 100);
	return r;
}

static void
user_fault(struct trapframe *tf, uint64 cause)
{
	uint64 va = read_stval();
	enum fault_result r = resolve(va, cause);

	if (r == FAULT_OK)
		return;
	if (r == FAULT_NOMEM) {
		count_event(CTR_OOM_KILLS);
		kprintf("%d %s: out of memory at address %p: killed\n",
		    current()->pid, current()->name, (void *)va);
		proc_exit(-1);
	}
	user_mistake(tf, cause, va);
}

// Before the process goes back to user mode.
static void
leave(struct proc *p)
{
	DASSERT(p->holds == 0);
	if (this_hart()->need_resched)
		yield();
	if (proc_killed(p))
		proc_exit(-1);
}

// Called from trap/entry.S with those of the process's registers saved that a
// call may change.
void
trap_syscall(struct trapframe *tf)
{
	uint64 call = tf->a7;

	stretch_begin();
	count_event(CTR_TRAPS);
	syscall(tf);
	leave(current());
	stretch_end(call % 256);
}

// The same with all registers.
void
trap_user(struct trapframe *tf, uint64 cause)
{
	stretch_begin();
	count_event(CTR_TRAPS);
	if (cause == EXC_SYSCALL)
		syscall(tf);
	else if (cause & CAUSE_INTERRUPT)
		interrupt(cause);
	else if (cause == EXC_STORE_FAULT || cause == EXC_LOAD_FAULT ||
	    cause == EXC_FETCH_FAULT)
		user_fault(tf, cause);
	else
		user_mistake(tf, cause, read_stval());
	leave(current());
	stretch_end((uint64)trap_user);
}

static bool
in_user_copy(uint64 pc)
{
	return pc >= (uint64)ucopy_begin && pc < (uint64)ucopy_end;
}

// Called from trap/entry.S with the frame that it pushed.
void
trap_kernel(struct trapframe *tf, uint64 cause)
{
	uint64 va;

	if (cause & CAUSE_INTERRUPT) {
		stretch_begin();
		interrupt(cause);
		stretch_end((uint64)trap_kernel);
		return;
	}
	va = read_stval();
	if ((cause == EXC_LOAD_FAULT || cause == EXC_STORE_FAULT) &&
	    in_user_copy(tf->pc) && va < MAXVA) {
		// The faulting copy goes on, or fails with -1.  sstatus as C
		// code in a process expects it (trap/entry.S).
		__asm__ volatile("csrw sstatus, %0" : : "r"(SSTATUS_SPIE |
		    SSTATUS_SUM));
		if (resolve(va, cause) != FAULT_OK)
			tf->pc = (uint64)ucopy_failed;
		return;
	}
	kprintf("kernel %s, pc %p, address %p, ra %p\n", cause_name(cause),
	    (void *)tf->pc, (void *)va, (void *)tf->ra);
	// A jump to nowhere has its caller in ra.
	backtrace(cause == EXC_FETCH_FAULT ? tf->ra : tf->pc, tf->s0);
	panic("kernel %s", cause_name(cause));
}

void
trap_stack_overflow(uint64 sp, uint64 pc)
{
	panic("kernel stack overflow: sp %p, pc %p", (void *)sp, (void *)pc);
}

void
interrupts_window(void)
{
	DASSERT(this_hart()->lock_depth == 0);
	stretch_end((uint64)__builtin_return_address(0));
	__asm__ volatile("csrsi sstatus, 2; csrci sstatus, 2" : : : "memory");
	stretch_begin();
}

void
interrupts_wait(void)
{
	stretch_end((uint64)interrupts_wait);
	__asm__ volatile("wfi");
	stretch_begin();
	interrupts_window();
}
