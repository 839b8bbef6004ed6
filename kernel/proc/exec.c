// exec makes a whole new address space, from the program's image
// (proc/image.c), and only then gives the old one up, so a failure at any point
// leaves the process as it was.
//
// The new stack's top page is put together in the kernel: strings at the top,
// the argument vector below them, both 16-byte aligned.  Arguments that do not
// fit into that page are refused.

#include "proc/exec.h"
#include "fs/fs.h"
#include "kernel/param.h"
#include "kernel/riscv.h"
#include "lib/string.h"
#include "mm/aspace.h"
#include "mm/kmap.h"
#include "mm/page.h"
#include "mm/pte.h"
#include "mm/stats.h"
#include "mm/ucopy.h"
#include "proc/hart.h"
#include "proc/image.h"
#include "proc/progcache.h"
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
	// The page is not cleared: what is no string is somebody else's yet.
	memmove(a->page + strings, a->page, a->used);
	memset(a->page, 0, strings);
	memset(a->page + strings + a->used, 0, PGSIZE - strings - a->used);
	vector = (uint64 *)(a->page + ((strings - vector_size) & ~15u));
	for (uint i = 0; i < a->argc; i++)
		vector[i] = top - PGSIZE + strings + a->offset[i];
	return (char *)vector - a->page;
}

// Maps the page that was put together as the stack's topmost; it is the address
// space's then.
static int
map_stack_page(struct aspace *as, struct page *top)
{
	pte_t *e = pt_make(as->root, as->heap_start - PGSIZE);

	if (e == NULL)
		return -1;
	page_set_kind(top, PK_USER);
	*e = pte_make(page_to_pa(top),
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
	aspace_activate(as);
	if (old != NULL) {
		p->as_building = old; // where the audit still finds it
		aspace_clear(old);
		p->as_building = NULL;
		aspace_free(old);
	}
	memset(p->tf, 0, sizeof(*p->tf));
	p->tf->pc = entry;
	p->tf->sp = sp;
	p->tf->a1 = sp;
	count_event(CTR_EXECS);
}

// Where the audit finds an image while this process works with it.
static struct image *
working_on(struct image *m)
{
	current()->as_image = m != NULL ? m->as : NULL;
	return m;
}

static struct image *
find_program(const char *path)
{
	struct image *m = working_on(progcache_find(path));
	uint64 generation;
	struct inode *ip;

	if (m != NULL)
		return m;
	generation = fs_generation(); // before it is looked up
	ip = path_lookup(path);
	if (ip == NULL)
		return NULL;
	m = working_on(image_get(ip));
	inode_put(ip);
	if (m != NULL)
		progcache_enter(path, generation, m);
	return m;
}

static long
exec_image(struct image *m, const char *path, struct arguments *a)
{
	int sp = arrange(a, m->as->heap_start);
	struct aspace *as = sp >= 0 ? aspace_fork(m->as) : NULL;

	if (as == NULL)
		return -1;
	if (map_stack_page(as, kva_to_page(a->page)) < 0) {
		aspace_drop(as);
		return -1;
	}
	a->page = NULL;
	become(as, m->entry, as->heap_start - PGSIZE + sp, path);
	return a->argc;
}

static long
exec(const char *path, struct arguments *a)
{
	struct image *m = find_program(path);
	long r;

	if (m == NULL)
		return -1;
	r = exec_image(m, path, a);
	working_on(NULL);
	image_put(m);
	return r;
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
