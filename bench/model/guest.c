// Finds guest RAM in this process.
//
// Plugin interfaces before version 4 have no way to read or write guest memory.
// But QEMU run with `-object memory-backend-memfd` maps it from a file of that
// name, and the plugin is in the same process: /proc/self/maps tells where.

#include <stdio.h>
#include <string.h>
#include "guest.h"

#define BACKEND "memfd:memory-backend-memfd"

static char *ram;
static uint64_t ram_size;

bool
guest_find_ram(void)
{
	FILE *f = fopen("/proc/self/maps", "r");
	char line[512];

	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		unsigned long start, end, offset;

		if (strstr(line, BACKEND) == NULL ||
		    sscanf(line, "%lx-%lx %*s %lx", &start, &end, &offset) != 3)
			continue;
		// Settings of parts (huge pages, dumps) split a mapping; the
		// parts stand behind each other.
		if (offset == 0)
			ram = (char *)start;
		if (ram != NULL && ram + offset == (char *)start)
			ram_size = offset + (end - start);
	}
	if (f != NULL)
		fclose(f);
	return ram != NULL;
}

uint64_t
guest_ram_size(void)
{
	return ram_size;
}

void *
guest_at(uint64_t pa, uint64_t size)
{
	if (pa < GUEST_RAM || size > ram_size ||
	    pa - GUEST_RAM > ram_size - size)
		return NULL;
	return ram + (pa - GUEST_RAM);
}
