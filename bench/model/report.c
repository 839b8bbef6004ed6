// Writes what a region came to, and names the objects on contended lines with
// the help of the guest's map.
//
//   model   protocol, profile and parameters
//   region  n participants cycles ops breaks handovers
//   hart    region id, cycles and what they went into (they add up)
//   line    region rank pa transfers cycles queue harts, and the object there:
//           object type index offset; offset is the line's first byte in it,
//           below 0 if the object begins in the line; also= counts the objects
//           that begin in the line behind it
//   pair    region rank pc from count cycles lo hi from_lo from_hi: pc took the
//           line after `from` used it last; bytes of the line they touched

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "abi.h"
#include "coherence.h"
#include "guest.h"
#include "map.h"
#include "qemu_api.h"
#include "report.h"

unsigned report_harts;

static FILE *out;
static uint64_t map_pa;
static unsigned regions;

bool
report_open(const char *path, unsigned harts)
{
	report_harts = harts;
	out = fopen(path, "w");
	if (out == NULL) {
		complain("cannot write %s: %s", path, strerror(errno));
		return false;
	}
	fprintf(out, "model protocol=%d profile=%s harts=%u qemu_api=%d",
	    MODEL_PROTOCOL, params.profile, harts, qemu_plugin_version);
#define X(name, value, least, what) fprintf(out, " " #name "=%lu", params.name);
	MODEL_PARAMS(X)
#undef X
	fprintf(out, "\n");
	return true;
}

void
report_map(uint64_t pa)
{
	map_pa = pa;
}

bool
report_close(void)
{
	bool good = !ferror(out);

	good &= fclose(out) == 0;
	out = NULL;
	if (!good)
		complain("the report could not be written: %s",
		    strerror(errno));
	else if (regions == 0)
		complain("the guest opened no region: it has no markers, or "
		         "did not get to them");
	return good && regions > 0;
}

// ---- Harts.

static const char *const cost_names[COST_COUNT] = {
    [COST_INSTRUCTIONS] = "instructions",
    [COST_MISS] = "miss",
    [COST_TRANSFER] = "transfer",
    [COST_QUEUE] = "queue",
    [COST_DEVICE] = "device",
    [COST_SPIN] = "spin",
    [COST_IDLE] = "idle",
};

static void
print_harts(const struct region *r)
{
	for (unsigned i = 0; i < report_harts; i++) {
		uint64_t sum = 0;

		for (unsigned k = 0; k < COST_COUNT; k++)
			sum += clocks[i].cost[k];
		fprintf(out, "hart region=%u id=%u ops=%lu cycles=%lu",
		    r->number, i, clocks[i].ops, sum);
		for (unsigned k = 0; k < COST_COUNT; k++)
			fprintf(out, " %s=%lu", cost_names[k],
			    clocks[i].cost[k]);
		fprintf(out, "\n");
	}
}

// ---- Objects.

static const struct model_map *
guest_map(void)
{
	const struct model_map *m = guest_at(map_pa, sizeof(*m));

	return m != NULL && m->magic == MODEL_MAP_MAGIC &&
	               m->n_areas <= MODEL_AREAS && m->n_caches <= MODEL_CACHES
	           ? m : NULL;
}

// The objects of an array on the line at pa; first_at is that of object 0.
static void
print_object(const char *type, uint64_t first_at, uint64_t size, uint64_t n,
    uint64_t pa)
{
	uint64_t index = pa < first_at ? 0 : (pa - first_at) / size;
	uint64_t last = (pa + LINE_SIZE - 1 - first_at) / size;

	if (last >= n)
		last = n - 1;
	fprintf(out, " object=%.*s type=%.*s index=%lu offset=%ld also=%lu",
	    MODEL_NAME, type, MODEL_NAME, type, index,
	    (long)(pa - first_at - index * size), last - index);
}

static bool
in_areas(const struct model_map *m, uint64_t pa)
{
	for (unsigned i = 0; i < m->n_areas; i++) {
		const struct model_area *a = &m->area[i];

		if (a->size == 0 || pa + LINE_SIZE <= a->pa ||
		    pa >= a->pa + a->size * a->n)
			continue;
		print_object(a->type, a->pa, a->size, a->n, pa);
		return true;
	}
	return false;
}

// Of a page that may be a slab, whose first word points to its cache.
static bool
in_slab(const struct model_map *m, uint64_t pa)
{
	uint64_t page = pa & ~(uint64_t)0xfff;
	const uint64_t *head = guest_at(page, sizeof(*head));

	for (unsigned i = 0; i < m->n_caches && head != NULL; i++) {
		const struct model_cache *c = &m->cache[i];

		if (c->va != *head || c->size == 0)
			continue;
		if (pa + LINE_SIZE <= page + c->first)
			fprintf(out, " object=slab-head-of-%.*s type=-",
			    MODEL_NAME, c->type);
		else
			print_object(c->type, page + c->first, c->size,
			    (4096 - c->first) / c->size, pa);
		return true;
	}
	return false;
}

