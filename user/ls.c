// ls [path...]: one line "name type inode size" for each file, and for each
// entry of a directory.  Types are those of kernel/stat.h.

#include "kernel/types.h"
#include "kernel/stat.h"
#include "kernel/fcntl.h"
#include "kernel/fs.h"
#include "kernel/param.h"
#include "user/drove.h"

// A line shows the path's last part only.
static const char *
last_part(const char *path)
{
	const char *part = path;

	for (const char *s = path; *s != 0; s++) {
		if (s[0] == '/' && s[1] != 0 && s[1] != '/')
			part = s + 1;
	}
	return part;
}

static void
show(const char *path, const struct stat *st)
{
	printf("%-14s %d %d %ld\n", last_part(path), st->type, st->ino,
	    (long)st->size);
}

static int
complain(const char *what, const char *path)
{
	fprintf(2, "ls: cannot %s %s\n", what, path);
	return 1;
}

static int
list_directory(int fd, const char *dir)
{
	char path[MAXPATH];
	struct dirent entry;
	struct stat st;
	int failed = 0;

	while (read(fd, &entry, sizeof(entry)) == sizeof(entry)) {
		char name[DIRSIZ + 1] = {0};
		if (entry.inum == 0)
			continue;
		memmove(name, entry.name, DIRSIZ);
		if (snprintf(path, sizeof(path), "%s/%s", dir, name) >=
		    (int)sizeof(path)) {
			failed = complain("name (path too long)", name);
			continue;
		}
		if (stat(path, &st) < 0)
			failed = complain("stat", path);
		else
			show(path, &st);
	}
	return failed;
}

static int
list(const char *path)
{
	struct stat st;
	int failed = 0, fd = open(path, O_RDONLY);

	if (fd < 0)
		return complain("open", path);
	if (fstat(fd, &st) < 0)
		failed = complain("stat", path);
	else if (st.type == T_DIR)
		failed = list_directory(fd, path);
	else
		show(path, &st);
	close(fd);
	return failed;
}

int
main(int argc, char **argv)
{
	int failed = 0;

	if (argc < 2)
		return list(".");
	for (int i = 1; i < argc; i++)
		failed |= list(argv[i]);
	return failed;
}
