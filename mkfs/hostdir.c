// Listing host directories: see hostdir.h.
#include <dirent.h>
#include <errno.h>
#include <string.h>
#include "hostdir.h"

int
hostdir_each(const char *dir, void (*found)(void *arg, const char *name),
	     void *arg)
{
	DIR *d = opendir(dir);
	struct dirent *at;
	int error;

	if (!d)
		return errno;
	for (;;) {
		errno = 0; // readdir tells its end from an error by this
		at = readdir(d);
		if (!at)
			break;
		if (strcmp(at->d_name, ".") && strcmp(at->d_name, ".."))
			found(arg, at->d_name);
	}
	error = errno;
	closedir(d);
	return error;
}
