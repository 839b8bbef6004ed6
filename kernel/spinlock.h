// For course programs that include this path ahead of kernel/file.h: they need
// nothing from it, and the kernel's own locks are in kernel/sync/.
#ifndef DROVE_ABI_SPINLOCK_H
#define DROVE_ABI_SPINLOCK_H

#endif
