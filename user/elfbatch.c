// elfbatch [directory]: executes every file of a directory (/elf) and expects
// that nothing but those programs suffers.
//
// Two workers per hart share the files, and go through them twice: the first
// time fills the kernel's caches as far as that goes, the second may take no
// page more.  A file whose name begins with r must
// be refused; others may also run, die, or run on until they are killed. Every
// now and then, and in the end, a program that is not damaged must work.
// The kernel's audit must be clean in the end.
//
// The last line is `ELFBATCH OK ...` with the counts, or `ELFBATCH FAILED`.

#include <stdbool.h>

#include "kernel/types.h"
#include "kernel/fs.h"
#include "kernel/fcntl.h"
#include "kernel/stat.h"
#include "user/drove.h"
#include "user/lib/run.h"

#define GOOD        "/elfgood"
#define GOOD_SAYS   "elfgood 2055\n"
#define GOOD_EVERY  16 // files
#define PATIENCE    10 // ticks of 100 ms
#define MAX_FILES   1024
#define MAX_WORKERS 8  // a descriptor each
#define PAGE_SLACK  8  // slabs fill a little differently each time

enum outcome { REFUSED, ENDED, DIED, STOPPED, NOUTCOMES };

struct result {
	int count[NOUTCOMES];
	int failures;
};

static char names[MAX_FILES][DIRSIZ + 1];
static int nnames;

static int
list(const char *directory)
{
	struct dirent e;
	int fd = open(directory, O_RDONLY);

	if (fd < 0 || chdir(directory) < 0) {
		fprintf(2, "elfbatch: cannot use %s\n", directory);
		return -1;
	}
	while (nnames < MAX_FILES && read(fd, &e, sizeof(e)) == sizeof(e)) {
		if (e.inum == 0 || e.name[0] == '.')
			continue;
		memmove(names[nnames++], e.name, DIRSIZ);
	}
	close(fd);
	return 0;
}

// In a child whose descriptor 3 is told if exec comes back.
static void __attribute__((noreturn))
become(const char *path, int out)
{
	char *argv[] = {"damaged", 0};

	for (int fd = 0; fd < 3; fd++) {
		close(fd);
		dup(out);
	}
	exec(path, argv);
	write(3, "r", 1);
	exit(0);
}

// A child that kills pid when its time is over.
static int
start_dog(int pid)
{
	int dog = fork();

	if (dog == 0) {
		sleep(PATIENCE);
		exit(kill(pid) < 0 ? 1 : 0);
	}
	return dog;
}

// Waits for the program, which the dog may end.  Its status; *stopped is the
// dog's doing.
static int
await(int pid, int dog, int *stopped)
{
	int status = -1, s, got;

	*stopped = 0;
	while ((got = wait(&s)) != pid && got >= 0)
		*stopped = 1;
	status = s;
	if (!*stopped) {
		kill(dog);
		wait(0);
	}
	return status;
}

// Descriptors 0..2 are the console's and all others closed, so that the pipe
// gets 3 and 4.
static enum outcome
try(const char *path)
{
	int ends[2], null, pid, status, stopped;
	char c;

	if (pipe(ends) < 0 || ends[0] != 3)
		exit(1);
	pid = fork();
	if (pid == 0) {
		close(ends[0]);
		dup(ends[1]);
		close(ends[1]);
		null = open("/dev/null", O_RDWR);
		become(path, null);
	}
	close(ends[1]);
	status = pid < 0 ? -1 : await(pid, start_dog(pid), &stopped);
	if (pid < 0 || read(ends[0], &c, 1) == 1) {
		close(ends[0]);
		return REFUSED;
	}
	close(ends[0]);
	if (stopped)
		return STOPPED;
	return status == -1 ? DIED : ENDED;
}

