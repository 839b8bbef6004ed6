// For the trap handler: the instructions that may fault on user memory all lie
// between ucopy_begin and ucopy_end; a fault that cannot be repaired goes on at
// ucopy_failed, which returns -1 to the caller of the routine.
#ifndef MM_UCOPY_TABLE_H
#define MM_UCOPY_TABLE_H

extern const char ucopy_begin[], ucopy_end[], ucopy_failed[];

// mm/ucopy.S; neither range crosses into the other half.  ucopy_bytes returns
// 0 or -1.  ucopy_string copies up to and with a 0, at most size bytes, and
// returns its length, size if there was no 0, or -1.
long ucopy_bytes(void *dst, const void *src, unsigned long n);
long ucopy_string(char *dst, const char *usrc, unsigned long size);

#endif
