// Ending processes and collecting the dead.
#ifndef PROC_EXIT_H
#define PROC_EXIT_H

#include "kernel/types.h"

// Ends the current process with a status that its parent's wait sees.
void proc_exit(int status) __attribute__((noreturn));

// Waits for a child to end; stores its status at ustatus unless that is 0.
// Returns its pid, or -1 if there is no child, the address is bad (the child
// can still be waited for) or the process was killed.
int proc_wait(uint64 ustatus);

#endif
