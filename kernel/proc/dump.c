// The process list for ^P.
//
// It is printed a few lines at a time: the hart sends itself an interrupt for
// the next ones, and takes others in between.

#include "lib/printf.h"
#include "proc/hart.h"
#include "proc/ipi.h"
#include "proc/proc.h"
#include "proc/procslot.h"

// A line is 40 bytes, and a byte takes the port some microseconds.
#define LINES 4

static uint32 on; // [a] a list is being printed
static uint next; // [by whoever prints] slot to look at

void
proc_dump(void)
{
	// Relaxed: there is nothing but the list to keep apart.
	if (__atomic_exchange_n(&on, 1, __ATOMIC_RELAXED))
		return;
	next = 0;
	kprintf("\n pid  job  hart  state    name\n");
	ipi_send(hart_id(), IPI_DUMP);
}

// Reads without locks: a line may be a moment old, which a person at the
// console cannot tell, and a kernel that hangs in a lock can still be looked at.
static void
print_line(const struct proc *p)
{
	static const char *const names[] = {[P_FREE] = "free",
	    [P_RUNNABLE] = "ready", [P_RUNNING] = "running",
	    [P_SLEEPING] = "sleep", [P_DEAF] = "disk", [P_ZOMBIE] = "zombie"};

	kprintf("%4d %4d  %4u  %-7s  %s\n", p->pid, p->job, p->hart->id,
	    names[p->state], p->name);
}

void
proc_dump_more(void)
{
	uint lines = 0;

	while (next < procslot_count() && lines < LINES) {
		const struct proc *p = procslot_at(next++);

		if (p->state != P_FREE) {
			print_line(p);
			lines++;
		}
	}
	if (next < procslot_count())
		ipi_send(hart_id(), IPI_DUMP);
	else
		__atomic_store_n(&on, 0, __ATOMIC_RELAXED);
}
