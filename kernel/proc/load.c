// Loading an ELF image into a new address space.
//
// Only pages with file contents get frames; the rest of a segment (bss) is
// zero-filled on touch like any other memory.  Segments may begin and end
// inside a page and share one with their neighbour: that page gets both's
// rights.  They must ascend, and lie in the part of user memory that leaves
// room for stack and heap; everything else in the file is checked before use.

#include "proc/load.h"
#include "fs/fs.h"
#include "kernel/riscv.h"
#include "lib/string.h"
#include "mm/cow.h"
#include "mm/kmap.h"
#include "mm/page.h"
#include "mm/pte.h"
#include "mm/text.h"
#include "proc/elf.h"
#include "proc/sched.h"

#define IMAGE_MAX     (MAXVA / 2) // highest address an image may use
#define MAX_PHEADERS  64

static uint8
prot_of(const struct elf_segment *s)
{
	uint8 prot = PTE_R; // Sv39 has no useful page without it

	if (s->flags & PF_W)
		prot |= PTE_W;
	if (s->flags & PF_X)
		prot |= PTE_X;
	return prot;
}

// The frame for the page at va, made and mapped if there is none.  Pages that
// cannot be written are held by the text object, not by each mapping, where the
// variant wants that.
static struct page *
image_page(struct aspace *as, uint64 va, uint8 prot)
{
	bool text = !(prot & PTE_W) && cow_text_uncounted();
	pte_t *e = pt_make(as->root, va);
	struct page *pg;

	if (e == NULL)
		return NULL;
	if (*e & PTE_V) {
		*e |= prot & ~((*e & PTE_UNCOUNTED) ? PTE_W : 0);
		return pa_to_page(pte_pa(*e));
	}
	pg = page_alloc(PK_IMAGE);
	if (pg == NULL)
		return NULL;
	page_zero(page_to_kva(pg));
	if (text && text_add(&as->segs->text, pg) < 0) {
		page_free(pg);
		return NULL;
	}
	*e = pte_make(page_to_pa(pg), prot | PTE_U | PTE_V | PTE_AD |
	    (text ? PTE_UNCOUNTED : 0));
	return pg;
}

// Reads a segment's file contents into its pages.
static int
read_contents(struct aspace *as, struct inode *ip, const struct elf_segment *s)
{
	uint64 done = 0;

	while (done < s->filesz) {
		uint64 va = s->vaddr + done;
		uint64 in_page = va % PGSIZE;
		uint64 n = PGSIZE - in_page;
		struct segment *seg = segment_find(as->segs, va);
		struct page *pg;

		if (n > s->filesz - done)
			n = s->filesz - done;
		pg = image_page(as, PGROUNDDOWN(va), seg->prot);
		if (pg == NULL)
			return -1;
		if (inode_read(ip, (char *)page_to_kva(pg) + in_page,
		        s->offset + done, n) != (int)n)
			return -1;
		done += n;
		preempt_point();
	}
	return 0;
}

// Enters the segment's pages, of which the first may be the last one's last.
static int
add_segment(struct aspace *as, const struct elf_segment *s)
{
	struct segment_list *l = as->segs;
	struct segment *last = l->n > 0 ? &l->seg[l->n - 1] : NULL;
	struct segment new = {.start = PGROUNDDOWN(s->vaddr),
	    .end = PGROUNDUP(s->vaddr + s->memsz), .prot = prot_of(s),
	    .kind = SEG_IMAGE};

	if (last != NULL && new.start < last->end) {
		struct segment shared = {.start = new.start,
		    .end = last->end, .prot = last->prot | new.prot,
		    .kind = SEG_IMAGE};

		if (shared.end - shared.start != PGSIZE)
			return -1;
		last->end = shared.start;
		if (last->start == last->end)
			l->n--;
		if (segment_add(l, shared) < 0)
			return -1;
		new.start = shared.end;
		if (new.start >= new.end)
			return 0;
	}
	return segment_add(l, new);
}

static bool
segment_sane(const struct elf_segment *s, uint64 previous_end)
{
	return s->memsz >= s->filesz && s->vaddr >= previous_end &&
	    s->vaddr <= IMAGE_MAX && s->memsz <= IMAGE_MAX - s->vaddr &&
	    s->offset <= 1UL << 40 && s->filesz <= 1UL << 40;
}

static bool
header_sane(const struct elf_header *h)
{
	return memcmp(h->ident, ELF_MAGIC, 7) == 0 && h->type == ET_EXEC &&
	    h->machine == EM_RISCV &&
	    h->phentsize == sizeof(struct elf_segment) &&
	    h->phnum > 0 && h->phnum <= MAX_PHEADERS &&
	    h->phoff <= 1UL << 40 && h->entry < IMAGE_MAX;
}

// The pages of all segments are known before any is read, so that a page that
// two share gets its final rights at once.
static int
each_segment(struct aspace *as, struct inode *ip, const struct elf_header *h,
    bool read, uint64 *end)
{
	struct elf_segment s;

	*end = 0;
	for (uint i = 0; i < h->phnum; i++) {
		if (inode_read(ip, &s, h->phoff + i * sizeof(s), sizeof(s)) !=
		    sizeof(s))
			return -1;
		if (s.type != PT_LOAD || s.memsz == 0)
			continue;
		if (!segment_sane(&s, *end))
			return -1;
		if ((read ? read_contents(as, ip, &s) : add_segment(as, &s)) <
		    0)
			return -1;
		*end = s.vaddr + s.memsz;
	}
	return *end > 0 ? 0 : -1;
}

int
load_image(struct aspace *as, struct inode *ip, uint64 *entry, uint64 *end)
{
	struct elf_header h;

	if (inode_read(ip, &h, 0, sizeof(h)) != sizeof(h) || !header_sane(&h))
		return -1;
	*entry = h.entry;
	if (each_segment(as, ip, &h, false, end) < 0)
		return -1;
	return each_segment(as, ip, &h, true, end);
}
