// Frames of an image's read-only pages, shared by every process that forks
// from the one that executed it.  They are counted here, once, and mapped with
// PTE_UNCOUNTED, so that processes running the same program do not fight over
// the counts of its pages.  Segment lists hold the object; whoever has such a
// page mapped has a segment list that holds it.
#ifndef MM_TEXT_H
#define MM_TEXT_H

#include "kernel/types.h"

struct page;
struct text_frames;

void text_init(void);

// Takes over the caller's reference on pg.  *t is NULL at first.  Returns 0,
// or -1 if memory is short (the caller keeps the reference).
int text_add(struct text_frames **t, struct page *pg);

// References of segment lists; t may be NULL.  The last put frees the frames.
void text_get(struct text_frames *t);
void text_put(struct text_frames *t);

// For the audit: calls see for every frame of t that this audit round has not
// seen yet (the object is shared by lists).
void text_each(struct text_frames *t, uint64 round,
    void (*see)(struct page *pg));

#endif
