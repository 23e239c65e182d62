/* mode(x): the most frequent value; of several that are equally frequent the smallest, in the order of min(x).
 *
 * Each value is counted, so that the answer is exact, does not depend on the order of rows, and what was merged can be taken
 * away again, as long as a group has no more than 65,536 different values. When there are more, the rarer half leaves: the
 * count in the middle is taken off all, and those that have none left go. A count is then at most `missed` too small, and
 * that is no more than one row in 32,768: each unit of it was taken off half of the values at once. So the answer stays
 * right for a value that leads by more than that, and else is one that occurs so little less often. What was thinned out
 * merges, but does not subtract: the caller merges what is left again (*stale). Method: Misra and Gries, "Finding repeated
 * elements", 1982; merged as in Agarwal et al., "Mergeable summaries", 2012; many at a time as in Anderson et al., "A
 * high-performance algorithm for identifying frequent items in data streams", 2017. */
#include "query/aggregate/aggregate.h"

#include <stdlib.h>

enum { MOST_VALUES = 65536, FEWEST_PLACES = 4 };

struct counted {
	int64_t count; /* 0: the place is free; below: taken back before it came */
	union {
		int64_t key;       /* numbers: order-preserving (weir_double_key) */
		struct weir_str s; /* owned copy */
	};
};

struct mode {                   /* all zero: no values */
	struct counted *places; /* owned, open addressing */
	uint32_t mask;          /* places - 1; 0: none yet */
	uint32_t n;
	int64_t missed; /* rows that a count may lack; 0: all are exact */
};

static size_t mode_bytes(enum weir_type type)
{
	(void)type;
	return sizeof(struct mode);
}

static uint64_t hash_of(enum weir_type type, const struct counted *c)
{
	return type == WEIR_STRING ? weir_hash(c->s.data, c->s.size) : weir_int_hash((uint64_t)c->key);
}

static bool same(enum weir_type type, const struct counted *a, const struct counted *b)
{
	return type == WEIR_STRING ? weir_str_equal(a->s, b->s) : a->key == b->key;
}

static uint32_t place_of(const struct mode *m, enum weir_type type, const struct counted *c)
{
	uint32_t i = (uint32_t)hash_of(type, c) & m->mask;
	while (m->places[i].count && !same(type, m->places + i, c))
		i = (i + 1) & m->mask;
	return i;
}

static int64_t table_bytes(const struct mode *m)
{
	return m->mask ? weir_heap_bytes(((size_t)m->mask + 1) * sizeof *m->places) : 0;
}

/* Moves the values with more than `less` rows into a table of so many places, less so many rows each; the others leave, but
 * for those that were taken back before they came. */
static bool rebuild(struct mode *m, enum weir_type type, uint32_t n_places, int64_t less, struct weir_budget *budget)
{
	struct mode fresh = {.mask = n_places - 1, .missed = m->missed + less};
	fresh.places = weir_calloc(n_places, sizeof *fresh.places);
	if (!fresh.places)
		return false;
	for (uint32_t i = 0; m->mask && i <= m->mask; i++) {
		struct counted *c = m->places + i;
		if (c->count > less || c->count < 0) {
			struct counted *to = fresh.places + place_of(&fresh, type, c);
			*to = *c;
			to->count -= c->count > 0 ? less : 0;
			fresh.n++;
		} else if (c->count && type == WEIR_STRING) {
			weir_text_drop(&c->s, budget);
		}
	}
	weir_budget_charge(budget, table_bytes(&fresh) - table_bytes(m));
	free(m->places);
	*m = fresh;
	return true;
}

