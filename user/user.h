// System calls and library, for programs.  A course's header of this name may
// stand in its place.
#include "user/lib/course.h"
