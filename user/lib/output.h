// Output that got lost: printf has no result to say so, and programs would end
// as if all were well.
#ifndef LIB_OUTPUT_H
#define LIB_OUTPUT_H

extern int output_failed; // a write of printf's has failed

// What a program exits with whose main returned status: that, or 1 after a
// message if it printed what got lost.  argv[0] is its name.
int output_status(int status, char **argv);

#endif
