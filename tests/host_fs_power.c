// kernel/fs on a disk with a volatile cache, whose power is cut.
//
// A run is recorded: every write with its data, every flush, and what the
// calls have promised meanwhile.  Then disks are made as a power cut may leave
// them, at each point of the recording: what was flushed is there; of what was
// not, each write is there, lost, or torn at a sector, in any order.  Each disk
// is mounted, checked, and compared with what was promised.
//
// The same with one kind of flush left out of the recording, or with a part of
// what the log's header tells not looked at, must find a disk that is wrong:
// each is needed, and the test sees it.

#include "host_fs.h"
#include "host_stubs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fs/fs.h"
#include "fs/logformat.h"
#include "kernel/fcntl.h"
#include "kernel/fs.h"

#define LOG_START 2 // block of the log's header, as make_disk makes it

static uint log_blocks = 30;
#define SECTORS(r) ((r)->len / 512)

// What is left out: a kind of flush, told by the write that was done before it,
// or the check of something.
enum { HEADER, HOMES, CLEAR, SUMS, SEAL, KINDS };

static const char *const kind_name[] = {
    "the flush behind the log", "the flush behind home blocks",
    "the flush behind a cleared header", "the check of sums",
    "the check of the seal"};

static uchar *initial;

// What body does to an empty disk.
static bool
record(uint seed, void (*body)(void))
{
	size_t n = 2000 * BSIZE;
	int status;

	make_disk(2000, 200, log_blocks);
	free(initial);
	initial = malloc(n);
	memcpy(initial, host_disk, n);
	host_seed(seed);
	host_record_start();
	status = boot(body);
	host_record_end();
	return status == 0 && host_record->n > 2 * NSTEPS;
}

static int
kind_of(const struct host_event *w)
{
	const union log_header *h = (const union log_header *)w->data;
	uint block = (uint)(w->sector / 2);

	if (block == LOG_START)
		return h->count == 0 ? CLEAR : h->sealed ? HOMES : HEADER;
	return block > LOG_START && block < LOG_START + log_blocks ? HEADER
	                                                         : HOMES;
}

// The kind of the flush that is event number at.
static int
flush_kind(uint at)
{
	for (uint i = at; i-- > 0;)
		if (host_record->event[i].what == HOST_WRITE)
			return kind_of(&host_record->event[i]);
	return KINDS;
}

// Writes before the event of this number are on stable storage at the cut.
static uint
stable_at(uint cut, int without)
{
	uint stable = 0;

	for (uint i = 0; i < cut; i++)
		if (host_record->event[i].what == HOST_FLUSH &&
		    host_record->event[i].since > stable &&
		    flush_kind(i) != without)
			stable = host_record->event[i].since;
	return stable;
}

static void
apply(const struct host_event *w, uint from, uint n)
{
	memcpy(host_disk + (w->sector + from) * 512, w->data + from * 512,
	    n * 512);
}

// A write that was not flushed: gone, there, or a part of it.
static void
apply_maybe(const struct host_event *w)
{
	uint n = SECTORS(w);

	switch (host_random(3)) {
	case 0:
		apply(w, 0, n);
		break;
	case 1:
		if (host_random(2))
			apply(w, 0, host_random(n + 1));
		else
			for (uint i = 0; i < n; i++)
				apply(w, i, host_random(2));
	}
}

// Whether the write may have begun to reach the disk at the cut.
static bool
in_reach(const struct host_event *e, uint i, uint cut)
{
	return e->what == HOST_WRITE && (i < cut || e->since < cut);
}

enum { ALL_LOST, ALL_KEPT, MIXED }; // and more of these

static void
make_state(uint cut, uint variant, int without)
{
	uint stable = stable_at(cut, without), n = 0;
	const struct host_event *loose[HOST_MAX_EVENTS];

	memcpy(host_disk, initial, (size_t)host_disk_blocks * BSIZE);
	for (uint i = 0; i < host_record->n; i++) {
		const struct host_event *e = &host_record->event[i];

		if (!in_reach(e, i, cut))
			continue;
		if (i < stable || (variant == ALL_KEPT && i < cut))
			apply(e, 0, SECTORS(e));
		else if (variant >= MIXED)
			loose[n++] = e;
	}
	while (n > 0) { // in any order
		uint i = host_random(n);

		apply_maybe(loose[i]);
		loose[i] = loose[--n];
	}
}

// The log as a kernel sees it that does not look at the sums, or at the seal.
static void
blind(int without)
{
	union log_header *h = (union log_header *)(host_disk + LOG_START * BSIZE);

	if (!log_signed(h) || h->count == 0)
		return;
	if (without == SUMS) {
		h->sealed = 0;
		log_record(h, 0, 0, h->count, h + 1);
	}
	if (without == SEAL)
		h->sealed = 0;
	log_sign(h);
}

// Other kernels refuse the disk, or have room for the log.
static bool
safe_for_others(void)
{
	const struct superblock *sb =
	    (const struct superblock *)(host_disk + BSIZE);
	const uint *count = (const uint *)(host_disk + LOG_START * BSIZE);

	return sb->magic == LONG_LOG_MAGIC || *count <= LOG_COMMON;
}

static void
just_mount(void)
{
}

// Promises at the cut: the last marks of both kinds before it, per process.
static uint
promised(uint cut, enum host_what what, uint who)
{
	uint value = 0;

	for (uint i = 0; i < cut; i++)
		if (host_record->event[i].what == what &&
		    host_record->event[i].who == who)
			value = host_record->event[i].value;
	return value;
}

// What is looked at in a state: by the first process behind the mount, and on
// the disk afterwards.
struct judge {
	void (*body)(void);
	bool (*disk)(void);
};

