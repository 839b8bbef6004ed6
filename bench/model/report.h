// The raw report: text, one record per line, key=value words; the scripts in
// this folder turn it into what people read.
#ifndef MODEL_REPORT_H
#define MODEL_REPORT_H

#include <stdbool.h>
#include <stdint.h>
#include "order.h"

extern unsigned report_harts; // of the machine

// Opens the file; false with a message if that fails.
bool report_open(const char *path, unsigned harts);

// The guest's struct model_map is at pa.
void report_map(uint64_t pa);

// The records of a closed region.  All harts stand still.
void report_region(const struct region *r);

// Closes the file; false if it lacks something.
bool report_close(void);

#endif
