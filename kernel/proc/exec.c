// exec builds a whole new address space and only then gives the old one up, so
// a failure at any point leaves the process as it was.
//
// The new stack's top page is put together in the kernel before anything is
// loaded: strings at the top, the argument vector below them, both 16-byte
// aligned.  Arguments that do not fit into that page are refused.

#include "proc/exec.h"
#include "fs/fs.h"
#include "kernel/param.h"
#include "kernel/riscv.h"
#include "kernel/stat.h"
#include "lib/string.h"
#include "mm/aspace.h"
#include "mm/kmap.h"
#include "mm/page.h"
#include "mm/pte.h"
#include "mm/stats.h"
#include "mm/ucopy.h"
#include "proc/hart.h"
#include "proc/load.h"
#include "trap/trapframe.h"

struct arguments {
	char *page;                // becomes the top page of the stack
	uint argc;
	uint used;                 // bytes of strings, from the page's start
	uint16 offset[MAXARG];     // of each string
};

static int
add_user_string(struct arguments *a, uint64 ustring)
{
	int n;

	if (a->argc == MAXARG)
		return -1;
	n = str_from_user(a->page + a->used, ustring, PGSIZE - a->used);
	if (n < 0)
		return -1;
	a->offset[a->argc++] = a->used;
	a->used += n + 1;
	return 0;
}

static int
add_kernel_string(struct arguments *a, const char *s)
{
	size_t n = strlen(s) + 1;

	if (a->argc == MAXARG || n > PGSIZE - a->used)
		return -1;
	memcpy(a->page + a->used, s, n);
	a->offset[a->argc++] = a->used;
	a->used += n;
	return 0;
}

static int
collect_user(struct arguments *a, uint64 uargv)
{
	uint64 ustring;

	for (;; uargv += sizeof(ustring)) {
		if (copy_from_user(&ustring, uargv, sizeof(ustring)) < 0)
			return -1;
		if (ustring == 0)
			return 0;
		if (add_user_string(a, ustring) < 0)
			return -1;
	}
}

// Moves the strings to the page's end and writes the vector below them.
// Returns the offset of the vector, which is also that of the stack pointer,
// or -1 if it does not fit.  top is the user address behind the page.
static int
arrange(struct arguments *a, uint64 top)
{
	uint strings = (PGSIZE - a->used) & ~15u;
	uint vector_size = (a->argc + 1) * sizeof(uint64);
	uint64 *vector;

	if (vector_size + 16 > strings)
		return -1;
	memmove(a->page + strings, a->page, a->used);
	memset(a->page, 0, strings);
	vector = (uint64 *)(a->page + ((strings - vector_size) & ~15u));
	for (uint i = 0; i < a->argc; i++)
		vector[i] = top - PGSIZE + strings + a->offset[i];
	return (char *)vector - a->page;
}

// Stack and heap above the image: a guard page, the stack's room, the break.
static int
place_stack(struct aspace *as, uint64 image_end, struct page *top_page)
{
	uint64 guard = PGROUNDUP(image_end);
	pte_t *e;

	as->stack_start = guard + PGSIZE;
	as->heap_start = as->stack_start + STACK_PAGES_MAX * PGSIZE;
	as->heap_end = as->heap_start;
	if (segment_add(as->segs, (struct segment){
	        .start = as->stack_start, .end = as->heap_start,
	        .prot = PTE_R | PTE_W, .kind = SEG_STACK}) < 0)
		return -1;
	e = pt_make(as->root, as->heap_start - PGSIZE);
	if (e == NULL)
		return -1;
	page_set_kind(top_page, PK_USER);
	*e = pte_make(page_to_pa(top_page),
	    PTE_R | PTE_W | PTE_U | PTE_V | PTE_AD);
	return 0;
}

// The point of no return: the process takes on the new address space.
static void
become(struct aspace *as, uint64 entry, uint64 sp, const char *path)
{
	struct proc *p = current();
	struct aspace *old = p->as;
	const char *name = path;

	for (const char *s = path; *s != 0; s++) {
		if (*s == '/' && s[1] != 0)
			name = s + 1;
	}
	strlcopy(p->name, name, sizeof(p->name));
	p->as = as;
	p->as_building = NULL;
	aspace_activate(as);
	if (old != NULL) {
		aspace_clear(old);
		aspace_free(old);
	}
	memset(p->tf, 0, sizeof(*p->tf));
	p->tf->pc = entry;
	p->tf->sp = sp;
	p->tf->a1 = sp;
	count_event(CTR_EXECS);
}

static int
load(struct aspace *as, const char *path, uint64 *entry, uint64 *end)
{
	struct inode *ip = path_lookup(path);
	int r = -1;

	if (ip == NULL)
		return -1;
	inode_lock(ip);
	if (inode_type(ip) == T_FILE)
		r = load_image(as, ip, entry, end);
	inode_unlock(ip);
	inode_put(ip);
	return r;
}

static long
exec(const char *path, struct arguments *a)
{
	struct aspace *as = aspace_new();
	uint64 entry, end;
	int sp;

	if (as == NULL)
		return -1;
	current()->as_building = as;
	if (load(as, path, &entry, &end) < 0)
		goto fail;
	sp = arrange(a, PGROUNDUP(end) + (1 + STACK_PAGES_MAX) * PGSIZE);
	if (sp < 0 || place_stack(as, end, kva_to_page(a->page)) < 0)
		goto fail;
	a->page = NULL; // it is the address space's now
	become(as, entry, as->heap_start - PGSIZE + sp, path);
	return a->argc;

fail:
	aspace_clear(as);
	current()->as_building = NULL;
	aspace_free(as);
	return -1;
}

long
exec_user(uint64 upath, uint64 uargv)
{
	char path[MAXPATH];
	struct arguments a = {.page = kpage_alloc()};
	long r = -1;

	if (a.page == NULL)
		return -1;
	if (str_from_user(path, upath, sizeof(path)) >= 0 &&
	    collect_user(&a, uargv) == 0)
		r = exec(path, &a);
	if (a.page != NULL)
		kpage_free(a.page);
	return r;
}

long
exec_kernel(const char *path, const char *const *argv)
{
	struct arguments a = {.page = kpage_alloc()};
	long r = 0;

	if (a.page == NULL)
		return -1;
	while (*argv != NULL && r == 0)
		r = add_kernel_string(&a, *argv++);
	if (r == 0)
		r = exec(path, &a);
	if (a.page != NULL)
		kpage_free(a.page);
	return r;
}
