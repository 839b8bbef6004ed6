// The self-test guest of the coherence model: programs of a few instructions
// each, whose cost can be told on paper (expect.awk), run by 1 to 64 harts.
//
// One job after the other: hart 0 wakes the others, all run the job inside a
// region of the model, hart 0 prints.  Between jobs harts sleep.
#ifndef GUEST_H
#define GUEST_H

#define HARTS_MAX   64
#define STACK_SHIFT 12
#define LINE        64 // bytes

// Words that QEMU's loader device puts into RAM: how many harts take part, and
// a bit for each job that is to run, the first of the table being bit 0.
#define CONFIG_PA 0x81000000
// Nothing else uses what lies above: the lines that jobs walk over.
#define FIELD_PA 0x82000000

#define UART_PA  0x10000000
#define CLINT_PA 0x2000000 // four bytes for each hart: its software interrupt
#define TEST_PA  0x100000

#ifndef __ASSEMBLER__

#include "bench/model/abi.h"

#define ALIGNED __attribute__((aligned(LINE)))

// A word that shares its line with nothing.
struct ALIGNED word {
	volatile unsigned long value;
};

// What a hart knows of the job it runs.
struct ALIGNED hart {
	unsigned long id;
	unsigned long n;     // harts in the job
	int warm;            // 1: only to fill the caches, 0: measured
	unsigned long ops;   // that this hart has done
	unsigned long clock; // cycles that the model said they took
	unsigned long span;  // cycles to print instead, if not 0
};

struct job {
	const char *name;
	unsigned long together;     // harts come in groups of so many
	void (*run)(struct hart *); // sets ops
	unsigned long (*wrong)(unsigned long n, unsigned long ops);
	int lost; // only hart 0 comes to the end of the region
};

extern struct word mailbox[HARTS_MAX];

// The store and the hint stand side by side, whatever the compiler does.
#define MARK(hart, operation, argument)                                   \
	({                                                                \
		struct word *box = &mailbox[hart];                        \
		asm volatile(                                             \
		    "sd %0, 0(%1)\n\t"                                    \
		    "slti zero, zero, %2"                                 \
		    :                                                     \
		    : "r"(argument), "r"(box), "i"(MODEL_MARK(operation)) \
		    : "memory");                                          \
		box->value;                                               \
	})

extern const struct job jobs[];
extern const unsigned long n_jobs;

#endif
#endif
