// Every system call, through stubs that leave junk in the registers that a
// call does not use.

#include "tests/compat/binary/foreign.h"

static char text[] = "written by another library\n";

static void
check_files(void)
{
	struct file_status st;
	char back[64];
	int fd = open("cf", OPEN_CREATE | OPEN_EMPTY | OPEN_BOTH), two;

	CLAIM(fd >= 3);
	CLAIM(write(fd, text, length(text)) == length(text));
	CLAIM(close(fd) == 0 && close(fd) == -1);
	CLAIM(link("cf", "cg") == 0);
	fd = open("cg", OPEN_READ);
	CLAIM(fd >= 3 && (two = dup(fd)) == fd + 1);
	CLAIM(fstat(two, &st) == 0);
	CLAIM(st.kind == 2 && st.links == 2 && st.disk == 1);
	CLAIM(st.size == (word)length(text));
	CLAIM(read(fd, back, 8) == 8);
	CLAIM(read(two, back + 8, sizeof(back) - 8) == length(text) - 8);
	back[length(text)] = 0;
	CLAIM(same(back, text));
	CLAIM(close(fd) == 0 && close(two) == 0);
	CLAIM(unlink("cf") == 0 && open("cf", OPEN_READ) == -1);
	CLAIM(unlink("cg") == 0);
}

static void
check_directories(void)
{
	struct {
		unsigned short inode;
		char name[14];
	} entry;
	struct file_status st;
	int fd;

	CLAIM(mkdir("cd") == 0 && mkdir("cd") == -1);
	CLAIM(chdir("cd") == 0);
	fd = open(".", OPEN_READ);
	CLAIM(fd >= 0 && fstat(fd, &st) == 0 && st.kind == 1);
	CLAIM(read(fd, &entry, sizeof(entry)) == (int)sizeof(entry));
	CLAIM(entry.inode == st.inode && same(entry.name, "."));
	CLAIM(read(fd, &entry, sizeof(entry)) == (int)sizeof(entry));
	CLAIM(same(entry.name, ".."));
	CLAIM(open(".", OPEN_WRITE) == -1);
	CLAIM(mknod("dev", 1, 0) == 0);
	CLAIM(close(fd) == 0 && (fd = open("dev", OPEN_BOTH)) >= 0);
	CLAIM(fstat(fd, &st) == 0 && st.kind == 3);
	CLAIM(write(fd, "", 0) == 0 && close(fd) == 0);
	CLAIM(unlink("dev") == 0 && chdir("..") == 0 && unlink("cd") == 0);
}

static void
check_processes(void)
{
	int ends[2], pid, status = 5, began = uptime();
	char byte = 0;

	CLAIM(pipe(ends) == 0);
	pid = fork();
	CLAIM(pid >= 0);
	if (pid == 0) {
		close(ends[0]);
		write(ends[1], "p", 1);
		sleep(1000);
		exit(3);
	}
	CLAIM(close(ends[1]) == 0);
	CLAIM(read(ends[0], &byte, 1) == 1 && byte == 'p');
	CLAIM(kill(pid) == 0);
	CLAIM(wait(&status) == pid && status == -1);
	CLAIM(read(ends[0], &byte, 1) == 0 && close(ends[0]) == 0);
	CLAIM(wait(&status) == -1 && kill(pid) == -1);
	CLAIM(sleep(2) == 0 && uptime() - began >= 1);
	CLAIM(getpid() > 0 && getpid() != pid);
	CLAIM(exec("nothing", 0) == -1);
}

int
main(void)
{
	check_files();
	check_directories();
	check_processes();
	say("calls: ok\n");
	return 0;
}