static int by_count(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

static bool thin_out(struct mode *m, enum weir_type type, struct weir_budget *budget)
{
	int64_t *counts = weir_alloc(m->n * sizeof *counts);
	uint32_t n = 0;
	if (!counts)
		return false;
	for (uint32_t i = 0; i <= m->mask; i++)
		if (m->places[i].count > 0)
			counts[n++] = m->places[i].count;
	qsort(counts, n, sizeof *counts, by_count);
	int64_t middle = n ? counts[n / 2] : 0;
	free(counts);
	return rebuild(m, type, m->mask + 1, middle, budget);
}

static void erase(struct mode *m, enum weir_type type, uint32_t hole) /* closes the gap, so that no marks are needed */
{
	for (uint32_t i = (hole + 1) & m->mask; m->places[i].count; i = (i + 1) & m->mask) {
		uint32_t home = (uint32_t)hash_of(type, m->places + i) & m->mask;
		if (((i - home) & m->mask) >= ((i - hole) & m->mask)) {
			m->places[hole] = m->places[i];
			hole = i;
		}
	}
	m->places[hole] = (struct counted){0};
	m->n--;
}

static bool new_value(struct mode *m, enum weir_type type, const struct counted *c, int64_t rows,
		      struct weir_budget *budget)
{
	struct counted kept = {.count = rows};
	if (m->n >= MOST_VALUES && !thin_out(m, type, budget))
		return false;
	if (type != WEIR_STRING)
		kept.key = c->key;
	else if (!weir_text_keep(&kept.s, c->s, budget))
		return false;
	m->places[place_of(m, type, c)] = kept;
	m->n++;
	return true;
}

static bool count_value(struct mode *m, enum weir_type type, const struct counted *c, int64_t rows,
			struct weir_budget *budget)
{
	if (!rows)
		return true;
	if ((uint64_t)m->n * 4 >= (uint64_t)m->mask * 3 &&
	    !rebuild(m, type, m->mask ? (m->mask + 1) * 2 : FEWEST_PLACES, 0, budget))
		return false;
	uint32_t at = place_of(m, type, c);
	if (!m->places[at].count)
		return new_value(m, type, c, rows, budget);
	m->places[at].count += rows;
	if (m->places[at].count)
		return true;
	if (type == WEIR_STRING)
		weir_text_drop(&m->places[at].s, budget);
	erase(m, type, at);
	return true;
}

static bool mode_add(void *array, const uint32_t *slots, const struct weir_values *v, struct weir_budget *budget)
{
	struct mode *modes = array;
	struct counted c = {0};
	for (uint32_t i = 0; i < v->n; i++) {
		struct mode *m = modes + slots[i];
		int64_t rows = v->weights ? v->weights[i] : 1;
		if (v->type == WEIR_STRING)
			c.s = ((const struct weir_str *)v->data)[i];
		else
			c.key = weir_key_at(v, i);
		if (rows < 0 && m->missed)
			*v->lost = true;
		else if (!count_value(m, v->type, &c, rows, budget))
			return false;
	}
	return true;
}

static bool mode_merge(enum weir_type type, void *into, void *from, struct weir_budget *budget)
{
	struct mode *m = into;
	const struct mode *other = from;
	for (uint32_t i = 0; other->mask && i <= other->mask; i++)
		if (other->places[i].count && !count_value(m, type, other->places + i, other->places[i].count, budget))
			return false;
	m->missed += other->missed;
	return true;
}

static bool mode_subtract(enum weir_type type, void *into, void *from, bool *stale, struct weir_budget *budget)
{
	struct mode *m = into;
	const struct mode *other = from;
	*stale = m->missed || other->missed;
	for (uint32_t i = 0; !*stale && other->mask && i <= other->mask; i++)
		if (other->places[i].count && !count_value(m, type, other->places + i, -other->places[i].count, budget))
			return false;
	return true;
}

static struct weir_value value_of(enum weir_type type, const struct counted *c)
{
	return type == WEIR_STRING ? (struct weir_value){.type = type, .s = c->s} : weir_key_value(type, c->key);
}

static bool mode_widen(enum weir_type to, void *into, enum weir_type type, void *from, struct weir_budget *budget)
{
	struct mode *m = into;
	const struct mode *other = from;
	struct weir_buf text = {0};
	bool ok = true;
	for (uint32_t i = 0; ok && other->mask && i <= other->mask; i++) {
		struct counted c = other->places[i];
		struct weir_value v = value_of(type, &c);
		if (!c.count)
			continue;
		if (to == WEIR_FLOAT64) {
			c.key = weir_double_key((double)c.key);
		} else {
			weir_buf_clear(&text);
			weir_value_text(&v, &text);
			c.s = weir_buf_str(&text);
		}
		ok = !text.failed && count_value(m, to, &c, c.count, budget);
	}
	m->missed += other->missed;
	weir_buf_release(&text);
	return ok;
}

static void mode_release(enum weir_type type, void *accumulator, struct weir_budget *budget)
{
	struct mode *m = accumulator;
	for (uint32_t i = 0; type == WEIR_STRING && m->mask && i <= m->mask; i++)
		if (m->places[i].count)
			weir_text_drop(&m->places[i].s, budget);
	weir_budget_charge(budget, -table_bytes(m));
	free(m->places);
	*m = (struct mode){0};
}

static bool mode_put(enum weir_type type, void *accumulator, const struct weir_partial_rows *was,
		     const struct weir_partial_rows *is, bool *lost, struct weir_budget *budget)
{
	struct mode *m = accumulator;
	struct counted c = {0};
	int64_t rows = (int64_t)(is->n - (was ? was->n : 0));
	if (type == WEIR_STRING)
		c.s = is->split.s;
	else
		c.key = type == WEIR_FLOAT64 ? weir_double_key(is->split.f)
			: type == WEIR_BOOL  ? is->split.b
					     : is->split.i;
	*lost = *lost || (rows < 0 && m->missed);
	return *lost || count_value(m, type, &c, rows, budget);
}

static const struct weir_partial_form mode_partial = {.split = WEIR_SPLIT_VALUES, .put = mode_put};

static const struct weir_accumulator_ops counted_values = {
    .bytes = mode_bytes,
    .add = mode_add,
    .merge = mode_merge,
    .subtract = mode_subtract,
    .widen = mode_widen,
    .release = mode_release,
    .inverse = true,
    .may_go_stale = true,
    .partial = &mode_partial,
};

static struct weir_value mode_value(const struct weir_aggregate_state *s)
{
	const struct mode *m = s->accumulators[0];
	const struct counted *best = NULL;
	for (uint32_t i = 0; m->mask && i <= m->mask; i++) {
		const struct counted *c = m->places + i;
		if (c->count <= 0 || (best && c->count < best->count))
			continue;
		if (!best || c->count > best->count ||
		    (s->type == WEIR_STRING ? weir_str_compare(c->s, best->s) < 0 : c->key < best->key))
			best = c;
	}
	return best ? value_of(s->type, best) : (struct weir_value){.type = WEIR_NULL};
}

const struct weir_aggregate weir_aggregate_mode = {
    .doc =
	{"mode", "mode(x)", "the most frequent value, of several the smallest", "mode(host)", true,
	 "exact to 65,536 different values in a group; beyond that, a value whose count falls short of the greatest by at most one row in 32,768. Of equally frequent values the smallest, as `mode(x, true)` of Spark 4 (DuckDB: the one that came first)"},
    .accumulators = {&counted_values},
    .value = mode_value,
    .spark = "mode($x, true)",
    .spark_note = "mode needs Spark 4",
};
