// What a guest and the coherence model say to each other.
//
// A guest speaks with a marker: it stores a value into a mailbox, eight bytes of
// its own memory, and executes a HINT right behind that store:
//
//	sd   value, 0(mailbox)
//	slti x0, x0, MODEL_MARK(operation)
//
// The instruction set reserves SLTI with rd = x0 for custom hints (RISC-V
// unprivileged specification, chapter RV32I, "HINT instructions"): it does
// nothing, so that without a model a marker costs a store and a no-op, and the
// mailbox keeps the guest's value.  With one, the model reads the value from
// guest memory, obeys, and leaves its answer in the mailbox.
//
// Plain numbers only: this header is for C and assembler, guest and host.
#ifndef MODEL_ABI_H
#define MODEL_ABI_H

#define MODEL_MARK_FIRST   1232 // immediate of operation 0
#define MODEL_MARK(op)     (MODEL_MARK_FIRST + (op))

#define MODEL_PROTOCOL     1

// Operations: what the mailbox holds before -> after.
//
// HELLO: 0 -> MODEL_PROTOCOL if a model listens and can answer.
#define MODEL_HELLO        0

// BEGIN: participants (1..harts) -> 0.  Holds this hart until as many harts
// have come to a BEGIN; then a region is open, all their clocks agree, and its
// figures start from nothing.  In an open region (whose participants must all
// come again) the same: what came before was a warm-up of the caches.
#define MODEL_BEGIN        1

// END: operations this participant has done since BEGIN -> cycles it took.
// Holds this hart until all participants have come, which closes the region.
#define MODEL_END          2

// CLOCK: anything -> this hart's cycles since BEGIN; 0 outside regions.
#define MODEL_CLOCK        3

// MAP: physical address of a struct model_map (bench/model/map.h) -> 0.  A
// kernel's description of its objects, for the reports.
#define MODEL_MAP          4

// AWAIT: a device's progress -> 0.  A device takes the host's time, of which the
// model knows nothing: holds this hart, and with it everyone, until the device
// has come so far, so that its answer is there at the same modelled time always.
// Its interrupt may be on its way still: see INTERRUPT.
// Progress: the physical address of a 16-bit counter of what the device has
// done, which wraps round, and the number that it is to reach.
#define MODEL_AWAIT        5
#define MODEL_PROGRESS(pa, number) ((unsigned long)(number) << 48 | (pa))

// INTERRUPT: a hart's number -> 0.  A device has interrupted that hart on behalf of
// this one, at this one's time: returns when it is awake.
#define MODEL_INTERRUPT    6

// CYCLES: anything -> this hart's cycles since power-on.
#define MODEL_CYCLES       7

#define MODEL_OPERATIONS   8

#endif
