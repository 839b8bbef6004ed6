// Pipes: every byte once and in order, ends that close, many at both ends.
#include "user/usertests/cases.h"

static int wires[2];

// Writes the test data in pieces of odd sizes.
static void
feed(long bytes)
{
	static char piece[3000];
	uint64 seed = bytes;

	close(wires[0]);
	for (int at = 0; at < bytes;) {
		int n = 1 + below(&seed, sizeof(piece) - 1);

		if (n > bytes - at)
			n = bytes - at;
		data_fill(piece, n, bytes, at);
		must_write(wires[1], piece, n);
		at += n;
	}
	close(wires[1]);
}

static void
drain(long bytes)
{
	static char piece[3000];
	uint64 seed = bytes + 1;
	int at = 0, n;

	while ((n = read(wires[0], piece,
	            1 + below(&seed, sizeof(piece) - 1))) > 0) {
		EXPECT(data_differs(piece, n, bytes, at) < 0,
		    "wrong bytes at %d", at);
		at += n;
	}
	EXPECT(
	    n == 0 && at == bytes, "%d bytes of %ld, then %d", at, bytes, n);
}

static void
pipe1(void)
{
	static const int sizes[] = {0, 1, 511, 512, 513, 5000, 60000};

	for (uint i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		int pid;

		EXPECT(pipe(wires) == 0, "no pipe");
		pid = spawn(feed, sizes[i]);
		close(wires[1]);
		drain(sizes[i]);
		close(wires[0]);
		EXPECT(reap(pid) == 0, "the writer failed");
	}
}

// The end of file comes when the last writer is gone, and not before.
static void
pipeends(void)
{
	char text[4];
	int twin;

	EXPECT(pipe(wires) == 0, "no pipe");
	EXPECT(write(wires[0], "x", 1) == -1, "wrote to the reading end");
	EXPECT(read(wires[1], text, 1) == -1, "read from the writing end");
	twin = dup(wires[1]);
	must_write(wires[1], "ab", 2);
	close(wires[1]);
	must_write(twin, "c", 1);
	close(twin);
	EXPECT(read(wires[0], text, 4) == 3, "read what is there");
	EXPECT(memcmp(text, "abc", 3) == 0, "the bytes");
	EXPECT(read(wires[0], text, 4) == 0, "no end");
	EXPECT(read(wires[0], text, 4) == 0, "no end, twice");
	close(wires[0]);

	EXPECT(pipe(wires) == 0, "no pipe");
	must_write(wires[1], "lost", 4);
	close(wires[0]);
	EXPECT(write(wires[1], "x", 1) == -1, "wrote to nobody");
	close(wires[1]);
}

// A writer that sleeps on a full pipe learns that the reader has gone.
static void
fill_up(long unused)
{
	static char much[3 * PGSIZE];
	int n;

	(void)unused;
	close(wires[0]);
	n = write(wires[1], much, sizeof(much));
	EXPECT(n < (int)sizeof(much), "wrote all of it to nobody");
	EXPECT(write(wires[1], much, 1) == -1, "wrote more to nobody");
}

static void
pipegone(void)
{
	char c;
	int pid;

	EXPECT(pipe(wires) == 0, "no pipe");
	pid = spawn(fill_up, 0);
	close(wires[1]);
	EXPECT(read(wires[0], &c, 1) == 1 && c == 0, "read");
	sleep(1); // the writer fills the pipe
	close(wires[0]);
	EXPECT(reap(pid) == 0, "the writer failed");
}

// Several writers and readers: each byte arrives once.
#define CROWD       4
#define CROWD_BYTES 6000

static int results[2];

static void
shout(long who)
{
	char piece[37];

	close(wires[0]);
	memset(piece, (int)who, sizeof(piece));
	for (int at = 0; at < CROWD_BYTES;) {
		int n = CROWD_BYTES - at;

		if (n > (int)sizeof(piece))
			n = sizeof(piece);
		must_write(wires[1], piece, n);
		at += n;
	}
}

