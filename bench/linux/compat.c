// user/lib/course.h on Linux: the benchmarks' calls of Drove, made to system calls
// of Linux one by one, without a C library, so that what is measured is the
// two kernels.  Errors are -1 as in Drove.
//
// Differences that benchmarks may see: exec'd programs have no environment, a
// status below -1 or above 127 does not survive exit, sbrk's memory is always
// lazy, and what only Drove has (kernel counters) does not exist.

#include "kernel/types.h"
#include "kernel/fcntl.h"
#include "kernel/stat.h"
#include "user/drove.h"
#include "bench/linux/compat.h"

#define LINUX_O_CREAT 0100
#define LINUX_O_TRUNC 01000
#define LINUX_SIGILL  4
#define LINUX_SIGKILL 9
#define LINUX_SIGCHLD 17
#define LINUX_RMDIR   0x200
#define NS_PER_TICK   100000000 // sleep's tick

struct linux_time {
	long seconds, ns;
};

struct linux_stat {
	uint64 dev, ino;
	uint mode, nlink, uid, gid;
	uint64 rdev, pad;
	long size;
	uint64 rest[16]; // more than there is
};

struct linux_sysinfo {
	long uptime;
	uint64 loads[3], total, free, shared, buffers;
	uint64 rest[16];
	// memory is in units of mem_unit, 1 on 64-bit machines
};

struct linux_names {
	char system[65], node[65], release[65], rest[3][65];
};

static int
checked(long result)
{
	return result < 0 ? -1 : (int)result;
}

// ---- Starting.

int main(int argc, char **argv);
int compat_start(int argc, char **argv);

// Linux may keep the instret CSR from programs.  Then reading it gives 0: the
// signal's frame has the registers (struct ucontext: pc and x1.. after 176
// bytes), and the instruction names the one to write.
static void
no_such_counter(int signal, void *info, void *context)
{
	uint64 *pc = (uint64 *)((char *)context + 176);
	uint instruction = *(uint *)pc[0];
	uint rd = instruction >> 7 & 31;

	(void)signal, (void)info;
	// csrr rd, csr, of one of the counters 0xc00..0xc1f
	if ((instruction & 0xfe0ff07f) != 0xc0002073)
		exit(-1);
	if (rd != 0)
		pc[rd] = 0;
	pc[0] += 4;
}

int
compat_start(int argc, char **argv)
{
	// Handler, flags SA_SIGINFO, mask.
	uint64 action[3] = {(uint64)no_such_counter, 4, 0};

	LINUX_CALL(rt_sigaction, LINUX_SIGILL, action, 0, sizeof(uint64));
	return main(argc, argv);
}

// ---- Processes.

int
fork(void)
{
	return checked(LINUX_CALL(clone, LINUX_SIGCHLD));
}

void
exit(int status)
{
	for (;;)
		LINUX_CALL(exit_group, status);
}

int
wait(int *status)
{
	int word = 0;
	long pid = LINUX_CALL(wait4, -1, &word);

	if (status && pid >= 0)
		*status = word & 0x7f ? -1 : (signed char)(word >> 8);
	return checked(pid);
}

int
kill(int pid)
{
	return checked(LINUX_CALL(kill, pid, LINUX_SIGKILL));
}

int
exec(const char *path, char **argv)
{
	char *environment[] = {0};

	return checked(LINUX_CALL(execve, path, argv, environment));
}

int
getpid(void)
{
	return checked(LINUX_CALL(getpid));
}

int
sleep(int ticks)
{
	struct linux_time time = {ticks / 10, ticks % 10 * NS_PER_TICK};

	return checked(LINUX_CALL(nanosleep, &time, 0));
}

int
pause(int ticks)
{
	return sleep(ticks);
}

int
uptime(void)
{
	struct linux_sysinfo info;

	if (LINUX_CALL(sysinfo, &info) < 0)
		return -1;
	return info.uptime * 10;
}

// ---- Harts.

// All harts as this process found them, before it or a parent chose one.
int
nharts(void)
{
	static int n;
	uint64 mask[16] = {0};

	if (n > 0)
		return n;
	if (LINUX_CALL(sched_getaffinity, 0, sizeof(mask), mask) < 0)
		return 1;
	for (uint i = 0; i < 16; i++) {
		for (uint64 bits = mask[i]; bits != 0; bits &= bits - 1)
			n++;
	}
	return n;
}

