/* The cells of one pane, and the places in the slab that are free. */
#include "query/pane/cells.h"

#include <stdlib.h>

enum {
	BLOCK_LEAST = 4, /* groups: with fewer, a table is as good */
	FIRST_MASK = 7,
	SPARE = 6, /* groups */
};

static void charge(struct weir_panes *p, int64_t bytes)
{
	weir_budget_charge(p->slab.budget, bytes);
}

/* ---- free places ---- */

bool weir_cells_expect(struct weir_panes *p, uint32_t n_cells, uint32_t n_panes)
{
	size_t capacity = p->free_capacity, room = p->free_blocks_capacity;
	void *cells = p->free_cells, *blocks = p->free_blocks;
	bool ok = weir_grow(&cells, &capacity, (size_t)p->n_free_cells + n_cells, sizeof *p->free_cells);
	p->free_cells = cells;
	p->free_capacity = (uint32_t)capacity;
	ok = ok && weir_grow(&blocks, &room, (size_t)p->n_free_blocks + n_panes, sizeof *p->free_blocks);
	p->free_blocks = blocks;
	p->free_blocks_capacity = (uint32_t)room;
	return ok;
}

void weir_cells_forget(struct weir_panes *p)
{
	p->n_free_cells = p->n_free_blocks = 0;
	p->free_in_blocks = 0;
}

static void remove_block(struct weir_panes *p, uint32_t at)
{
	p->n_free_blocks--;
	memmove(p->free_blocks + at, p->free_blocks + at + 1, (p->n_free_blocks - at) * sizeof *p->free_blocks);
}

/* Free blocks are in order of their place, and neighbours are one: panes of more and more groups find room where several
 * smaller ones were. */
static void free_block(struct weir_panes *p, uint32_t base, uint32_t room)
{
	struct weir_block *all = p->free_blocks;
	uint32_t at = p->n_free_blocks;
	while (at && all[at - 1].base > base)
		at--;
	p->free_in_blocks += room;
	if (at && all[at - 1].base + all[at - 1].room == base) {
		all[at - 1].room += room;
		if (at < p->n_free_blocks && all[at].base == base + room) {
			all[at - 1].room += all[at].room;
			remove_block(p, at);
		}
		return;
	}
	if (at < p->n_free_blocks && all[at].base == base + room) {
		all[at].base = base;
		all[at].room += room;
		return;
	}
	memmove(all + at + 1, all + at, (p->n_free_blocks - at) * sizeof *all);
	all[at] = (struct weir_block){base, room};
	p->n_free_blocks++;
}

static uint32_t take_from(struct weir_panes *p, uint32_t at, uint32_t n)
{
	struct weir_block *b = &p->free_blocks[at];
	uint32_t base = b->base;
	b->base += n;
	b->room -= n;
	p->free_in_blocks -= n;
	if (!b->room)
		remove_block(p, at);
	return base;
}

/* n slots in a row, all empty: of the free blocks the one that fits best. UINT32_MAX: no memory. */
static uint32_t take_block(struct weir_panes *p, uint32_t n)
{
	uint32_t best = UINT32_MAX;
	for (uint32_t i = 0; i < p->n_free_blocks; i++)
		if (p->free_blocks[i].room >= n &&
		    (best == UINT32_MAX || p->free_blocks[i].room < p->free_blocks[best].room))
			best = i;
	if (best != UINT32_MAX)
		return take_from(p, best, n);
	uint32_t base = p->slab.n;
	return n <= UINT32_MAX - 1 - base && weir_slab_reserve(&p->slab, base + n) ? base : UINT32_MAX;
}

static uint32_t take_cell(struct weir_panes *p)
{
	return p->n_free_cells ? p->free_cells[--p->n_free_cells] : take_block(p, 1);
}

/* ---- tables ---- */

/* Where the search for a group begins. Groups are numbered as they appear, so those that are new in a pane follow each other: their
 * own low bits would fill long stretches of the table, and old groups that fall there would be searched for to the stretch's end.
 * Knuth's multiplicative hash (TAOCP 6.4) scatters them. */
