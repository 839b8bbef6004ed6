// Pipes.
#ifndef FS_PIPE_H
#define FS_PIPE_H

#include <stdbool.h>
#include "kernel/types.h"

struct pipe;

// An empty pipe with both ends open; NULL if memory is short.
struct pipe *pipe_new(void);

// Closes one end; the second call frees the pipe.
void pipe_close(struct pipe *p, bool writing_end);

// Moves up to n bytes to user memory as soon as there are any.  0 if there are
// none and will be none, -1 if killed or the memory is bad (no byte is lost).
int pipe_read(struct pipe *p, uint64 uaddr, int n);

// Moves all n bytes, sleeping while the pipe is full; other writers' bytes do
// not come in between.  -1 if nobody can read them or killed (bytes before may
// have been read).  At bad memory, the number moved before it, or -1 if none.
int pipe_write(struct pipe *p, uint64 uaddr, int n);

#endif
