// The entries of a directory: inode, kind, links, size and name.

#include "tests/compat/binary/foreign.h"

struct entry {
	unsigned short inode;
	char name[14];
};

static void
show(const struct entry *e)
{
	struct file_status st;
	char name[15] = {0};
	int fd;

	memcpy(name, e->name, sizeof(e->name));
	fd = open(name, OPEN_READ);
	if (fd < 0 || fstat(fd, &st) < 0) {
		say("ls: cannot open ");
		say(name);
		say("\n");
		return;
	}
	close(fd);
	say_number(st.inode);
	say(st.kind == 1 ? " d " : st.kind == 2 ? " f " : " v ");
	say_number(st.links);
	say(" ");
	say_number(st.size);
	say(" ");
	say(name);
	say("\n");
}

int
main(int argc, char **argv)
{
	struct entry e;
	int fd = open(".", OPEN_READ);

	CLAIM(argc == 1 && argv[1] == 0);
	CLAIM(fd >= 0);
	while (read(fd, &e, sizeof(e)) == (int)sizeof(e))
		if (e.inode)
			show(&e);
	return 0;
}