static inline uint32_t place_of(uint32_t group, uint32_t mask)
{
	return (uint32_t)(group * UINT64_C(0x9e3779b97f4a7c15) >> 32) & mask;
}

static void map_put(uint64_t *map, uint32_t mask, uint32_t group, uint32_t cell)
{
	uint32_t at = place_of(group, mask);
	while (map[at])
		at = (at + 1) & mask;
	map[at] = (uint64_t)group << 32 | (cell + 1);
}

static uint32_t find_in_table(const struct weir_pane *pane, uint32_t group)
{
	for (uint32_t at = place_of(group, pane->mask);; at = (at + 1) & pane->mask) {
		uint64_t entry = pane->map[at];
		if (entry >> 32 == group && (uint32_t)entry)
			return (uint32_t)entry - 1;
		if (!entry)
			return UINT32_MAX;
	}
}

static bool make_table(struct weir_panes *p, struct weir_pane *pane, uint32_t n_groups)
{
	uint32_t mask = FIRST_MASK;
	while (mask < n_groups)
		mask = mask * 2 + 1;
	uint64_t *map = weir_calloc((size_t)mask + 1, sizeof *map);
	if (!map)
		return false;
	pane->map = map;
	pane->mask = mask;
	charge(p, (int64_t)(((size_t)mask + 1) * sizeof *map));
	return true;
}

static void end_table(struct weir_panes *p, struct weir_pane *pane)
{
	if (pane->map)
		charge(p,
		       -(int64_t)(pane->capacity * 2 * sizeof(uint32_t) + ((size_t)pane->mask + 1) * sizeof(uint64_t)));
	free(pane->groups);
	free(pane->cells);
	free(pane->map);
	pane->groups = pane->cells = NULL;
	pane->map = NULL;
	pane->capacity = 0;
}

static bool grow_lists(struct weir_panes *p, struct weir_pane *pane)
{
	uint32_t capacity = pane->capacity ? pane->capacity * 2 : 4;
	uint32_t *groups = weir_realloc(pane->groups, capacity * sizeof *groups);
	if (groups)
		pane->groups = groups;
	uint32_t *cells = groups ? weir_realloc(pane->cells, capacity * sizeof *cells) : NULL;
	if (!cells)
		return false;
	pane->cells = cells;
	charge(p, (int64_t)((capacity - pane->capacity) * 2 * sizeof *cells));
	pane->capacity = capacity;
	return true;
}

static bool grow_map(struct weir_panes *p, struct weir_pane *pane)
{
	uint32_t mask = pane->mask * 2 + 1;
	uint64_t *map = weir_calloc((size_t)mask + 1, sizeof *map);
	if (!map)
		return false;
	for (uint32_t i = 0; i < pane->n_cells; i++)
		map_put(map, mask, pane->groups[i], pane->cells[i]);
	free(pane->map);
	charge(p, (int64_t)((mask - pane->mask) * sizeof *map));
	pane->map = map;
	pane->mask = mask;
	return true;
}

/* Room for one more group was made. */
static void table_put(struct weir_pane *pane, uint32_t group, uint32_t cell)
{
	pane->groups[pane->n_cells] = group;
	pane->cells[pane->n_cells++] = cell;
	map_put(pane->map, pane->mask, group, cell);
}

static bool table_room(struct weir_panes *p, struct weir_pane *pane)
{
	return (pane->n_cells < pane->capacity || grow_lists(p, pane)) &&
	       ((pane->n_cells + 1) * 2 <= pane->mask + 1 || grow_map(p, pane));
}

/* ---- blocks ---- */

static bool is_worth_a_block(const struct weir_panes *p, uint32_t n_cells, uint32_t n_groups)
{
	if (n_cells < BLOCK_LEAST)
		return false;
	uint64_t slot = weir_slab_slot_bytes(&p->slab);
	return n_cells * (slot + p->table_bytes) >= n_groups * slot;
}

/* For all groups there are, and some more. */
static uint32_t block_room(const struct weir_panes *p)
{
	return p->groups->n + p->groups->n / 8 + SPARE;
}

static size_t present_bytes(uint32_t room)
{
	return weir_bit_words(room) * sizeof(uint64_t);
}

