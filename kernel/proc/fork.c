// fork: one reference on each container of the parent, a few private fields,
// and the child is ready.  What the containers hold is not touched here; the
// address space is duplicated by the variant (mm/fork_*.c).

#include "proc/fork.h"
#include "boot/platform.h"
#include "fs/files.h"
#include "fs/fs.h"
#include "lib/string.h"
#include "mm/aspace.h"
#include "mm/kmap.h"
#include "mm/stats.h"
#include "proc/exec.h"
#include "proc/hart.h"
#include "proc/pid.h"
#include "proc/procslot.h"
#include "proc/sched.h"
#include "trap/trap.h"

struct proc *init_proc;

// What proc_first_run and switch_to expect on a stack that never ran
// (trap/entry.S): ra, then s0, s1, ...
#define SWITCH_FRAME_WORDS 14

static void
prepare_stack(struct proc *p, void (*first)(void))
{
	uint64 top = kstack_addr(p->slot) + KSTACK_SIZE;
	uint64 *frame;

	p->tf = (struct trapframe *)(top - TF_SIZE);
	frame = (uint64 *)p->tf - SWITCH_FRAME_WORDS;
	memset(frame, 0, SWITCH_FRAME_WORDS * 8);
	frame[0] = (uint64)proc_first_run;
	frame[2] = (uint64)first;
	p->ksp = (uint64)frame;
}

// Fills in what a fresh slot needs; tables and files are the caller's.
static void
prepare(struct proc *p, void (*first)(void))
{
	struct proc *me = current();

	prepare_stack(p, first);
	p->hart = me->hart;
	p->affinity = me->affinity;
	p->state = P_RUNNABLE;
	p->on_hart = 0;
	p->killed = 0;
	p->holds = 0;
	p->slice_ticks = 0;
	p->used_up = me->used_up;
	p->as_building = NULL;
	p->as_image = NULL;
	p->exit_status = 0;
	memcpy(p->name, me->name, sizeof(p->name));
}

static void
join_family(struct proc *parent, struct proc *child)
{
	spin_lock(&parent->family);
	child->parent = parent;
	list_add_tail(&parent->children, &child->sibling);
	spin_unlock(&parent->family);
}

// A job that is being killed ends: whoever kills it (proc/pid.c) marks its members
// and looks at all processes again until there is none without the mark.  The
// fence pairs with the one there: either the mark is seen here, or the child
// there.
static void
share_fate(const struct proc *parent, struct proc *child)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (proc_killed(parent))
		__atomic_store_n(&child->killed, 1, __ATOMIC_RELAXED);
}

int
proc_fork(void)
{
	struct proc *parent = current();
	struct proc *child = procslot_take();
	int pid;

	if (child == NULL)
		return -1;
	kstack_sync();
	prepare(child, NULL);
	child->as = aspace_fork(parent->as);
	if (child->as == NULL) {
		child->state = P_FREE;
		procslot_give(child);
		return -1;
	}
	child->files = files_share(parent->files);
	*child->tf = *parent->tf;
	child->tf->a0 = 0;
	child->console = parent == init_proc;
	child->job = parent->console ? 0 : parent->job;
	pid_assign(child);
	pid = child->pid;
	if (parent->console)
		child->job = pid;
	join_family(parent, child);
	share_fate(parent, child);
	count_event(CTR_FORKS);
	ready(child, WAKE_SPREAD);
	return pid;
}

// The first process's life before user mode.
static void
init_start(void)
{
	const char *command = boot_command();
	const char *argv[] = {"init", *command != 0 ? command : NULL, NULL};

	fs_mount();
	current()->files = files_new();
	if (current()->files == NULL ||
	    (long)(current()->tf->a0 = exec_kernel("/init", argv)) < 0)
		panic("the disk has no /init that can be executed");
}

void
proc_make_init(void)
{
	struct proc *p = procslot_take();

	KASSERT(p != NULL);
	kstack_sync();
	prepare(p, init_start);
	memset(p->tf, 0, sizeof(*p->tf));
	spin_init(&p->family, LC_INIT_FAMILY);
	p->affinity = ~0UL >> (64 - platform.nharts);
	strlcopy(p->name, "init", sizeof(p->name));
	pid_assign(p);
	p->console = true;
	init_proc = p;
	ready(p, WAKE_SYNC);
}
