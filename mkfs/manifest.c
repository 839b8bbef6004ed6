// The tree of an image's contents: see manifest.h.
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "kernel/types.h"
#include "kernel/fs.h"
#include "fail.h"
#include "hostdir.h"
#include "manifest.h"

#define ENTRY_BYTES sizeof(struct dirent)
#define FILE_BYTES  (MAXFILE * BSIZE)

static struct entry *
entry_new(const char *name, enum entry_kind kind)
{
	struct entry *e = calloc(1, sizeof(*e));

	if (!e)
		fail("out of memory");
	strncpy(e->name, name, DIRSIZ);
	e->kind = kind;
	if (kind == ENTRY_DIRECTORY)
		e->size = 2 * ENTRY_BYTES; // . and ..
	return e;
}

struct entry *
manifest_new(void)
{
	return entry_new("", ENTRY_DIRECTORY);
}

// Where name is linked, or belongs.
static struct entry **
find_slot(struct entry *dir, const char *name)
{
	struct entry **slot = &dir->children;

	while (*slot && strcmp((*slot)->name, name) < 0)
		slot = &(*slot)->next;
	return slot;
}

static void
insert_entry(struct entry *dir, struct entry **slot, struct entry *e)
{
	if (dir->size + ENTRY_BYTES > FILE_BYTES)
		fail("directory of %s: more than %zu names", e->name,
		     FILE_BYTES / ENTRY_BYTES);
	dir->size += ENTRY_BYTES;
	e->next = *slot;
	*slot = e;
}

static void
check_name(const char *name, const char *path)
{
	if (strlen(name) > DIRSIZ)
		fail("%s: name longer than %d bytes: %s", path, DIRSIZ, name);
	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		fail("%s: %s cannot be a name in an image", path, name);
}

static struct entry *
enter_directory(struct entry *dir, const char *name, const char *path)
{
	struct entry **slot;

	check_name(name, path);
	slot = find_slot(dir, name);
	if (!*slot || strcmp((*slot)->name, name) != 0)
		insert_entry(dir, slot, entry_new(name, ENTRY_DIRECTORY));
	if ((*slot)->kind != ENTRY_DIRECTORY)
		fail("%s: %s is not a directory", path, name);
	return *slot;
}

static struct entry *
enter_leaf(struct entry *dir, const char *name, enum entry_kind kind,
	   const char *path)
{
	struct entry **slot;

	check_name(name, path);
	slot = find_slot(dir, name);
	if (*slot && strcmp((*slot)->name, name) == 0)
		fail("%s: given twice", path);
	insert_entry(dir, slot, entry_new(name, kind));
	return *slot;
}

// Makes the directories that path leads through, and a leaf at its end.
static struct entry *
enter_path(struct entry *dir, const char *path, enum entry_kind kind)
{
	char *copy = strdup(path), *rest = copy, *name, *later;
	struct entry *leaf;

	if (!copy)
		fail("out of memory");
	name = strtok_r(rest, "/", &later);
	if (!name || path[strlen(path) - 1] == '/')
		fail("'%s': not the path of a file", path);
	while ((rest = strtok_r(NULL, "/", &later))) {
		dir = enter_directory(dir, name, path);
		name = rest;
	}
	leaf = enter_leaf(dir, name, kind, path);
	free(copy);
	return leaf;
}

static void
set_source(struct entry *e, const char *source)
{
	struct stat st;

	if (stat(source, &st) < 0)
		fail("%s: %s", source, strerror(errno));
	if (!S_ISREG(st.st_mode))
		fail("%s: not a regular file", source);
	if (st.st_size > (off_t)FILE_BYTES)
		fail("%s: %lld bytes, a file holds at most %zu", source,
		     (long long)st.st_size, FILE_BYTES);
	e->size = st.st_size;
	e->source = strdup(source);
	if (!e->source)
		fail("out of memory");
}

void
manifest_add_file(struct entry *root, const char *source, const char *path)
{
	set_source(enter_path(root, path, ENTRY_FILE), source);
}

void
manifest_add_device(struct entry *root, short major, short minor,
		    const char *path)
{
	struct entry *e = enter_path(root, path, ENTRY_DEVICE);

	e->major = major;
	e->minor = minor;
}

static char *
join(const char *dir, const char *name)
{
	size_t room = strlen(dir) + strlen(name) + 2;
	char *path = malloc(room);

	if (!path)
		fail("out of memory");
	strcpy(path, dir);
	strcat(path, "/");
	return strcat(path, name);
}

// Links are not followed to directories: they may lead in circles.
static bool
is_directory(const char *source)
{
	struct stat st;

	if (lstat(source, &st) < 0)
		fail("%s: %s", source, strerror(errno));
	return S_ISDIR(st.st_mode);
}

// A directory of the host and the one of the image that it fills.
struct pairing {
	struct entry *dir;
	const char *source;
};

static void
add_name(void *arg, const char *name)
{
	struct pairing *to = arg;
	char *path = join(to->source, name);

	if (is_directory(path)) {
		manifest_add_tree(enter_directory(to->dir, name, path), path);
	} else {
		set_source(enter_leaf(to->dir, name, ENTRY_FILE, path), path);
	}
	free(path);
}

void
manifest_add_tree(struct entry *root, const char *source)
{
	struct pairing to = {root, source};
	int error = hostdir_each(source, add_name, &to);

	if (error)
		fail("%s: %s", source, strerror(error));
}

void
manifest_measure(const struct entry *e, uint *blocks, uint *inodes)
{
	uint data = e->size / BSIZE + (e->size % BSIZE != 0);

	*inodes += 1;
	*blocks += data + (data > NDIRECT ? 1 : 0);
	for (const struct entry *c = e->children; c; c = c->next)
		manifest_measure(c, blocks, inodes);
}
