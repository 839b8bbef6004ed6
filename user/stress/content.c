// What a file holds, so that its bytes tell whose they are: the words
//
//   writer | version | marks of (writer, version, index)
//
// as many as writer and version say.  Every prefix of a file can thus be
// checked, and no block of another file can pass for one of this.

#include "user/stress/stress.h"

#define SMALL_WORDS (2 * BSIZE / sizeof(uint64))
// More than the direct blocks hold.
#define LARGE_WORDS ((NDIRECT + 2) * BSIZE / sizeof(uint64))

#define CHUNK (2 * BSIZE / sizeof(uint64)) // words, of one call at most

static uint64 chunk[CHUNK];

static uint64
key(uint64 who, uint64 version)
{
	return mark(plan.seed + who, version);
}

uint
content_words(uint64 who, uint64 version)
{
	uint64 state = key(who, version);
	uint most = below(&state, 4) ? SMALL_WORDS : LARGE_WORDS;

	return 2 + below(&state, most - 2);
}

static uint64
content_word(uint64 who, uint64 version, uint i)
{
	if (i < 2)
		return i == 0 ? who : version;
	return mark(key(who, version), i);
}

bool
content_write(int fd, uint64 who, uint64 version)
{
	uint n = content_words(who, version), k;

	for (uint i = 0; i < n; i += k) {
		k = 1 + pick(CHUNK);
		if (k > n - i)
			k = n - i;
		for (uint j = 0; j < k; j++)
			chunk[j] = content_word(who, version, i + j);
		if (write(fd, chunk, (int)(k * 8)) != (int)(k * 8))
			return false;
	}
	return true;
}

// Adds to *have, in bytes, what the words from there on are and should be.
static void
compare(const char *name, uint64 *head, uint have, uint bytes)
{
	for (uint i = 0; i < (bytes + 7) / 8; i++) {
		uint at = have / 8 + i;
		uint n = bytes - i * 8 < 8 ? bytes - i * 8 : 8;
		uint64 want;

		if (at < 2)
			memmove(&head[at], &chunk[i], (int)n);
		want = content_word(head[0], head[1], at);
		if (memcmp(&chunk[i], &want, n) != 0)
			BROKEN("%s: byte %u on: %lx, not %lx", name, at * 8,
			    chunk[i], want);
	}
}

// All of it, into head and length.
static bool
read_through(int fd, const char *name, uint64 head[2], uint *length)
{
	uint bytes = 0;
	int n;

	head[0] = head[1] = *length = 0;
	do {
		n = read(
		    fd, (char *)chunk + bytes, (int)(sizeof(chunk) - bytes));
		if (n > 0)
			bytes += (uint)n;
		if (n > 0 && bytes < sizeof(chunk))
			continue;
		compare(name, head, *length, bytes);
		*length += bytes;
		bytes = 0;
	} while (n > 0);
	return n == 0;
}

static enum content_state
look(const char *name, uint64 head[2])
{
	uint length;
	struct stat st;
	bool all;
	int fd = open(name, O_RDONLY);

	if (fd < 0)
		return stat(name, &st) < 0 ? CONTENT_NONE : CONTENT_UNREAD;
	all = read_through(fd, name, head, &length);
	close(fd);
	if (!all)
		return CONTENT_UNREAD;
	tally(C_READS);
	if (length < 16)
		return CONTENT_PARTIAL;
	if (length > content_words(head[0], head[1]) * 8)
		BROKEN("%s: %u bytes, too long", name, length);
	return length == content_words(head[0], head[1]) * 8 ? CONTENT_WHOLE
	                                                     : CONTENT_PARTIAL;
}

enum content_state
content_read(const char *name, uint64 who, uint64 *version)
{
	uint64 head[2] = {0, 0};
	enum content_state s = look(name, head);

	if (s != CONTENT_NONE && s != CONTENT_UNREAD && head[0] != 0 &&
	    head[1] != 0 && head[0] != who)
		BROKEN("%s: is %lx's, not %lx's", name, head[0], who);
	*version = head[1];
	return s;
}

enum content_state
content_read_any(const char *name)
{
	uint64 head[2];

	return look(name, head);
}