// The program that is not damaged does its work.
static int
good_works(void)
{
	char *argv[] = {GOOD, 0}, text[40];
	int ends[2], n, pid, got = 0, status = -1;

	if (pipe(ends) < 0)
		return 0;
	pid = fork();
	if (pid == 0) {
		close(1);
		dup(ends[1]);
		close(ends[0]);
		close(ends[1]);
		exec(GOOD, argv);
		exit(1);
	}
	close(ends[1]);
	while (got < (int)sizeof(text) - 1 &&
	       (n = read(ends[0], text + got, sizeof(text) - 1 - got)) > 0)
		got += n;
	text[got] = 0;
	close(ends[0]);
	if (wait(&status) == pid && status == 0 &&
	    strcmp(text, GOOD_SAYS) == 0)
		return 1;
	printf("elfbatch: " GOOD " ends with %d and says: %s\n", status, text);
	return 0;
}

static void __attribute__((noreturn))
work(int first, int step, int to)
{
	struct result r;

	memset(&r, 0, sizeof(r));
	for (int i = first, n = 0; i < nnames; i += step, n++) {
		enum outcome o = try(names[i]);

		r.count[o]++;
		if (names[i][0] == 'r' && o != REFUSED) {
			printf("elfbatch: %s was not refused\n", names[i]);
			r.failures++;
		}
		if (n % GOOD_EVERY == 0 && !good_works())
			r.failures++;
	}
	write(to, &r, sizeof(r));
	exit(0);
}

static void
add(struct result *sum, const struct result *r)
{
	for (int o = 0; o < NOUTCOMES; o++)
		sum->count[o] += r->count[o];
	sum->failures += r->failures;
}

// The workers' pipe is at 14 and 15 and leaves the low descriptors to them.
static int
start_worker(int first, int step)
{
	int ends[2], pid;

	if (pipe(ends) < 0)
		return -1;
	pid = fork();
	if (pid == 0) {
		while (dup(ends[1]) >= 0)
			;
		for (int fd = 3; fd < 15; fd++)
			close(fd);
		work(first, step, 15);
	}
	close(ends[1]);
	return pid < 0 ? -1 : ends[0];
}

static void
run_all(int n, struct result *sum)
{
	int from[MAX_WORKERS];
	struct result r;

	memset(sum, 0, sizeof(*sum));
	for (int i = 0; i < n; i++)
		from[i] = start_worker(i, n);
	for (int i = 0; i < n; i++) {
		if (from[i] >= 0 &&
		    read(from[i], &r, sizeof(r)) == sizeof(r)) {
			add(sum, &r);
		} else {
			printf("elfbatch: worker %d has died\n", i);
			sum->failures++;
		}
		close(from[i]);
		wait(0);
	}
}

static long
free_pages(void)
{
	tell_device("elfbatch", "/dev/memstat", "shrink");
	return memstat_read("free_pages");
}

static int
pages_are_back(long before)
{
	long now = free_pages();

	for (int i = 0; i < 20 && now < before - PAGE_SLACK; i++) {
		sleep(1);
		now = free_pages();
	}
	if (now >= before - PAGE_SLACK)
		return 1;
	printf("elfbatch: %ld of %ld pages are lost\n", before - now, before);
	return 0;
}

int
main(int argc, char **argv)
{
	int workers = 2 * nharts();
	struct result first, second;
	long before;
	bool ok;

	if (list(argc > 1 ? argv[1] : "/elf") < 0)
		return 1;
	if (workers > MAX_WORKERS)
		workers = MAX_WORKERS;
	run_all(workers, &first);
	before = free_pages();
	run_all(workers, &second);
	ok = first.failures == 0 && second.failures == 0 && good_works() &&
	     pages_are_back(before) && nnames > 0 &&
	     tell_device("elfbatch", "/dev/memstat", "audit") == 0;
	if (ok)
		printf("ELFBATCH OK files=%d refused=%d ended=%d died=%d "
		       "stopped=%d\n",
		    nnames, second.count[REFUSED], second.count[ENDED],
		    second.count[DIED], second.count[STOPPED]);
	else
		printf("ELFBATCH FAILED\n");
	return !ok;
}
