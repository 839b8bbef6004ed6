// Host stand-in: all is in hart.h.
#include "proc/hart.h"
