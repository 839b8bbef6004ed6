// The process list for ^P.

#include "lib/printf.h"
#include "proc/hart.h"
#include "proc/proc.h"
#include "proc/procslot.h"

// Reads without locks: a line may be a moment old, which a person at the
// console cannot tell, and a kernel that hangs in a lock can still be looked at.
void
proc_dump(void)
{
	static const char *const names[] = {[P_FREE] = "free",
	    [P_RUNNABLE] = "ready", [P_RUNNING] = "running",
	    [P_SLEEPING] = "sleep", [P_DEAF] = "disk", [P_ZOMBIE] = "zombie"};

	kprintf("\n pid  hart  state    name\n");
	for (uint i = 0; i < procslot_count(); i++) {
		struct proc *p = procslot_at(i);

		if (p->state != P_FREE)
			kprintf("%4d  %4u  %-7s  %s\n", p->pid,
			    p->hart->id, names[p->state], p->name);
	}
}