/* Empty, and for all groups; *pane keeps what it had when that fails. */
static bool make_block(struct weir_panes *p, struct weir_pane *pane)
{
	uint32_t room = block_room(p);
	uint64_t *present = weir_calloc(1, present_bytes(room));
	uint32_t base = present ? take_block(p, room) : UINT32_MAX;
	if (base == UINT32_MAX) {
		free(present);
		return false;
	}
	pane->base = base;
	pane->room = room;
	pane->present = present;
	charge(p, (int64_t)present_bytes(room));
	return true;
}

static void end_block(struct weir_panes *p, struct weir_pane *pane)
{
	charge(p, -(int64_t)present_bytes(pane->room));
	free(pane->present);
	pane->present = NULL;
	pane->room = 0;
}

/* There are more groups than the block has places. */
static bool grow_block(struct weir_panes *p, struct weir_pane *pane)
{
	uint32_t was = pane->room, room = block_room(p), more = room - was, base = pane->base;
	bool last = base + was == p->slab.n; /* then it grows where it is */
	uint32_t to = UINT32_MAX;
	if (!weir_cells_expect(p, 0, 1))
		return false;
	if (!last)
		to = take_block(p, room);
	else if (more <= UINT32_MAX - 1 - p->slab.n && weir_slab_reserve(&p->slab, p->slab.n + more))
		to = base;
	uint64_t *present = to == UINT32_MAX ? NULL : weir_realloc(pane->present, present_bytes(room));
	if (!present) {
		if (to != UINT32_MAX)
			free_block(p, last ? base + was : to, last ? more : room);
		return false;
	}
	memset((char *)present + present_bytes(was), 0, present_bytes(room) - present_bytes(was));
	charge(p, (int64_t)present_bytes(room) - (int64_t)present_bytes(was));
	pane->present = present;
	pane->room = room;
	pane->base = to;
	if (!last) {
		weir_slab_move(&p->slab, to, base, was);
		free_block(p, base, was);
	}
	return true;
}

static bool to_block(struct weir_panes *p, struct weir_pane *pane)
{
	if (!weir_cells_expect(p, pane->n_cells, 0) || !make_block(p, pane))
		return false;
	for (uint32_t i = 0; i < pane->n_cells; i++) {
		uint32_t group = pane->groups[i];
		weir_slab_move(&p->slab, pane->base + group, pane->cells[i], 1);
		weir_bit_set(pane->present, group);
		p->free_cells[p->n_free_cells++] = pane->cells[i];
	}
	end_table(p, pane);
	return true;
}

/* So few of the groups are in the pane by now that a table takes less. */
static bool to_table(struct weir_panes *p, struct weir_pane *pane)
{
	struct weir_pane table = {0};
	uint32_t at = 0, group, from;
	bool ok = weir_cells_expect(p, 0, 1) && make_table(p, &table, 2 * pane->n_cells);
	while (ok && weir_pane_next(pane, &at, &group, &from)) {
		uint32_t cell = table_room(p, &table) ? take_cell(p) : UINT32_MAX;
		ok = cell != UINT32_MAX;
		if (!ok)
			break;
		weir_slab_move(&p->slab, cell, from, 1);
		weir_bit_clear(pane->present, group); /* a pane that fails has each of its groups once */
		table_put(&table, group, cell);
	}
	if (!ok) {
		end_table(p, &table);
		return false;
	}
	uint32_t base = pane->base, room = pane->room;
	end_block(p, pane);
	free_block(p, base, room);
	pane->groups = table.groups;
	pane->cells = table.cells;
	pane->map = table.map;
	pane->mask = table.mask;
	pane->capacity = table.capacity;
	pane->look_at = 2 * pane->n_cells;
	return true;
}

bool weir_panes_arrange(struct weir_panes *p, struct weir_pane *pane)
{
	uint32_t n = p->groups->n;
	if (pane->room >= n)
		return true;
	if (pane->room)
		return is_worth_a_block(p, pane->n_cells, n) ? grow_block(p, pane) : to_table(p, pane);
	if (pane->n_cells < pane->look_at || pane->n_cells < BLOCK_LEAST)
		return true;
	pane->look_at = pane->n_cells + pane->n_cells / 4;
	return !is_worth_a_block(p, pane->n_cells, n) || to_block(p, pane);
}

