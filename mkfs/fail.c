// How mkfs gives up: see fail.h.
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include "fail.h"
#include "image.h"

static const char *doomed;

void
fail_removes(const char *path)
{
	doomed = path;
}

void
fail(const char *fmt, ...)
{
	va_list ap;

	fputs("mkfs: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	if (doomed)
		image_discard(doomed);
	exit(1);
}