static void
listen(long unused)
{
	char piece[50];
	int heard[CROWD] = {0}, n;

	(void)unused;
	close(wires[1]);
	while ((n = read(wires[0], piece, sizeof(piece))) > 0)
		for (int i = 0; i < n; i++) {
			uint who = piece[i];

			EXPECT(who < CROWD, "byte %x", who);
			heard[who]++;
		}
	EXPECT(n == 0, "read gave %d", n);
	must_write(results[1], heard, sizeof(heard));
}

static void
pipecrowd(void)
{
	int heard[CROWD], sum[CROWD] = {0};

	EXPECT(pipe(wires) == 0 && pipe(results) == 0, "no pipe");
	for (int i = 0; i < CROWD; i++) {
		spawn(shout, i);
		spawn(listen, i);
	}
	close(wires[0]);
	close(wires[1]);
	for (int i = 0; i < CROWD; i++) {
		EXPECT(read(results[0], heard, sizeof(heard)) == sizeof(heard),
		    "a listener failed");
		for (int j = 0; j < CROWD; j++)
			sum[j] += heard[j];
	}
	reap_all(2 * CROWD, 0);
	for (int i = 0; i < CROWD; i++)
		EXPECT(sum[i] == CROWD_BYTES, "%d bytes of %d", sum[i], i);
	close(results[0]);
	close(results[1]);
}

// Who is woken wakes the next, also if it is killed at the same time.  One
// hart: the woken do not run before they are killed.
#define QUEUE 6

static void
hear_end(long unused)
{
	char c;

	(void)unused;
	close(wires[1]);
	EXPECT(read(wires[0], &c, 1) == 0, "bytes that nobody wrote");
}

static void
end_under_kill(void (*body)(long), int end)
{
	int pid[QUEUE];

	EXPECT(pipe(wires) == 0, "no pipe");
	for (int i = 0; i < QUEUE; i++)
		pid[i] = spawn(body, 0);
	close(wires[!end]);
	sleep(1); // they wait
	close(wires[end]);
	for (int i = 0; i < QUEUE / 2; i++)
		EXPECT(kill(pid[i]) == 0, "kill");
	for (int i = 0; i < QUEUE; i++)
		EXPECT(wait(0) > 0, "no child");
}

static void
pipekilled(void)
{
	EXPECT(setaffinity(1) == 0, "setaffinity");
	end_under_kill(hear_end, 1);
	end_under_kill(fill_up, 0);
}

// A token goes round a ring of processes: every wake-up happens.
#define RING  6
#define TURNS 100

static int ring[RING][2];

static void
pass_on(long who)
{
	int count;

	for (int i = 0; i < TURNS; i++) {
		EXPECT(read(ring[who][0], &count, 4) == 4, "lost the token");
		EXPECT(
		    count == i * RING + who, "token %d in turn %d", count, i);
		count++;
		must_write(ring[(who + 1) % RING][1], &count, 4);
	}
}

static void
pipering(void)
{
	int count = 0;

	for (int i = 3; i < NOFILE; i++)
		close(i);
	for (int i = 0; i < RING; i++)
		EXPECT(pipe(ring[i]) == 0, "no pipe");
	for (int i = 0; i < RING; i++)
		spawn(pass_on, i);
	must_write(ring[0][1], &count, 4);
	reap_all(RING, 0);
	EXPECT(read(ring[0][0], &count, 4) == 4, "lost the token");
	EXPECT(count == RING * TURNS, "token %d at the end", count);
	for (int i = 3; i < NOFILE; i++)
		close(i);
}

const struct usertest pipe_tests[] = {
    {"pipe1", pipe1, 0},
    {"pipeends", pipeends, 0},
    {"pipegone", pipegone, 0},
    {"pipecrowd", pipecrowd, 0},
    {"pipekilled", pipekilled, NEEDS_HARTS},
    {"pipering", pipering, 0},
    {0, 0, 0},
};
