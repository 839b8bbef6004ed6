// The kinds of heap that sbrk gives (ABI): its second argument.
//
// Eager memory is there when the call returns.  Lazy memory appears when it is
// touched; asked for by this name it is a range of addresses and no promise,
// so that it may be far larger than memory, and the touch that finds none free
// is the program's end.  A caller of the older one-argument sbrk leaves
// anything in the register: that is lazy too, but refused at once if free
// memory could not back it, as such a caller expects; unless the heap would be
// larger than all memory, which only those do that mean addresses.
#ifndef DROVE_VM_H
#define DROVE_VM_H

#define SBRK_EAGER 1
#define SBRK_LAZY  2
#define SBRK_OLDER 0 // any other value

#endif
