/* Panes: the smallest slices of time that the windows are made of, each with the accumulators of the groups that have rows
 * in it. This room keeps what a plan has counted, by group (group.h) and by pane, and the totals over ranges of panes that
 * live windows are (range.h). plan/ and tally/ add to it, result/ reads it. It knows nothing of views, batches or plans.
 *
 * All panes share one slab; a cell is a slot of it: (pane, group). Private to src/query. */
#ifndef WEIR_QUERY_PANE_PANE_H
#define WEIR_QUERY_PANE_PANE_H

#include "query/aggregate/aggregate.h"
#include "query/pane/group.h"

struct weir_pane {
	int64_t index;
	int64_t from_us, to_us; /* rows with from_us <= t < to_us */
	uint32_t n_cells;
	/* cells.c: a table, … */
	uint32_t capacity;
	uint32_t *groups; /* owned, by cell of the pane */
	uint32_t *cells;  /* owned, slots in the slab */
	uint64_t *map;    /* owned, open addressing: group << 32 | cell + 1; 0 is free */
	uint32_t mask;
	uint32_t look_at; /* with so many cells a block may be worth it */
	/* … or a block, where room is not 0: the cell of group g < room is the slot base + g. */
	uint32_t base, room;
	uint64_t *present;        /* owned, a bit a group: has a cell */
	uint64_t *partition_rows; /* owned, by the plan's number of a partition */
	uint32_t n_partitions;
};

/* Of a cell in a table, beside its slot: two to four places in the table, its entry in two lists. */
enum { WEIR_TABLE_BYTES = 36 };

struct weir_block { /* slots in a row */
	uint32_t base, room;
};

struct weir_panes {
	struct weir_slab slab;
	struct weir_groups *groups; /* borrowed: counts the panes of each group */
	uint32_t table_bytes;       /* WEIR_TABLE_BYTES; tests have more blocks by more, and fewer by less */
	int64_t width_us, origin_us;
	bool right_closed;        /* (from, to] as sliding windows are, else [from, to) */
	struct weir_pane **panes; /* owned */
	uint32_t n, capacity;
	bool sorted;     /* panes are in order of index */
	uint32_t *table; /* owned, open addressing: position in panes + 1 */
	uint32_t mask;
	struct weir_pane *last; /* the one found last */
	uint32_t *free_cells;   /* owned stack */
	uint32_t n_free_cells, free_capacity;
	struct weir_block *free_blocks; /* owned, in order of their place */
	uint32_t n_free_blocks, free_blocks_capacity;
	uint32_t free_in_blocks; /* slots of all of them */
};

bool weir_panes_init(struct weir_panes *p, const struct weir_accumulator *accumulators, uint32_t n_accumulators,
		     struct weir_groups *groups, struct weir_budget *budget) WEIR_MUST_USE;
void weir_panes_release(struct weir_panes *p);
bool weir_panes_empty(struct weir_panes *p) WEIR_MUST_USE; /* the same, and frees what they took */
void weir_panes_reset(struct weir_panes *p);               /* drops all panes; groups are reset by the caller */

int64_t weir_panes_index(const struct weir_panes *p, int64_t t_us);
int64_t weir_panes_start(const struct weir_panes *p,
			 int64_t index); /* first instant; the last before it when right_closed */
struct weir_pane *weir_panes_find(const struct weir_panes *p, int64_t index);      /* NULL: no rows there */
struct weir_pane *weir_panes_at(struct weir_panes *p, int64_t t_us) WEIR_MUST_USE; /* made when new; NULL: no memory */
void weir_panes_sort(struct weir_panes *p);
uint32_t weir_panes_first(const struct weir_panes *p,
			  int64_t index); /* position in the sorted panes of the first at or after it */

/* cells.c. The cell of a group in a pane; UINT32_MAX: none. */
uint32_t weir_pane_cell(const struct weir_pane *pane, uint32_t group);
/* The pane's next group from *at on, which begins with 0. False: there are no more. */
static inline bool weir_pane_next(const struct weir_pane *pane, uint32_t *at, uint32_t *group, uint32_t *cell);
/* The layout of the pane that suits the groups there are. Its cells may move to other slots; so who holds several of them
 * has all their groups numbered and the pane arranged before. False: no memory. */
bool weir_panes_arrange(struct weir_panes *p, struct weir_pane *pane) WEIR_MUST_USE;
/* The cell of a group, made when new; UINT32_MAX: no memory. */
uint32_t weir_panes_cell(struct weir_panes *p, struct weir_pane *pane, uint32_t group) WEIR_MUST_USE;
/* The same for many groups. False: no memory. */
bool weir_panes_cells(struct weir_panes *p, struct weir_pane *pane, const uint32_t *groups, uint32_t n,
		      uint32_t *cells) WEIR_MUST_USE;
bool weir_pane_count(struct weir_pane *pane, uint32_t partition, uint64_t rows) WEIR_MUST_USE;

/* Drops the panes with from <= index < until and the groups that are then in no pane. */
bool weir_panes_drop(struct weir_panes *p, int64_t from, int64_t until) WEIR_MUST_USE;
/* Makes panes wider: width_us becomes a multiple of what it was; panes that fall together are merged. */
bool weir_panes_coarsen(struct weir_panes *p, int64_t width_us) WEIR_MUST_USE;

static inline bool weir_pane_next(const struct weir_pane *pane, uint32_t *at, uint32_t *group, uint32_t *cell)
{
	if (!pane->room) {
		if (*at == pane->n_cells)
			return false;
		*group = pane->groups[*at];
		*cell = pane->cells[(*at)++];
		return true;
	}
	uint32_t word = *at / 64, words = weir_bit_words(pane->room);
	uint64_t bits = word < words ? pane->present[word] & UINT64_MAX << *at % 64 : 0;
	while (!bits && ++word < words)
		bits = pane->present[word];
	if (!bits)
		return false;
	*group = word * 64 + (uint32_t)__builtin_ctzll(bits);
	*cell = pane->base + *group;
	*at = *group + 1;
	return true;
}

static inline int64_t weir_floor_div(int64_t a, int64_t b) /* b > 0 */
{
	int64_t q = a / b;
	return q - (a % b < 0);
}

#endif
