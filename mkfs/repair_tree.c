// Directories made consistent, and a place found for what they do not lead
// to: see repair.h.
//
// The walk goes down from the root, and later from what goes to lost+found;
// each inode but files with several names is reached once.  All blocks have
// one owner by then, so entries can be changed in place.
#include <stdio.h>
#include <string.h>
#include "kernel/types.h"
#include "kernel/stat.h"
#include "repair.h"

#define SLOTS_PER_BLOCK (BSIZE / sizeof(struct dirent))
#define LINK_MAX	32767 // what the disk's 16 bits hold

// A directory's entry, and where it is.
struct slot {
	uchar *at;
	uint inum;
	char name[DIRSIZ + 1];
};

static uint
slots_in(const struct repair *r, uint dir)
{
	struct dinode d;

	image_inode_read(r->img, dir, &d);
	return d.size / sizeof(struct dirent);
}

static struct slot
slot_of(const struct repair *r, uint dir, uint i)
{
	struct slot s = {0};
	struct dinode d;
	uint bno;

	image_inode_read(r->img, dir, &d);
	bno = image_inode_block(r->img, &d, i / SLOTS_PER_BLOCK);
	s.at = image_block(r->img, bno) +
	       i % SLOTS_PER_BLOCK * sizeof(struct dirent);
	s.inum = image_get16(s.at);
	memcpy(s.name, s.at + 2, DIRSIZ);
	return s;
}

static void
set_slot(struct slot *s, uint inum, const char *name)
{
	memset(s->at, 0, sizeof(struct dirent));
	image_put16(s->at, inum);
	memcpy(s->at + 2, name, strnlen(name, DIRSIZ));
}

static short
type_of(const struct repair *r, uint inum)
{
	struct dinode d;

	image_inode_read(r->img, inum, &d);
	return d.type;
}

// Name, with what a terminal might obey replaced.
static const char *
shown(struct slot *s)
{
	for (char *c = s->name; *c; c++)
		if (*c < 32 || *c > 126)
			*c = '?';
	return s->name;
}

static bool
names(const struct repair *r, uint dir, uint inum)
{
	for (uint i = 2; i < slots_in(r, dir); i++)
		if (slot_of(r, dir, i).inum == inum)
			return true;
	return false;
}

// Directory inum is in another directory than dir, by its own account and by
// that one's.
static bool
belongs_elsewhere(const struct repair *r, uint dir, uint inum)
{
	uint up = slot_of(r, inum, 1).inum;

	return up != dir && up != inum && up > 0 && up < r->img->sb.ninodes &&
	       type_of(r, up) == T_DIR && names(r, up, inum);
}

static bool
name_is_taken(const struct repair *r, uint dir, uint end, const char *name)
{
	for (uint i = 0; i < end; i++) {
		struct slot s = slot_of(r, dir, i);

		if (s.inum != 0 && strcmp(s.name, name) == 0)
			return true;
	}
	return false;
}

// Why slot i cannot stay, or NULL.
static const char *
objection(const struct repair *r, uint dir, uint i, const struct slot *s)
{
	if (!*s->name || strchr(s->name, '/') || !strcmp(s->name, ".") ||
	    !strcmp(s->name, ".."))
		return "the name cannot be";
	if (s->inum >= r->img->sb.ninodes || type_of(r, s->inum) == 0)
		return "there is no such inode";
	if (r->links[s->inum] == LINK_MAX)
		return "the inode has too many names";
	if (name_is_taken(r, dir, i, s->name))
		return "the name is there already";
	if (type_of(r, s->inum) == T_DIR &&
	    (r->parent[s->inum] || belongs_elsewhere(r, dir, s->inum)))
		return "the directory is elsewhere";
	return NULL;
}

// An entry of dir leads to the inode.
static void
reach(struct repair *r, uint dir, uint inum)
{
	r->links[inum]++;
	if (r->parent[inum])
		return;
	r->parent[inum] = dir;
	if (type_of(r, inum) == T_DIR)
		r->pending[r->npending++] = inum;
}

