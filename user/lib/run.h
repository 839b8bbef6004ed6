// Finding and running programs.
#ifndef LIB_RUN_H
#define LIB_RUN_H

// Becomes the program argv[0], looked for as it is named and then, if the name
// has no slash, in /.  Returns only if it cannot be run: the exit status to
// use, RUN_NOT_FOUND or RUN_CANNOT, after a message that begins with who.
int exec_program(const char *who, char **argv);

#define RUN_CANNOT    126 // the file is there but does not run
#define RUN_NOT_FOUND 127

// Runs a program in a new process, waits for it, and returns its status.
int run_program(const char *who, char **argv);

// Writes text to a device in one go.  0, or -1 after a message.
int tell_device(const char *who, const char *device, const char *text);

#endif
