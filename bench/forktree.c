// forktree: how fast do trees of processes grow and wither?
//
//   forktree [-n trees] [-d depth] [-w writes] [-k]
//            [-t seconds | -i iterations]
//
// Each worker is the root of a tree: it forks two children, each of which
// forks two, to the given depth; every node overwrites the W pages it
// inherits, then forks, waits for its children and exits.  Nodes run on any
// hart, so the tree spreads as fast as the scheduler lets it; -k keeps each
// tree on one hart.  A tree of depth d has 2^(d+1) - 2 forks, and all its
// nodes may be alive at the same time.
//
// Checked: a node's pages have what its parent wrote before it forked, and are
// still its own when its children are gone.

#include "kernel/types.h"
#include "kernel/riscv.h"
#include "user/lib/course.h"
#include "user/lib/bench.h"
#include "user/lib/bench_room.h"
#include "user/lib/bench_team.h"

// A default kernel has 512 processes; some are the shell's and ours.
#define MOST_NODES 480
#define MAX_DEPTH  8
#define MAX_WRITES 4096

static uint64 trees = 1, depth = 5, writes = 4, keep;

enum { TREES, DEPTH, WRITES, KEEP, OPTIONS };

static struct bench_option options[OPTIONS] = {
    [TREES] = {'n', "trees", &trees, 1, BENCH_WORKERS, 0},
    [DEPTH] = {'d', "depth", &depth, 1, MAX_DEPTH, 0},
    [WRITES] = {'w', "writes", &writes, 0, MAX_WRITES, 0},
    [KEEP] = {'k', "keep", &keep, 0, 0, 0},
};

static uchar *area;

static volatile uint64 *
word_of(uint64 page)
{
	return (volatile uint64 *)(area + page * PGSIZE);
}

static uint64
nodes_of(uint64 levels)
{
	return (2UL << levels) - 1;
}

// A node's number in its tree: the root's is 1, children follow as in a heap.
static uint64
stamp(uint64 node, uint64 page)
{
	return node << 32 | page;
}

static void
check_pages(uint64 node)
{
	for (uint64 page = 0; page < writes; page++) {
		if (*word_of(page) != stamp(node, page))
			bench_die("a node's pages are not what it wrote");
	}
}

static void
write_pages(uint64 node)
{
	for (uint64 page = 0; page < writes; page++)
		*word_of(page) = stamp(node, page);
}

static void
reap_both(void)
{
	for (int i = 0; i < 2; i++) {
		int status = -1;

		if (wait(&status) < 0)
			bench_die("a child is missing");
		if (status != 0)
			bench_die("a child failed");
	}
}

static void be_node(uint64 node, uint64 level);

static void
grow_child(uint64 parent, uint64 child, uint64 level)
{
	int pid = fork();

	if (pid < 0)
		bench_die("fork failed: memory, or the kernel's limit of"
		          " processes (boot option maxproc=)");
	if (pid > 0)
		return;
	check_pages(parent);
	be_node(child, level);
	exit(0);
}

static void
be_node(uint64 node, uint64 level)
{
	write_pages(node);
	if (level == depth)
		return;
	grow_child(node, 2 * node, level + 1);
	grow_child(node, 2 * node + 1, level + 1);
	reap_both();
	check_pages(node);
}

static void
own_pages(uint64 me)
{
	(void)me;
	area = bench_pages(writes);
}

static uint64
grow_tree(uint64 me, uint64 n)
{
	(void)me, (void)n;
	be_node(1, 0);
	return nodes_of(depth) - 1;
}

static void
settle_sizes(void)
{
	while (!options[DEPTH].given && depth > 1 &&
	       (nodes_of(depth) * trees > MOST_NODES ||
	           bench_room(nodes_of(depth) * trees, 2) <= writes))
		depth--;
	if (nodes_of(depth) * trees > MOST_NODES) {
		fprintf(2,
		    "forktree: %lu trees of depth %lu are more than"
		    " %d processes\n",
		    trees, depth, MOST_NODES);
		exit(1);
	}
	if (writes > 0)
		bench_fit(&writes, options[WRITES].given,
		    nodes_of(depth) * trees, 2);
}

int
main(int argc, char **argv)
{
	struct bench_team team = {
	    .ops = "forks",
	    .warm_up = 2,
	    .prepare = own_pages,
	    .unit = grow_tree,
	};
	struct bench_outcome outcome;

	(void)argc;
	bench_begin(argv, options, OPTIONS);
	settle_sizes();
	bench_print_setup();
	team.workers = trees;
	team.spread = !keep;
	bench_team_run(&team, &outcome);
	bench_result_open("forks", &outcome);
	printf(" rounds=%lu", outcome.units);
	bench_result_close(&outcome);
	return 0;
}
