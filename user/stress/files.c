// Files of which it is known what they hold, whenever the process that works
// on them is killed or the power is cut.
//
// Each slot has a directory of its own.  Its operations are numbered, and what
// number n does to which of the names f0... follows from seed, slot and n:
// it removes the name, or replaces what it has by content of version n:
//
//   write "tmp"; unlink the name; link "tmp" to it; unlink "tmp"
//
// So what is there, if calls are done whole and in order, is one of:
//
//   the model after n operations, tmp missing or beginning version n + 1
//   the same, but n + 1's name missing, tmp whole
//   the same, but n + 1's name and tmp whole, of version n + 1
//
// Whoever takes the slot over finds the least such n, which is at least what a
// sync before has put on the disk, and does n + 1 again.  A call that fails
// for want of memory or room is done again until it works.
//
// In COMMON everybody puts whole files under a few names that all share, and
// reads them: such a name has a whole file, whoever's, or none.

#include "user/stress/stress.h"

#define NFILES       6
#define COMMON_NAMES 4
#define TMP          "tmp"
#define PUBLISHED    "pub"

// How far a slot may have come behind the last content: by removals.
#define MOST_REMOVALS 64

// Looks again at what may only seem to be missing for want of memory.
#define PATIENCE 100 // ticks

static struct model {
	uint64 done;            // operations
	uint64 version[NFILES]; // 0: no such file
	bool resumed;           // the next one may have begun before
	bool written;           // and has its content in tmp
} model;

struct operation {
	uint file;
	bool removes;
};

// What is found of a slot; of a version 0 there is nothing.
struct survey {
	uint64 version[NFILES];
	uint64 tmp_version;
	enum content_state tmp;
};

// 0 is what a block without a file might hold.
static uint64
me(void)
{
	return self.slot + 1;
}

static struct operation
operation(uint64 n)
{
	uint64 state = mark(plan.seed ^ me() << 8, n);
	struct operation o;

	o.file = below(&state, NFILES);
	o.removes = below(&state, 4) == 0;
	return o;
}

static void
model_advance(struct model *m)
{
	struct operation o = operation(++m->done);

	m->version[o.file] = o.removes ? 0 : m->done;
}

static const char *
name_of(uint file)
{
	static char name[3] = "f0";

	name[1] = (char)('0' + file);
	return name;
}

// A call failed that will work when there is memory or room again.  Ends the
// process when time is over: the file is then in one of its states.
static void
try_later(void)
{
	tally(C_REFUSED);
	if (time_is_over()) {
		send_counts();
		exit(0);
	}
	sleep(1);
}

// --- taking a slot over ---

static enum content_state
patient_read(const char *name, uint64 *version)
{
	enum content_state s;

	while ((s = content_read(name, me(), version)) == CONTENT_UNREAD)
		sleep(1);
	return s;
}

static void
survey_take(struct survey *s)
{
	for (uint f = 0; f < NFILES; f++) {
		enum content_state c =
		    patient_read(name_of(f), &s->version[f]);

		if (c == CONTENT_NONE)
			s->version[f] = 0;
		else if (c != CONTENT_WHOLE)
			BROKEN("%s is not whole", name_of(f));
	}
	s->tmp = patient_read(TMP, &s->tmp_version);
}

// tmp holds what the operation behind the model is to put under its name.
static bool
has_written(const struct model *m, const struct survey *s)
{
	return !operation(m->done + 1).removes && s->tmp == CONTENT_WHOLE &&
	       s->tmp_version == m->done + 1;
}

static bool
explains(const struct model *m, const struct survey *s)
{
	struct operation o = operation(m->done + 1);
	bool begun = has_written(m, s);

	for (uint f = 0; f < NFILES; f++) {
		uint64 v = s->version[f];

		if (v == m->version[f])
			continue;
		if (f != o.file || !begun || (v != 0 && v != m->done + 1))
			return false;
	}
	if (s->tmp == CONTENT_NONE || begun)
		return true;
	return !o.removes && s->tmp == CONTENT_PARTIAL &&
	       (s->tmp_version == 0 || s->tmp_version == m->done + 1);
}

static void __attribute__((noreturn)) unexplained(const struct survey *s)
{
	for (uint f = 0; f < NFILES; f++)
		printf("stress: slot %u: f%u has version %lu\n", self.slot, f,
		    s->version[f]);
	BROKEN("no number of operations leaves this, with tmp %d of %lu",
	    s->tmp, s->tmp_version);
}

