// Markers: find the mailbox, do as it says, answer.

#include <stdlib.h>
#include <time.h>
#include "abi.h"
#include "guest.h"
#include "markers.h"
#include "order.h"
#include "report.h"
#include "trace.h"

// SLTI with rd = x0: opcode OP-IMM (0x13), funct3 2, rd in bits 7 to 11.
int
marker_operation(uint32_t encoding)
{
	unsigned immediate = encoding >> 20;

	if ((encoding & 0x7fff) != 0x2013 ||
	    (encoding >> 15 & 31) != 0 || // rs1
	    immediate < MODEL_MARK_FIRST ||
	    immediate >= MODEL_MARK(MODEL_OPERATIONS))
		return -1;
	return immediate - MODEL_MARK_FIRST;
}

static uint64_t
begin(unsigned hart, uint64_t participants, unsigned harts)
{
	if (participants < 1 || participants > harts) {
		complain("BEGIN of a region for %lu participants: the machine "
		         "has %u harts", participants, harts);
		_Exit(1);
	}
	order_begin(hart, participants);
	return 0;
}

// A device that takes longer than this is left to itself: a host's disk answers in
// a hundredth of that, however busy the host.
#define PATIENCE_MS  60000
#define POLL_NS      50000

static void
sleep_ns(long ns)
{
	nanosleep(&(struct timespec){.tv_nsec = ns}, NULL);
}

static void
await(uint64_t progress)
{
	uint16_t number = progress >> 48;
	uint16_t *counter =
	    guest_at(progress & ((1UL << 48) - 1), sizeof(*counter));

	if (counter == NULL)
		return;
	order_host_begin();
	shake();
	for (int i = 0; i < PATIENCE_MS * 1000000L / POLL_NS; i++) {
		uint16_t now = __atomic_load_n(counter, __ATOMIC_ACQUIRE);

		if ((int16_t)(now - number) >= 0)
			break;
		sleep_ns(POLL_NS);
	}
	order_host_end();
}

void
marker_obey(unsigned hart, unsigned operation, uint64_t mailbox)
{
	uint64_t *word = guest_at(mailbox, sizeof(*word));

	if (word == NULL)
		return;
	switch (operation) {
	case MODEL_HELLO:
		*word = MODEL_PROTOCOL;
		break;
	case MODEL_BEGIN:
		*word = begin(hart, *word, report_harts);
		break;
	case MODEL_END:
		*word = order_end(hart, *word);
		break;
	case MODEL_CLOCK:
		*word = order_elapsed(hart);
		break;
	case MODEL_MAP:
		report_map(*word);
		*word = 0;
		break;
	case MODEL_AWAIT:
		await(*word);
		*word = 0;
		break;
	case MODEL_INTERRUPT:
		if (*word != hart)
			order_interrupt(hart, *word);
		*word = 0;
		break;
	case MODEL_CYCLES:
		*word = clocks[hart].now;
		break;
	}
}
