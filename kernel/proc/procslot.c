// Free slots are kept like free page frames: a list per hart, a depot behind
// them, and stealing when both are empty, so that the limit is exact and a fork
// normally touches its own hart's list only.  A slot keeps its kernel stack, so
// the next process on this hart finds it warm.
//
//   slots = in use + on harts' lists + in the depot + kept
//
// On a list, those that have a stack come first.
//
// A few are kept for the console's shell (proc.console): when programs have
// taken all others, it can still start one to end them.

#include "proc/procslot.h"
#include "boot/model_map.h"
#include "boot/platform.h"
#include "mm/kmap.h"
#include "proc/hart.h"
#include "proc/sched.h"

// A hart's list is refilled with this many, and returns as many when it has
// twice that: enough to swing by a few processes without touching the depot.
#define BATCH 8

static struct proc *slots; // [I] the array
static uint n_slots;       // [I]
static struct slot_list depot = {.lock = SPINLOCK_INIT(LC_PROCDEPOT)};

// A pipeline of four; of a small number of slots, one in eight.
#define KEPT 4
static struct slot_list kept = {.lock = SPINLOCK_INIT(LC_PROCDEPOT)};
static uint keep; // [I] how many there are when none is in use

// Both with the list's lock held.
static void
unlist(struct slot_list *l, struct proc *p)
{
	list_del(&p->slot_link);
	l->n--;
	l->stacks -= p->has_stack;
}

static void
enlist(struct slot_list *l, struct proc *p)
{
	// Those with a stack are taken first.
	if (p->has_stack)
		list_add(&l->slots, &p->slot_link);
	else
		list_add_tail(&l->slots, &p->slot_link);
	l->n++;
	l->stacks += p->has_stack;
}

// Moves up to n slots from one list to the other; the lock of each is held.
static void
move(struct slot_list *from, struct slot_list *to, uint n)
{
	while (n-- > 0 && from->n > 0) {
		struct proc *p =
		    LIST_OBJ(from->slots.prev, struct proc, slot_link);

		unlist(from, p);
		enlist(to, p);
	}
}

void
procslot_init(void)
{
	uint limit = boot_option("maxproc", NPROC);

	if (limit < 4 || limit > 32768)
		panic("maxproc=%u is not in 4..32768", limit);
	n_slots = limit;
	slots = early_alloc(n_slots * sizeof(struct proc), 64);
	model_area("proc", slots, sizeof(struct proc), n_slots);
	kstack_init(NCPU + n_slots);
	list_init(&depot.slots);
	for (uint i = 0; i < n_slots; i++) {
		struct proc *p = &slots[i];

		p->slot = NCPU + i;
		spin_init(&p->family, LC_FAMILY);
		list_init(&p->wait_link);
		list_init(&p->timer_link);
		list_init(&p->children);
		list_init(&p->dead);
		waitq_init(&p->child_died);
		list_add_tail(&depot.slots, &p->slot_link);
	}
	depot.n = n_slots;
	list_init(&kept.slots);
	keep = n_slots / 8 < KEPT ? n_slots / 8 : KEPT;
	move(&depot, &kept, keep);
	for (uint i = 0; i < platform.nharts; i++) {
		spin_init(&harts[i].slots.lock, LC_PROCSLOT);
		list_init(&harts[i].slots.slots);
	}
}

uint
procslot_count(void)
{
	return n_slots;
}

struct proc *
procslot_at(uint i)
{
	return &slots[i];
}

// Takes the most recently used; the list's lock is held.
static struct proc *
pop(struct slot_list *l)
{
	struct proc *p;

	if (l->n == 0)
		return NULL;
	p = LIST_OBJ(l->slots.next, struct proc, slot_link);
	unlist(l, p);
	return p;
}

static struct proc *
steal(struct hart *h)
{
	struct proc *p = NULL;

	for (uint i = 1; i < platform.nharts && p == NULL; i++) {
		struct slot_list *l =
		    &harts[(h->id + i) % platform.nharts].slots;

		spin_lock(&l->lock);
		p = pop(l);
		spin_unlock(&l->lock);
	}
	return p;
}

static struct proc *
take_kept(void)
{
	struct proc *p;

	spin_lock(&kept.lock);
	p = pop(&kept);
	spin_unlock(&kept.lock);
	return p;
}

// Whether p made up for one that the console's shell has taken.
static bool
give_kept(struct proc *p)
{
	bool short_of;

	if (__atomic_load_n(&kept.n, __ATOMIC_RELAXED) == keep)
		return false;
	spin_lock(&kept.lock);
	short_of = kept.n < keep;
	if (short_of) {
		enlist(&kept, p);
	}
	spin_unlock(&kept.lock);
	return short_of;
}

struct proc *
procslot_take(void)
{
	struct hart *h = this_hart();
	struct slot_list *own = &h->slots;
	struct proc *p;

	spin_lock(&own->lock);
	if (own->n == 0) {
		spin_lock(&depot.lock);
		move(&depot, own, BATCH);
		spin_unlock(&depot.lock);
	}
	p = pop(own);
	spin_unlock(&own->lock);
	if (p == NULL)
		p = steal(h);
	if (p == NULL && current()->console)
		p = take_kept();
	if (p == NULL)
		return NULL;
	if (!p->has_stack) {
		if (kstack_attach(p->slot) < 0) {
			procslot_give(p);
			return NULL;
		}
		p->has_stack = true;
	}
	return p;
}

void
procslot_give(struct proc *p)
{
	struct slot_list *own = &this_hart()->slots;

	if (give_kept(p))
		return;
	spin_lock(&own->lock);
	enlist(own, p);
	if (own->n > 2 * BATCH) {
		spin_lock(&depot.lock);
		move(own, &depot, BATCH);
		spin_unlock(&depot.lock);
	}
	spin_unlock(&own->lock);
}

// Those with a stack are in front: pages / 2 steps at most.
static uint64
detach_some(struct slot_list *l, uint64 pages)
{
	uint64 freed = 0;

	spin_lock(&l->lock);
	while (l->stacks > 0 && freed < pages) {
		struct proc *p = pop(l);

		kstack_detach(p->slot);
		p->has_stack = false;
		enlist(l, p);
		freed += KSTACK_SIZE / PGSIZE;
	}
	spin_unlock(&l->lock);
	return freed;
}

uint64
procslot_shrink(uint64 pages)
{
	uint64 freed = detach_some(&depot, pages);

	for (uint i = 0; i < platform.nharts && freed < pages; i++)
		freed += detach_some(&harts[i].slots, pages - freed);
	return freed;
}

uint64
procslot_reclaimable(void)
{
	uint64 stacks = __atomic_load_n(&depot.stacks, __ATOMIC_RELAXED);

	// Without the locks, as a hint.
	for (uint i = 0; i < platform.nharts; i++)
		stacks += __atomic_load_n(&harts[i].slots.stacks,
		    __ATOMIC_RELAXED);
	return stacks * (KSTACK_SIZE / PGSIZE);
}