static void
model_find(void)
{
	struct survey s;
	uint64 last;

	survey_take(&s);
	last = s.tmp == CONTENT_NONE ? 0 : s.tmp_version;
	for (uint f = 0; f < NFILES; f++)
		if (s.version[f] > last)
			last = s.version[f];
	memset(&model, 0, sizeof(model));
	model.resumed = true;
	while (model.done + 1 < last || model.done < plan.synced[self.slot])
		model_advance(&model);
	last = model.done;
	while (!explains(&model, &s)) {
		if (model.done > last + MOST_REMOVALS)
			unexplained(&s);
		model_advance(&model);
	}
	model.written = has_written(&model, &s);
	if (model.done > 0)
		tally(C_RESUMED);
}

static void
enter_directory(void)
{
	char path[40];

	snprintf(path, sizeof(path), SCRATCH "/w%u", self.slot);
	while (chdir(path) < 0)
		if (mkdir(path) < 0)
			try_later();
}

static void
remove_surely(const char *name)
{
	struct stat st;

	while (unlink(name) < 0 && stat(name, &st) == 0)
		try_later();
}

void
files_start(void)
{
	enter_directory();
	model_find();
	// The name may be gone already: then this is all that explains it.
	if (!model.written)
		remove_surely(TMP);
	remove_surely(PUBLISHED);
}

// --- going on ---

static void
write_surely(const char *name, uint64 version)
{
	for (;;) {
		int fd = open(name, O_CREATE | O_WRONLY | O_TRUNC);

		if (fd >= 0) {
			bool all = content_write(fd, me(), version);

			close(fd);
			if (all)
				return;
		}
		remove_surely(name);
		try_later();
	}
}

static void
replace(const char *name, uint64 version, bool exists)
{
	if (!model.written)
		write_surely(TMP, version);
	if (exists || model.resumed)
		remove_surely(name);
	while (link(TMP, name) < 0)
		try_later();
	remove_surely(TMP);
	tally(C_FILES);
}

void
step_file(void)
{
	struct operation o = operation(model.done + 1);

	if (o.removes)
		remove_surely(name_of(o.file));
	else
		replace(name_of(o.file), model.done + 1,
		    model.version[o.file] != 0);
	model_advance(&model);
	model.resumed = model.written = false;
}

// The file that the model has under the name.
void
step_read_file(void)
{
	uint f = pick(NFILES);
	uint64 version = 0, want = model.version[f];

	for (int i = 0; i < PATIENCE; i++) {
		enum content_state s =
		    content_read(name_of(f), me(), &version);

		// The first operation may have been half done when a worker
		// was killed; this one has not done it again yet.
		if (model.resumed && f == operation(model.done + 1).file)
			return;
		if (s == CONTENT_WHOLE && version == want)
			return;
		if (s == CONTENT_NONE && want == 0)
			return;
		if (s == CONTENT_WHOLE || s == CONTENT_PARTIAL)
			BROKEN("%s has version %lu, state %d, not %lu",
			    name_of(f), version, s, want);
		try_later();
	}
	BROKEN("%s with version %lu cannot be read", name_of(f), want);
}

// --- the names that all share ---

static const char *
common_name(uint n)
{
	static char name[] = COMMON "/c0";

	name[sizeof(name) - 2] = (char)('0' + n);
	return name;
}

// Others do the same: of the calls on the name each may fail.
void
step_publish(void)
{
	const char *name = common_name(pick(COMMON_NAMES));

	write_surely(PUBLISHED, mix(&self.random) | 1);
	unlink(name);
	if (link(PUBLISHED, name) == 0)
		tally(C_FILES);
	remove_surely(PUBLISHED);
}

// Who watches the console knows from then on what a cut cannot take away.
void
step_sync(void)
{
	if (!plan.keep || pick(8) != 0)
		return;
	if (sync() == 0)
		printf("\n<synced %u %lu>\n", self.slot, model.done);
	else
		tally(C_REFUSED);
	tally(C_SYNCS);
}

void
step_read_common(void)
{
	const char *name = common_name(pick(COMMON_NAMES));

	if (content_read_any(name) == CONTENT_PARTIAL)
		BROKEN("%s is not whole", name);
}

void
common_check(void)
{
	for (uint n = 0; n < COMMON_NAMES; n++)
		if (content_read_any(common_name(n)) == CONTENT_PARTIAL)
			BROKEN("%s is not whole", common_name(n));
}

// --- the end ---

void
common_remove(void)
{
	for (uint n = 0; n < COMMON_NAMES; n++)
		remove_surely(common_name(n));
	remove_surely(COMMON);
}

// All of this slot, and its directory.
void
files_remove(void)
{
	char path[40];

	for (uint f = 0; f < NFILES; f++)
		remove_surely(name_of(f));
	remove_surely(TMP);
	remove_surely(PUBLISHED);
	chdir("/");
	snprintf(path, sizeof(path), SCRATCH "/w%u", self.slot);
	remove_surely(path);
}
