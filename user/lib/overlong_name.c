// Names that the kernel would cut.
//
// It takes the first DIRSIZ bytes of each component of a path for the whole,
// which course programs count on.  A program that changes what a name stands
// for asks here first: the file of the shorter name may be another one.

#include "kernel/types.h"
#include "kernel/fs.h"
#include "user/drove.h"

int
overlong_name(const char *who, const char *path)
{
	uint length = 0;

	for (const char *s = path; *s != 0; s++) {
		length = *s == '/' ? 0 : length + 1;
		if (length > DIRSIZ) {
			fprintf(2, "%s: a name of more than %d bytes in %s\n",
			    who, DIRSIZ, path);
			return 1;
		}
	}
	return 0;
}
