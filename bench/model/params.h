// The machine being modelled, and the plugin's own settings: key=value words
// from the command line over the profile's over the defaults.
#ifndef MODEL_PARAMS_H
#define MODEL_PARAMS_H

#include <stdbool.h>
#include <stdint.h>

#define MODEL_HARTS 64 // sharers of a line are a 64-bit mask

// All costs are in cycles of a hart, on top of the one that an instruction has.
//
//        name       default  least  what it is
#define MODEL_PARAMS(X)                                                        \
	X(hit, 0, 0, "access to a line this hart has")                         \
	X(miss, 30, 0, "line from memory or a shared cache")                   \
	X(transfer, 100, 0, "line from another hart of the same cluster")      \
	X(far, 100, 0, "line from a hart of another cluster")                  \
	X(cluster, 64, 1, "harts in a cluster")                                \
	X(device, 100, 0, "access to a device")                                \
	X(ipi, 100, 0, "from the store that interrupts to the end of wfi")     \
	X(pause, 20, 0, "the pause instruction")                               \
	X(slack, 400, 0, "how far a hart may run ahead of the next")           \
	X(top, 40, 0, "lines to report")                                       \
	X(shake, 0, 0, "seed of delays; 0: none")                              \
	X(trace_from, 0, 0, "turns of which the trace lists blocks")           \
	X(trace_to, 0, 0, "up to, excluded")

struct params {
#define X(name, value, least, what) uint64_t name;
	MODEL_PARAMS(X)
#undef X
	char profile[32];
};

extern struct params params; // constant once loaded

// Sets a parameter of that name; false with a message if there is none, or the
// value is no number or out of range.
bool params_set(const char *name, const char *value);

// Loads a machine out of a profile file; false with a message if it cannot.
bool params_load(const char *path, const char *profile);

// Files that the plugin writes.
struct params_files {
	const char *report;
	const char *trace; // NULL: none
};

// Takes the plugin's "key=value" words: report=FILE, trace=FILE, profiles=FILE,
// profile=NAME, and parameters, which override the profile's wherever they
// stand.  False with a message if one is wrong.
bool params_obey(int argc, char **argv, struct params_files *files);

// One line on the standard error, which names the model.
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
