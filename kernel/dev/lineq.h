// Typed lines: the one being edited, and a queue of finished ones.
//
// A finished line is a record in a ring: two bytes of length, then the text
// with its newline.  An end-of-file key ends a line without adding a byte, so
// a record of length 0 is what a reader takes for end of file.  A reader who
// takes part of a record shortens it in place, by writing a new header in
// front of what is left.
//
// Invariants (positions run freely and are taken modulo the ring's size):
//   head <= tail <= head + LINEQ_RING
//   [head, tail) is a sequence of whole records
//   a byte is typed only while the line it makes is certain to fit the ring
//
// Pure data: the owner's lock protects all of it.
#ifndef DEV_LINEQ_H
#define DEV_LINEQ_H

#include <stdbool.h>
#include "kernel/types.h"

#define LINEQ_LINE   256  // a longer line is handed on in pieces
#define LINEQ_RING   2048 // a power of two
#define LINEQ_HEADER 2

struct lineq {
	uint32 head;           // start of the oldest record
	uint32 tail;           // end of the newest
	uint len;              // bytes in edit
	char edit[LINEQ_LINE]; // the line being typed
	char ring[LINEQ_RING];
};

// True if a byte may be typed.
bool lineq_has_room(const struct lineq *q);

// Adds c to the line being edited; a newline or a full line finishes it.
void lineq_type(struct lineq *q, char c);

// Takes back the last byte typed; -1 if the line is empty.
int lineq_erase(struct lineq *q);

// Ends the line as it is, empty or not.
void lineq_finish(struct lineq *q);

// True if there is a record to read.
bool lineq_ready(const struct lineq *q);

// Copies the first bytes, n at most, of the oldest record and returns their
// number: 0 for an empty record.  The queue must be ready.
uint lineq_peek(const struct lineq *q, char *to, uint n);

// Takes n bytes, no more than peek returned, off the oldest record.  An empty
// record goes as a whole.
void lineq_consume(struct lineq *q, uint n);

#endif
