// Making processes.
#ifndef PROC_FORK_H
#define PROC_FORK_H

struct proc;

// A copy of the current process, runnable.  Returns its pid in the parent, or
// -1 if a slot or memory is lacking (then nothing has changed).
int proc_fork(void);

// Boot: the first process, pid 1; it mounts the disk and executes /init.
void proc_make_init(void);

extern struct proc *init_proc; // [I] once it runs

#endif
