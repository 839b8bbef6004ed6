// Where two runs of one command first differ: what to do if figures do not
// repeat.
//
// MODEL_ARGS=trace=FILE writes each turn: the hart, its clock when the turn
// began and ended, and a sum over all blocks the hart has ever executed.  Of two
// such files the first line that differs names the turn; trace_from= and
// trace_to= then have the blocks of turns between those numbers listed.
//
// MODEL_ARGS=shake=SEED delays QEMU's threads now and then, where hosts do, but
// more often: in front of what the order of events may wrongly depend on.
#ifndef MODEL_TRACE_H
#define MODEL_TRACE_H

#include <stdbool.h>
#include <stdint.h>

extern bool tracing; // constant once harts run

// False with a message if the file cannot be written.
bool trace_open(const char *path);

// Of the hart with the turn.
void trace_begin(unsigned hart, uint64_t now);
void trace_block(unsigned hart, uint64_t now, uint64_t pc);
void trace_end(unsigned hart, uint64_t now, const char *why);

void shake(void);

#endif
