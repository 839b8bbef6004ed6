// Process numbers and the index from number to process.
#ifndef PROC_PID_H
#define PROC_PID_H

struct proc;

void pid_init(void);

// Gives p a number that no living process has, and enters it into the index.
void pid_assign(struct proc *p);

// Takes it out again.
void pid_remove(struct proc *p);

// Marks the process with that number as killed and wakes it if it sleeps.
// 0, or -1 if there is none, or it is init: the machine ends with that.  For
// the console's shell, -N is all of job N (proc.job).  No locks held.
int pid_kill(int pid);

#endif
