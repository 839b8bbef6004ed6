// The cases of cowtest, and the tools they share.
#ifndef COWTEST_CASES_H
#define COWTEST_CASES_H

#include "user/testing.h"

// When does the first write to a page after a fork allocate a page?
enum policy {
	COPY_AT_FORK,     // never: fork itself copied everything
	COPY_ALWAYS,      // always
	COPY_UNLESS_SOLE, // unless nobody else has the page any more
};

extern enum policy policy; // of the running kernel

struct cow_case {
	const char *name;
	// In its own process; returns if all is well, or exits with SKIPPED if
	// this machine is none that it can be run on.
	void (*run)(void);
};

#define SKIPPED 77

// Each table ends with a NULL name.
extern const struct cow_case course_cases[];  // cowtest/course.c
extern const struct cow_case count_cases[];   // cowtest/counts.c
extern const struct cow_case restart_cases[]; // cowtest/restart.c
extern const struct cow_case ucopy_cases[];   // cowtest/ucopy.c
extern const struct cow_case sharing_cases[]; // cowtest/sharing.c

// Whole pages of fresh heap.
struct region {
	char *base;
	int pages;
};

struct region region_new(long pages);

// Gives it back; it must be the newest region.
void region_free(struct region r);

// Marks pages [from, to) as written by who, at both ends of each page.
void region_mark(struct region r, int from, int to, int who);

// Fails unless pages [from, to) carry who's marks.
void region_check(struct region r, int from, int to, int who);

// A turn that one process passes to another.
struct baton {
	int fd[2];
};

void baton_new(struct baton *b);
void baton_pass(struct baton *b);
void baton_take(struct baton *b);
void baton_drop(struct baton *b);

// Counters of the kernel, or the change of them.
struct counts {
	long free;     // pages on free lists
	long tables;   // page-table pages
	long copies;   // write faults that copied a page
	long upgrades; // write faults that found a sole owner
};

struct counts counts_now(void);
struct counts counts_since(struct counts before);

// Makes this process's stack and data pages its own again after a fork, so
// that nothing but what a case counts is copied from here on.
void settle(void);

// What the kernel counted while work(arg) ran.  Exact if every other process
// sleeps and has settled.
struct counts counts_of(void (*work)(void *), void *arg);

// Fails unless c says: first writes to so many pages, of which shared ones
// are still held by another process and sole ones are not.
void expect_writes(const char *what, struct counts c, int shared, int sole);

// Free pages that a case may use; never waits for memory to come back.
long free_pages(void);

void run_on(int hart); // this process and its children, from now on

#endif
