// A program with a part in assembler beside it, as in the thread lab.
#include "kernel/types.h"
#include "kernel/stat.h"
#include "user/user.h"

struct place {
	uint64 ra, sp, s[12];
} here, there;

char stack[4096] __attribute__((aligned(16)));

void swap(struct place *save, struct place *load);

void
other(void)
{
	for (;;) {
		printf("uthread: there\n");
		swap(&there, &here);
	}
}

int
main(void)
{
	there.ra = (uint64)other;
	there.sp = (uint64)stack + sizeof(stack);
	swap(&here, &there);
	swap(&here, &there);
	printf("uthread: back\n");
	exit(0);
}