/* ---- both ---- */

bool weir_cells_begin(struct weir_panes *p, struct weir_pane *pane, const struct weir_pane *like)
{
	uint32_t n = like ? like->n_cells : 0;
	/* Half the room at first: a pane with fewer groups takes no more than that. */
	return is_worth_a_block(p, n, block_room(p)) ? make_block(p, pane) : make_table(p, pane, n);
}

void weir_cells_end(struct weir_panes *p, struct weir_pane *pane)
{
	if (pane->room)
		end_block(p, pane);
	else
		end_table(p, pane);
}

void weir_cells_give_back(struct weir_panes *p, const struct weir_pane *pane)
{
	uint32_t at = 0, group, cell;
	while (weir_pane_next(pane, &at, &group, &cell)) {
		weir_slab_clear(&p->slab, cell);
		if (!pane->room)
			p->free_cells[p->n_free_cells++] = cell;
	}
	if (pane->room)
		free_block(p, pane->base, pane->room);
}

uint32_t weir_pane_cell(const struct weir_pane *pane, uint32_t group)
{
	if (!pane->room)
		return find_in_table(pane, group);
	return group < pane->room && weir_bit_get(pane->present, group) ? pane->base + group : UINT32_MAX;
}

static uint32_t cell_in_block(struct weir_panes *p, struct weir_pane *pane, uint32_t group)
{
	if (!weir_bit_get(pane->present, group)) {
		weir_bit_set(pane->present, group);
		pane->n_cells++;
		p->groups->refs[group] += group >= WEIR_GROUP_FIRST;
	}
	return pane->base + group;
}

uint32_t weir_panes_cell(struct weir_panes *p, struct weir_pane *pane, uint32_t group)
{
	if (pane->room)
		return group < pane->room || grow_block(p, pane) ? cell_in_block(p, pane, group) : UINT32_MAX;
	uint32_t cell = find_in_table(pane, group);
	if (cell != UINT32_MAX)
		return cell;
	if (!table_room(p, pane) || (cell = take_cell(p)) == UINT32_MAX)
		return UINT32_MAX;
	table_put(pane, group, cell);
	if (group >= WEIR_GROUP_FIRST)
		p->groups->refs[group]++;
	return cell;
}

/* Without a branch: in a pane of many groups half of the rows are the first of theirs, and nobody could foretell which. */
static void cells_in_block(struct weir_panes *p, struct weir_pane *pane, const uint32_t *groups, uint32_t n,
			   uint32_t *cells)
{
	uint64_t *present = pane->present;
	uint32_t *refs = p->groups->refs, base = pane->base, more = 0;
	for (uint32_t i = 0; i < n; i++) {
		uint32_t group = groups[i];
		uint64_t word = present[group / 64], bit = UINT64_C(1) << group % 64;
		uint32_t fresh = (word & bit) == 0;
		present[group / 64] = word | bit;
		refs[group] += fresh & (group >= WEIR_GROUP_FIRST);
		more += fresh;
		cells[i] = base + group;
	}
	pane->n_cells += more;
}

/* The table of many groups does not fit the caches: the places of later ones are asked for while earlier ones are looked up. */
bool weir_panes_cells(struct weir_panes *p, struct weir_pane *pane, const uint32_t *groups, uint32_t n, uint32_t *cells)
{
	enum { AHEAD = 16, LARGE = 2048 };
	if (pane->room >= p->groups->n) {
		cells_in_block(p, pane, groups, n, cells);
		return true;
	}
	for (uint32_t i = 0; i < n; i++) {
		if (i + AHEAD < n && !pane->room && pane->mask >= LARGE)
			__builtin_prefetch(pane->map + place_of(groups[i + AHEAD], pane->mask));
		cells[i] = weir_panes_cell(p, pane, groups[i]);
		if (cells[i] == UINT32_MAX)
			return false;
	}
	return true;
}