int
setaffinity(uint64 mask)
{
	if (mask == 0)
		mask = ~0UL;
	return checked(LINUX_CALL(sched_setaffinity, 0, sizeof(mask), &mask));
}

int
gethart(void)
{
	uint hart = 0;

	return LINUX_CALL(getcpu, &hart, 0, 0) < 0 ? -1 : (int)hart;
}

// ---- Memory.

char *
sys_sbrk(int bytes, int when)
{
	static uint64 end;
	uint64 wanted;

	(void)when;
	if (end == 0)
		end = LINUX_CALL(brk, 0);
	wanted = end + bytes;
	if ((uint64)LINUX_CALL(brk, wanted) != wanted)
		return SBRK_ERROR;
	end = wanted;
	return (char *)(end - bytes);
}

// ---- Files.

int
open(const char *path, int flags)
{
	int mode = flags & (O_WRONLY | O_RDWR);

	if (flags & O_CREATE)
		mode |= LINUX_O_CREAT;
	if (flags & O_TRUNC)
		mode |= LINUX_O_TRUNC;
	return checked(LINUX_CALL(openat, LINUX_AT_FDCWD, path, mode, 0644));
}

int
read(int fd, void *to, int n)
{
	return checked(LINUX_CALL(read, fd, to, n));
}

int
write(int fd, const void *from, int n)
{
	return checked(LINUX_CALL(write, fd, from, n));
}

int
close(int fd)
{
	return checked(LINUX_CALL(close, fd));
}

int
dup(int fd)
{
	return checked(LINUX_CALL(dup, fd));
}

int
pipe(int *fds)
{
	return checked(LINUX_CALL(pipe2, fds, 0));
}

int
fstat(int fd, struct stat *to)
{
	struct linux_stat st;
	uint type;

	if (LINUX_CALL(fstat, fd, &st) < 0)
		return -1;
	type = st.mode & 0170000;
	to->dev = st.dev;
	to->ino = st.ino;
	to->type = type == 0040000   ? T_DIR
	           : type == 0100000 ? T_FILE
	                             : T_DEVICE;
	to->nlink = st.nlink;
	to->size = st.size;
	return 0;
}

int
unlink(const char *path)
{
	if (LINUX_CALL(unlinkat, LINUX_AT_FDCWD, path, 0) >= 0)
		return 0;
	return checked(
	    LINUX_CALL(unlinkat, LINUX_AT_FDCWD, path, LINUX_RMDIR));
}

int
link(const char *from, const char *to)
{
	return checked(
	    LINUX_CALL(linkat, LINUX_AT_FDCWD, from, LINUX_AT_FDCWD, to));
}

int
mkdir(const char *path)
{
	return checked(LINUX_CALL(mkdirat, LINUX_AT_FDCWD, path, 0755));
}

int
chdir(const char *path)
{
	return checked(LINUX_CALL(chdir, path));
}

int
mknod(const char *path, short major, short minor)
{
	return checked(LINUX_CALL(
	    mknodat, LINUX_AT_FDCWD, path, 0020600, major << 8 | minor));
}

// ---- What Drove's library tells from its devices.

long
memstat_read(const char *name)
{
	struct linux_sysinfo info;

	if (LINUX_CALL(sysinfo, &info) < 0)
		return -1;
	if (strcmp(name, "free_pages") == 0)
		return info.free / 4096;
	if (strcmp(name, "total_pages") == 0)
		return info.total / 4096;
	return -1;
}

// "linux-6.12.107": of the release, what comes before the distribution's part.
int
variant_name(char *name, int size)
{
	struct linux_names names;
	uint end = 0;

	if (LINUX_CALL(uname, &names) < 0)
		return -1;
	while (strchr("0123456789.", names.release[end]) &&
	       names.release[end] != 0)
		end++;
	names.release[end] = 0;
	snprintf(name, size, "linux-%s", names.release);
	return 0;
}

// QEMU virt's, as its device tree says.
uint64
time_hz(void)
{
	uchar cells[8];
	uint64 hz = 0;
	int n,
	    fd = open("/proc/device-tree/cpus/timebase-frequency", O_RDONLY);

	n = fd < 0 ? 0 : read(fd, cells, sizeof(cells));
	close(fd);
	for (int i = 0; i < n; i++)
		hz = hz << 8 | cells[i];
	return hz > 0 ? hz : 10000000;
}

int
statistics(void *text, int size)
{
	(void)text, (void)size;
	return -1;
}
