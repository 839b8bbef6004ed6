// In the style of the older generation: sbrk with one argument, sleep, main
// that never returns, addresses compared with ~0.
#include "kernel/param.h"
#include "kernel/types.h"
#include "kernel/stat.h"
#include "user/user.h"
#include "kernel/fs.h"
#include "kernel/fcntl.h"
#include "kernel/syscall.h"
#include "kernel/memlayout.h"
#include "kernel/riscv.h"

char buf[8192]; // neither static nor initialised, as they are there

void
oops(char *what)
{
	printf("old: %s failed\n", what);
	exit(1);
}

void
heap(void)
{
	char *start, *more;
	uint64 top;
	int i;

	start = sbrk(0);
	more = sbrk(3 * PGSIZE);
	if (more == (char *)0xffffffffffffffffL || more != start)
		oops("sbrk");
	top = (uint64)sbrk(0);
	if (top != (uint64)more + 3 * PGSIZE)
		oops("sbrk(0)");
	for (i = 0; i < 3 * PGSIZE; i++)
		if (*(more + i) != 0)
			oops("zeroes");
	memset(more, 'a', PGSIZE);
	if (sbrk(-(PGROUNDUP(3 * PGSIZE))) != (char *)top)
		oops("shrink");
	// Memory has an end.
	for (i = 0; i < 127 && sbrk(1024 * 1024) != (char *)-1; i++)
		;
	if (i == 127)
		oops("too much");
	if ((uint64)sbrk(-i * 1024 * 1024) == -1L)
		oops("giving it back");
	more = malloc(5000);
	if (more == 0)
		oops("malloc");
	strcpy(more, "in the heap");
	if (strcmp(more, "in the heap") || strlen(more) != 11)
		oops("strings");
	free(more);
}

// Does a touch of this address kill?
void
forbidden(uint64 a)
{
	int pid, xstatus;

	pid = fork();
	if (pid < 0)
		oops("fork");
	if (pid == 0) {
		printf("old: %p holds %x\n", a, *(char *)a);
		exit(0);
	}
	wait(&xstatus);
	if (xstatus != -1)
		oops("a kernel address");
}

void
addresses(void)
{
	uint64 a, sp = r_sp();

	for (a = KERNBASE; a < PHYSTOP; a += 50000000)
		forbidden(a);
	forbidden(MAXVA);
	forbidden(TRAPFRAME);
	forbidden(TRAMPOLINE);
	forbidden(PGROUNDDOWN(sp) - USERSTACK * PGSIZE);
	if (sp >= (uint64)sbrk(0) || PGROUNDUP(sp) < sp)
		oops("stack");
}

void
files(void)
{
	struct dirent de;
	struct stat st;
	char name[DIRSIZ + 1];
	int fd, seen;

	mkdir("oldd");
	fd = open("oldd/file", O_CREATE | O_RDWR);
	if (fd < 0)
		oops("create");
	if (write(fd, buf, sizeof(buf)) != sizeof(buf))
		oops("write");
	close(fd);
	if (stat("oldd/file", &st) < 0 || st.type != T_FILE ||
	    st.size != sizeof(buf) || st.nlink != 1 || st.dev != ROOTDEV)
		oops("stat");
	if ((fd = open("oldd", 0)) < 0)
		oops("open directory");
	seen = 0;
	while (read(fd, &de, sizeof(de)) == sizeof(de)) {
		if (de.inum == 0)
			continue;
		memmove(name, de.name, DIRSIZ);
		name[DIRSIZ] = 0;
		if (strcmp(name, "file") == 0 && de.inum == st.ino)
			seen++;
	}
	close(fd);
	if (seen != 1)
		oops("directory");
	if (open("oldd/file", O_WRONLY | O_TRUNC) < 0 || unlink("oldd") == 0)
		oops("truncate");
	unlink("oldd/file");
	if (unlink("oldd") < 0)
		oops("unlink");
}

void
processes(void)
{
	char *argv[] = {"echo", "old:", "echo", 0};
	int fds[2], pid, n, xst = 7;

	if (pipe(fds) < 0)
		oops("pipe");
	pid = fork();
	if (pid == 0) {
		close(1);
		dup(fds[1]);
		close(fds[0]);
		close(fds[1]);
		exec("echo", argv);
		exit(1);
	}
	close(fds[1]);
	n = read(fds[0], buf, sizeof(buf));
	buf[n > 0 ? n : 0] = 0;
	close(fds[0]);
	if (wait(&xst) != pid || xst != 0 || strcmp(buf, "old: echo\n") != 0)
		oops("echo");
	if (sleep(1) < 0 || uptime() < 1)
		oops("sleep");
	if (wait((int *)0) != -1 || wait(0) != -1)
		oops("wait");
	pid = fork();
	if (pid == 0)
		for (;;)
			;
	kill(pid);
	wait(&xst);
	if (xst != -1)
		oops("kill");
	pid = fork();
	if (pid == 0) {
		read(0, buf, 1); // the console; nobody types
		exit(0);
	}
	sleep(1);
	kill(pid);
	wait(&xst);
	if (xst != -1)
		oops("kill of a reader of the console");
}

int
main(int argc, char *argv[])
{
	uint64 big = 0x123456789abcdefL;

	heap();
	addresses();
	files();
	processes();
	// Formats of then: %p takes any 64 bits, %l stands alone.
	printf("old: %d %x %s %c %% %p %l\n", -7, 48879, "str", 'c', big, 5L);
	fprintf(1, "old: %d arguments, last %s, %d\n", argc, argv[argc - 1],
	    atoi("42x"));
	exit(0);
}
