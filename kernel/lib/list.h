// Intrusive doubly linked lists: a head and its members form one ring, and a
// lone node points at itself.  The user of a list says what lock protects it.
#ifndef LIB_LIST_H
#define LIB_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct list {
	struct list *next;
	struct list *prev;
};

// The object of type T whose member m is the list node n.
#define LIST_OBJ(n, T, m) ((T *)((char *)(n)-offsetof(T, m)))

#define LIST_EACH(n, head)                                                    \
	for (struct list *n = (head)->next; n != (head); n = n->next)

static inline void
list_init(struct list *l)
{
	l->next = l->prev = l;
}

static inline bool
list_empty(const struct list *l)
{
	return l->next == l;
}

// Links n behind the node at; at = head makes it the first member.
static inline void
list_add(struct list *at, struct list *n)
{
	n->prev = at;
	n->next = at->next;
	at->next->prev = n;
	at->next = n;
}

static inline void
list_add_tail(struct list *head, struct list *n)
{
	list_add(head->prev, n);
}

// Unlinks n and leaves it alone, so that list_empty(n) tells "not on a list".
static inline void
list_del(struct list *n)
{
	n->prev->next = n->next;
	n->next->prev = n->prev;
	list_init(n);
}

#endif
