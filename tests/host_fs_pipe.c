// Pipes, under many schedules.

#include "host_fs.h"
#include "host_stubs.h"

#include <string.h>

#include "fs/files.h"
#include "sys/syscall.h"

#define STREAM 60000

static void
make_pipe(int *rd, int *wr)
{
	int *fds = (int *)scratch();

	CHECK(sys_pipe((uint64)fds) == 0);
	*rd = fds[0];
	*wr = fds[1];
}

static int pipe_rd, pipe_wr;

static void
stream_writer(void *arg)
{
	uchar buf[8192];

	(void)arg;
	t_close(pipe_rd);
	for (uint at = 0; at < STREAM;) {
		uint n = host_random(2) ? 1 + host_random(10)
		                        : 1 + host_random(8192);

		if (n > STREAM - at)
			n = STREAM - at;
		for (uint i = 0; i < n; i++)
			buf[i] = pattern(9, at + i);
		CHECK(t_write(pipe_wr, buf, (int)n) == (int)n);
		at += n;
	}
	worker_ends();
}

static void
stream_reader(void *arg)
{
	uchar buf[8192];
	int got;
	uint at = 0;

	(void)arg;
	t_close(pipe_wr);
	do {
		int n = 1 + (int)host_random(8192);

		got = t_read(pipe_rd, buf, n);
		CHECK(got >= 0 && got <= n);
		for (int i = 0; i < got; i++)
			CHECK(buf[i] == pattern(9, at + (uint)i));
		at += (uint)got;
		if (host_random(10) == 0)
			CHECK(sys_read(pipe_rd, 64, 1) <= 0);
	} while (got > 0);
	CHECK(at == STREAM);
	worker_ends();
}

static void
pipe_part(void *arg)
{
	if (number_of(arg) == 0)
		stream_writer(arg);
	else
		stream_reader(arg);
}

static void
pipe_stream(void)
{
	long pages = host_live_pages();

	make_pipe(&pipe_rd, &pipe_wr);
	start_workers(2, pipe_part);
	t_close(pipe_rd);
	t_close(pipe_wr);
	host_join();
	CHECK(host_live_pages() == pages);
}

// Whole records of several writers, read by several readers piecemeal.
static uint pipe_count[256];

static void
record_part(void *arg)
{
	uint me = number_of(arg);
	uchar buf[5000];
	int got;

	memset(buf, (int)me, sizeof(buf));
	if (me < 3) {
		t_close(pipe_rd);
		for (int i = 0; i < 10; i++)
			CHECK(t_write(pipe_wr, buf, 5000) == 5000);
	} else {
		t_close(pipe_wr);
		while ((got = t_read(pipe_rd, buf, 500)) > 0)
			for (int i = 0; i < got; i++)
				pipe_count[buf[i]]++;
		CHECK(got == 0);
	}
	worker_ends();
}

static void
pipe_records(void)
{
	make_pipe(&pipe_rd, &pipe_wr);
	start_workers(5, record_part);
	t_close(pipe_wr);
	host_join();
	for (int i = 0; i < 3; i++)
		CHECK(pipe_count[i] == 50000);
	t_close(pipe_rd);
}

static int sleeper_result, sleeper_got;

static void
sleeper(void *arg)
{
	uchar buf[5000];

	memset(buf, 0, sizeof(buf));
	if (number_of(arg) == 0)
		sleeper_result = t_read(pipe_rd, buf, 1);
	else
		sleeper_result = t_write(pipe_wr, buf, 5000);
	worker_ends();
}

// Starts a process that waits at one end, and gives it time to do so.
static struct proc *
start_sleeper(bool reads)
{
	static uint ends[2] = {0, 1};
	struct proc *p;

	make_pipe(&pipe_rd, &pipe_wr);
	p = host_spawn(sleeper, &ends[reads ? 0 : 1]);
	p->files = files_share(current()->files);
	sleeper_result = -2;
	for (int i = 0; i < 300; i++)
		host_yield();
	CHECK(sleeper_result == -2);
	return p;
}

static void
close_pipe(void)
{
	t_close(pipe_rd);
	t_close(pipe_wr);
}

// What ends a wait: the other end's bytes, room or closing, or kill.
static void
pipe_ends(void)
{
	start_sleeper(true);
	CHECK(t_write(pipe_wr, "x", 1) == 1);
	host_join();
	CHECK(sleeper_result == 1);
	close_pipe();

	start_sleeper(false);
	for (int n = 0; n < 5000; n += sleeper_got)
		CHECK((sleeper_got = t_read(pipe_rd, scratch(), 100)) > 0);
	host_join();
	CHECK(sleeper_result == 5000);
	close_pipe();

	for (int i = 0; i < 2; i++) {
		host_kill(start_sleeper(i == 0));
		host_join();
		CHECK(sleeper_result == -1);
		close_pipe();
	}
	make_pipe(&pipe_rd, &pipe_wr);
	t_close(pipe_rd);
	CHECK(t_write(pipe_wr, "x", 1) == -1);
	t_close(pipe_wr);
	make_pipe(&pipe_rd, &pipe_wr);
	CHECK(t_write(pipe_wr, "xy", 2) == 2 && t_close(pipe_wr) == 0);
	CHECK(sys_read(pipe_rd, 64, 2) == -1); // no byte is lost
	CHECK(t_read(pipe_rd, scratch(), 5) == 2);
	CHECK(t_read(pipe_rd, scratch(), 5) == 0);
	CHECK(sys_fstat(pipe_rd, (uint64)scratch()) == -1);
	CHECK(t_close(pipe_rd) == 0);
}

void
pipe_tests(void)
{
	many_seeds("pipe: one stream", pipe_stream);
	many_seeds("pipe: records", pipe_records);
	many_seeds("pipe: ends", pipe_ends);
}
