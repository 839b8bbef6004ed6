// The guest's memory, as the plugin sees it.
#ifndef MODEL_GUEST_H
#define MODEL_GUEST_H

#include <stdbool.h>
#include <stdint.h>

#define GUEST_RAM 0x80000000UL // of QEMU's virt machine

// Finds the memory; false if QEMU was not started with shared RAM.
bool guest_find_ram(void);

uint64_t guest_ram_size(void);

// Where the model can read and write size bytes at physical address pa; NULL
// if that is not all RAM.
void *guest_at(uint64_t pa, uint64_t size);

#endif
