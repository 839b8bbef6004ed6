// Markers for C in a guest: see abi.h.
#ifndef MODEL_MARK_H
#define MODEL_MARK_H

#include "bench/model/abi.h"

// One marker; its value is the model's answer, or `value` if there is no model.
#define model_mark(operation, value)                                          \
	({                                                                    \
		volatile unsigned long mailbox = (value);                     \
		__asm__ volatile("sd %1, 0(%0)\n\tslti x0, x0, %2"            \
		    :                                                         \
		    : "r"(&mailbox), "r"(mailbox), "i"(MODEL_MARK(operation)) \
		    : "memory");                                              \
		mailbox;                                                      \
	})

#endif