// The kernel's record of the page, or NULL.
static const uint8_t *
page_record(const struct model_map *m, uint64_t pa)
{
	for (uint64_t i = 0; i < m->n_ranges && i < MODEL_RANGES; i++) {
		const struct model_range *r = &m->range[i];

		if (pa >= r->start && pa < r->end)
			return guest_at(m->pages_pa + m->page_size *
			    (r->first + ((pa - r->start) >> 12)),
			    m->page_size);
	}
	return NULL;
}

static void
print_place(uint64_t pa)
{
	const struct model_map *m = guest_map();
	const uint8_t *record;
	uint64_t kind = MODEL_PAGE_KINDS;

	if (m == NULL) {
		fprintf(out, " object=? type=-");
		return;
	}
	if (pa >= m->image_pa && pa < m->image_pa + m->image_size) {
		fprintf(out, " object=image type=- va=0x%lx",
		    pa - m->image_pa + m->image_va);
		return;
	}
	if (in_areas(m, pa))
		return;
	record = page_record(m, pa);
	if (record != NULL)
		kind = record[m->kind_offset];
	if (kind == m->slab_kind && in_slab(m, pa))
		return;
	if (kind < MODEL_PAGE_KINDS)
		fprintf(out, " object=page-%.*s type=- offset=%lu", MODEL_NAME,
		    m->kind_name[kind], pa & 0xfff);
	else
		fprintf(out, " object=? type=-");
}

// ---- Lines.

static int
dearer_line(const void *a, const void *b)
{
	const struct line_use *x = *(struct line_use *const *)a;
	const struct line_use *y = *(struct line_use *const *)b;

	if (x->cycles != y->cycles)
		return x->cycles < y->cycles ? 1 : -1;
	return x->pa < y->pa ? -1 : 1;
}

static int
dearer_pair(const void *a, const void *b)
{
	const struct line_pair *x = a, *y = b;

	if (x->cycles != y->cycles)
		return x->cycles < y->cycles ? 1 : -1;
	return x->taker.pc < y->taker.pc ? -1 : x->taker.pc > y->taker.pc;
}

static void
print_line(const struct region *r, unsigned rank, struct line_use *u)
{
	fprintf(out, "line region=%u rank=%u pa=0x%lx", r->number, rank, u->pa);
	print_place(u->pa);
	fprintf(out, " transfers=%lu cycles=%lu queue=%lu harts=%d\n",
	    u->transfers, u->cycles, u->queued, __builtin_popcountl(u->harts));
	qsort(u->pair, LINE_PAIRS, sizeof(u->pair[0]), dearer_pair);
	for (struct line_pair *p = u->pair; p < u->pair + LINE_PAIRS; p++) {
		if (p->count == 0)
			continue;
		fprintf(out, "pair region=%u rank=%u pc=0x%lx from=0x%lx "
		        "count=%lu cycles=%lu lo=%u hi=%u from_lo=%u "
		        "from_hi=%u\n",
		    r->number, rank, p->taker.pc, p->holder.pc, p->count,
		    p->cycles, p->taker.from, p->taker.to, p->holder.from,
		    p->holder.to);
	}
}

static void
print_lines(const struct region *r)
{
	struct line_use **sorted;
	uint64_t n = 0, transfers = 0, cycles = 0;

	for (struct line_use *u = line_uses; u != NULL; u = u->next) {
		n++;
		transfers += u->transfers;
		cycles += u->cycles;
	}
	fprintf(out, "lines region=%u n=%lu transfers=%lu cycles=%lu\n",
	    r->number, n, transfers, cycles);
	sorted = calloc(n + 1, sizeof(*sorted));
	if (sorted == NULL)
		return;
	n = 0;
	for (struct line_use *u = line_uses; u != NULL; u = u->next)
		sorted[n++] = u;
	qsort(sorted, n, sizeof(*sorted), dearer_line);
	for (unsigned i = 0; i < n && i < params.top; i++)
		print_line(r, i + 1, sorted[i]);
	free(sorted);
}

void
report_region(const struct region *r)
{
	if (out == NULL) // the watchdog closes a region while QEMU ends
		return;
	fprintf(out, "region n=%u participants=%u cycles=%lu ops=%lu breaks=%lu "
	        "handovers=%lu\n",
	    r->number, r->participants, r->cycles, r->ops, r->breaks,
	    r->handovers);
	print_harts(r);
	print_lines(r);
	fflush(out);
	regions++;
}