static void
mend_dots(struct repair *r, uint dir)
{
	static const char *const dots[] = {".", ".."};
	const uint target[] = {dir, r->parent[dir]};

	for (uint i = 0; i < 2; i++) {
		struct slot s = slot_of(r, dir, i);

		if (s.inum == target[i] && strcmp(s.name, dots[i]) == 0)
			continue;
		repaired("directory %u: '%s' to inode %u is '%s' to inode %u",
			 dir, shown(&s), s.inum, dots[i], target[i]);
		set_slot(&s, target[i], dots[i]);
	}
	r->links[target[1]]++;
}

static void
mend_directory(struct repair *r, uint dir)
{
	uint n = slots_in(r, dir);

	if (n < 2)
		return; // no block was left for it
	mend_dots(r, dir);
	for (uint i = 2; i < n; i++) {
		struct slot s = slot_of(r, dir, i);
		const char *why;

		if (s.inum == 0)
			continue;
		why = objection(r, dir, i, &s);
		if (!why) {
			reach(r, dir, s.inum);
			continue;
		}
		repaired("directory %u: '%s' to inode %u dropped: %s", dir,
			 shown(&s), s.inum, why);
		set_slot(&s, 0, "");
	}
}

static void
walk(struct repair *r)
{
	while (r->walked < r->npending)
		mend_directory(r, r->pending[r->walked++]);
}

// --- what was not reached ---

// Makes room for one more entry at the end.
static bool
extend(struct repair *r, uint dir)
{
	struct dinode d;
	uint k, bno;

	image_inode_read(r->img, dir, &d);
	k = d.size / BSIZE;
	if (k >= MAXFILE)
		return false;
	if (d.size % BSIZE == 0 && image_inode_block(r->img, &d, k) == 0) {
		if (k >= NDIRECT && d.addrs[NDIRECT] == 0)
			d.addrs[NDIRECT] = repair_block_new(r, dir);
		if (k >= NDIRECT && d.addrs[NDIRECT] == 0)
			return false;
		bno = repair_block_new(r, dir);
		if (bno == 0)
			return false;
		if (k < NDIRECT)
			d.addrs[k] = bno;
		else
			image_put32(image_block(r->img, d.addrs[NDIRECT]) +
					4 * (k - NDIRECT),
				    bno);
	}
	d.size += sizeof(struct dirent);
	image_inode_write(r->img, dir, &d);
	return true;
}

static bool
enter(struct repair *r, uint dir, const char *name, uint inum)
{
	uint n = slots_in(r, dir), i = 2;
	struct slot s;

	if (n < 2)
		return false; // a directory for which no block was left
	while (i < n && slot_of(r, dir, i).inum != 0)
		i++;
	if (i >= n && !extend(r, dir))
		return false;
	s = slot_of(r, dir, i);
	set_slot(&s, inum, name);
	reach(r, dir, inum);
	return true;
}

// A name that dir does not have: stem, or stem with a number.
static bool
choose_name(const struct repair *r, uint dir, char name[DIRSIZ + 1],
	    const char *stem)
{
	snprintf(name, DIRSIZ + 1, "%s", stem);
	for (int n = 2; n < 100; n++) {
		if (!name_is_taken(r, dir, slots_in(r, dir), name))
			return true;
		snprintf(name, DIRSIZ + 1, "%s.%d", stem, n);
	}
	return false;
}

static uint
find_lost(const struct repair *r)
{
	for (uint i = 2; i < slots_in(r, ROOTINO); i++) {
		struct slot s = slot_of(r, ROOTINO, i);

		if (s.inum != 0 && strcmp(s.name, "lost+found") == 0)
			return type_of(r, s.inum) == T_DIR ? s.inum : 0;
	}
	return 0;
}

