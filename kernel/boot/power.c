// The SiFive test finisher (QEMU hw/misc/sifive_test): a store of 0x5555 ends
// the machine with success, status << 16 | 0x3333 with that status; 0x7777
// resets it.

#include "boot/power.h"
#include "boot/platform.h"
#include "mm/kmap.h"

#define FINISHER_FAIL  0x3333
#define FINISHER_PASS  0x5555
#define FINISHER_RESET 0x7777

// Without a finisher the hart stops, which is all it can do.
static void __attribute__((noreturn))
finish(uint32 how)
{
	if (platform.test_pa != 0) {
		volatile uint32 *finisher = pa_to_kva(platform.test_pa);

		*finisher = how;
	}
	for (;;)
		__asm__ volatile("wfi");
}

void
power_off(int status)
{
	finish(status == 0 ? FINISHER_PASS :
	                     (uint32)status << 16 | FINISHER_FAIL);
}

void
power_reset(void)
{
	finish(FINISHER_RESET);
}