static uint judged_cut;
static bool judged_power; // was cut; else only the kernel has ended

// One state.  If it is wrong, says so unless something was left out.
static bool
try_state(uint cut, uint variant, int without, const struct judge *judge)
{
	host_seed(cut * 31 + variant);
	make_state(cut, variant, without);
	blind(without);
	if (without < 0 && !safe_for_others()) {
		printf("event %u of %u, variant %u: a long log unmarked\n",
		    cut, host_record->n, variant);
		return false;
	}
	judged_cut = cut;
	judged_power = variant != ALL_KEPT;
	if (boot(judge->body) == 0 &&
	    (without < 0 ? disk_is_sound() : disk_verdict() == 0) &&
	    judge->disk())
		return true;
	if (without < 0)
		printf("event %u of %u, variant %u: wrong\n", cut,
		    host_record->n, variant);
	return false;
}

// Every cut point, or each stride-th.
static bool
all_cuts(uint stride, uint variants, const struct judge *judge)
{
	bool ok = true;

	for (uint cut = 1; ok && cut <= host_record->n; cut += stride)
		for (uint v = 0; ok && v < variants; v++)
			ok = try_state(cut, v, -1, judge);
	return ok;
}

// Some wrong state is found when that is left out.
static bool
kind_is_needed(int kind, const struct judge *judge)
{
	for (uint v = MIXED; v < 40; v++)
		for (uint cut = 1 + v % 3; cut <= host_record->n; cut += 3)
			if (!try_state(cut, v, kind, judge))
				return true;
	return false;
}

// --- one process ---

static void
steps_with_syncs(void)
{
	for (uint i = 0; i < NSTEPS; i++) {
		take_step(i);
		host_mark(HOST_DONE, 0, i + 1);
		if (i % 6 == 2)
			host_rest();
		if (i % 6 != 5)
			continue;
		CHECK(fs_sync() == 0);
		host_mark(HOST_SYNCED, 0, i + 1);
	}
}

static void
steps_alone(void)
{
	for (uint i = 0; i < NSTEPS; i++) {
		take_step(i);
		host_mark(HOST_DONE, 0, i + 1);
	}
	host_rest();
}

// The disk is as after some of the steps: all that were synced, or, if the
// disk lost nothing, all that had returned; and at most one that had not.
static bool
disk_fits_steps(void)
{
	enum host_what what = judged_power ? HOST_SYNCED : HOST_DONE;
	uint least = promised(judged_cut, what, 0);
	uint most = promised(judged_cut, HOST_DONE, 0) + 1;
	uint64 found = disk_signature();

	if (*(const uint *)(host_disk + BSIZE) != FSMAGIC)
		return false;
	for (uint i = least; i <= most && i <= NSTEPS; i++)
		if (found == step_signature[i])
			return true;
	return false;
}

static const struct judge steps_judge = {just_mount, disk_fits_steps};

// --- several processes ---

#define LETTERS     1500 // bytes of a process's file, all equal
#define UNLINKED_AT 3    // number after which the file is removed

static void
writer(void *arg)
{
	uint me = number_of(arg);
	uchar buf[LETTERS];
	char name[8];

	snprintf(name, sizeof(name), "w%u", me);
	for (uint i = 1; i <= 6; i++) {
		int fd = t_open(name, O_CREATE | O_RDWR);

		memset(buf, (int)i, LETTERS);
		CHECK(t_write(fd, buf, LETTERS) == LETTERS);
		host_mark(HOST_DONE, me, i);
		t_close(fd);
		if (host_random(3) == 0) {
			CHECK(fs_sync() == 0);
			host_mark(HOST_SYNCED, me, i);
		}
		if (i == UNLINKED_AT)
			t_unlink(name);
	}
	worker_ends();
}

static void
writers(void)
{
	run_workers(4, writer);
}

// What is in a file was written by one call, and is not older than promised.
static void
look_at_writers(void)
{
	enum host_what what = judged_power ? HOST_SYNCED : HOST_DONE;
	uchar buf[LETTERS];
	char name[8];

	for (uint me = 0; me < 4; me++) {
		uint least = promised(judged_cut, what, me);
		int fd, n;

		snprintf(name, sizeof(name), "w%u", me);
		fd = t_open(name, O_RDONLY);
		CHECK(fd >= 0 || least <= UNLINKED_AT);
		if (fd < 0)
			continue;
		n = t_read(fd, buf, LETTERS);
		CHECK(n == LETTERS || (n == 0 && least <= UNLINKED_AT));
		for (int i = 1; i < n; i++)
			CHECK(buf[i] == buf[0]);
		CHECK(n == 0 || buf[0] >= least);
		t_close(fd);
	}
}

static bool
any_disk(void)
{
	return true;
}

static const struct judge writers_judge = {look_at_writers, any_disk};

void
power_tests(void)
{
	char name[60];

	verdict("power cuts at every event",
	    rehearse() && record(2, steps_with_syncs) && all_cuts(1, 2 + scaled(1), &steps_judge));
	for (int kind = 0; kind < KINDS; kind++) {
		snprintf(name, sizeof(name), "%s is needed", kind_name[kind]);
		verdict(name, kind_is_needed(kind, &steps_judge));
	}
	log_blocks = 121;
	verdict("power cuts at every event, long log",
	    record(3, steps_alone) && all_cuts(1, 2 + scaled(1), &steps_judge));
	log_blocks = 30;
	for (uint seed = 1; seed <= scaled(2); seed++) {
		snprintf(name, sizeof(name), "power cuts among writers, %u",
		    seed);
		verdict(name, record(seed, writers) &&
		    all_cuts(3, 2 + scaled(1), &writers_judge));
	}
}