static uint
make_lost(struct repair *r)
{
	struct dinode d = {.type = T_DIR};
	char name[DIRSIZ + 1];
	uint inum = ROOTINO;
	struct slot s;

	while (inum < r->img->sb.ninodes && type_of(r, inum) != 0)
		inum++;
	if (inum == r->img->sb.ninodes ||
	    !choose_name(r, ROOTINO, name, "lost+found"))
		return 0;
	d.addrs[0] = repair_block_new(r, inum);
	if (d.addrs[0] == 0)
		return 0;
	d.size = 2 * sizeof(struct dirent);
	image_inode_write(r->img, inum, &d);
	s = slot_of(r, inum, 0);
	set_slot(&s, inum, ".");
	s = slot_of(r, inum, 1);
	set_slot(&s, ROOTINO, "..");
	if (enter(r, ROOTINO, name, inum)) {
		repaired("directory %u: made as /%s", inum, name);
		walk(r);
		return inum;
	}
	r->owner[d.addrs[0]] = 0;
	memset(&d, 0, sizeof(d));
	image_inode_write(r->img, inum, &d);
	return 0;
}

// Where no directory can be had for them, they go to the root itself.
static uint
lost_directory(struct repair *r)
{
	if (r->lost == 0)
		r->lost = find_lost(r);
	if (r->lost == 0)
		r->lost = make_lost(r);
	if (r->lost == 0)
		r->lost = ROOTINO;
	return r->lost;
}

static int
save(struct repair *r, uint inum)
{
	uint dir = lost_directory(r);
	char name[DIRSIZ + 1], stem[20];

	snprintf(stem, sizeof(stem), "inode-%u", inum);
	if (!choose_name(r, dir, name, stem) || !enter(r, dir, name, inum)) {
		printf("inode %u: not reached, and no room to enter it\n",
		       inum);
		return -1;
	}
	repaired("inode %u: entered in directory %u as %s", inum, dir, name);
	walk(r);
	return 0;
}

static bool
unreached(const struct repair *r, uint inum)
{
	return r->parent[inum] == 0 && type_of(r, inum) != 0;
}

static void
free_worthless(struct repair *r)
{
	struct dinode d;

	for (uint inum = 1; inum < r->img->sb.ninodes; inum++) {
		image_inode_read(r->img, inum, &d);
		if (!unreached(r, inum) ||
		    (d.nlink != 0 && (d.type != T_FILE || d.size != 0)))
			continue;
		repaired("inode %u: freed, %s", inum,
			 d.nlink ? "an empty file" : "unlinked while open");
		memset(&d, 0, sizeof(d));
		image_inode_write(r->img, inum, &d);
		for (uint bno = 0; bno < r->img->sb.size; bno++)
			if (r->owner[bno] == inum)
				r->owner[bno] = 0;
	}
}

// Some other directory that was not reached leads to directory inum.
static bool
is_below_another(const struct repair *r, uint inum)
{
	for (uint dir = 1; dir < r->img->sb.ninodes; dir++)
		if (dir != inum && unreached(r, dir) &&
		    type_of(r, dir) == T_DIR && names(r, dir, inum))
			return true;
	return false;
}

static int
save_directories(struct repair *r, bool topmost)
{
	for (uint inum = 1; inum < r->img->sb.ninodes; inum++)
		if (unreached(r, inum) && type_of(r, inum) == T_DIR &&
		    !(topmost && is_below_another(r, inum)) &&
		    save(r, inum) < 0)
			return -1;
	return 0;
}

int
repair_tree(struct repair *r)
{
	r->parent[ROOTINO] = ROOTINO;
	r->pending[r->npending++] = ROOTINO;
	walk(r);
	free_worthless(r);
	// What is left behind the first round leads round in a circle.
	if (save_directories(r, true) < 0 || save_directories(r, false) < 0)
		return -1;
	for (uint inum = 1; inum < r->img->sb.ninodes; inum++)
		if (unreached(r, inum) && save(r, inum) < 0)
			return -1;
	return 0;
}
