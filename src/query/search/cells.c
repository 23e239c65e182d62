/* The cells of a segment, column by column, each in the way that its encoding allows. */
#include "query/search/search.h"

#include "query/plan/slice.h"
#include "query/search/memo.h"

#include <stdlib.h>

struct weir_cells {
	struct weir_plan *plan;     /* owned */
	struct weir_finder *finder; /* owned */
	bool *wanted;               /* owned, by row column of the plan */
	struct weir_memos *memos;   /* owned */
	struct weir_value *cells;   /* owned: of the computed columns of a row */
	char second[40];            /* the text of the time that came last, to the second */
	size_t second_bytes;
	int64_t second_us;
	uint64_t n_undecided;
};

/* Rows [from, to) of a batch. */
struct scan {
	struct weir_cells *cells;
	const struct weir_batch *batch;
	uint32_t from, to;
	const uint64_t *pass;
	uint64_t *match;
};

static enum weir_status no_memory(struct weir_error *err)
{
	return weir_fail(err, WEIR_NO_MEMORY, "search", "out of memory");
}

static bool is_wanted(struct weir_str name, const struct weir_str *columns, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		if (weir_str_equal(columns[i], name))
			return true;
	return n == 0;
}

enum weir_status weir_cells_new(struct weir_str what, struct weir_plan *plan, const struct weir_str *columns,
				uint32_t n_columns, struct weir_cells **out, struct weir_error *err)
{
	struct weir_cells *c = weir_calloc(1, sizeof *c);
	*out = NULL;
	if (!c) {
		weir_plan_free(plan);
		return no_memory(err);
	}
	c->plan = plan;
	c->memos = weir_calloc(1, sizeof *c->memos);
	c->wanted = weir_calloc(plan->n_row_columns + (size_t)1, sizeof *c->wanted);
	c->cells = weir_calloc(weir_plan_n_computed(plan) + (size_t)1, sizeof *c->cells);
	enum weir_status status = weir_finder_new(what, &c->finder, err);
	if (status == WEIR_OK && (!c->memos || !c->wanted || !c->cells))
		status = no_memory(err);
	for (uint32_t i = 0; status == WEIR_OK && i < plan->n_row_columns; i++)
		c->wanted[i] = is_wanted(plan->row_columns[i].name, columns, n_columns);
	if (status == WEIR_OK)
		*out = c;
	else
		weir_cells_free(c);
	return status;
}

void weir_cells_free(struct weir_cells *c)
{
	if (!c)
		return;
	if (c->memos)
		weir_memos_release(c->memos);
	weir_plan_free(c->plan);
	weir_finder_free(c->finder);
	free(c->memos);
	free(c->wanted);
	free(c->cells);
	free(c);
}

static bool holds(struct weir_cells *c, struct weir_str text)
{
	size_t at, size;
	bool undecided, found = weir_finder_find(c->finder, text, 0, &at, &size, &undecided);
	c->n_undecided += undecided;
	return found;
}

/* Whether the row still has to be looked at. */
static bool is_open(const struct scan *s, uint32_t row)
{
	return weir_bit_get(s->pass, row) && !weir_bit_get(s->match, row);
}

static uint8_t try_code(struct weir_cells *c, struct weir_memo_dict *d, uint32_t code)
{
	bool yes = holds(c, weir_dict_get(d->dict, code));
	d->n_known++;
	d->n_yes += yes;
	return d->states[code] = yes ? WEIR_MEMO_YES : WEIR_MEMO_NO;
}

static bool scan_codes(struct scan *s, const struct weir_column *column)
{
	struct weir_memo_dict *d = weir_memo_dict(s->cells->memos, column->dict);
	if (!d)
		return false;
	/* Fewer texts than rows: all of them are tried, and mostly none matches. */
	for (uint32_t code = 0; d->n - d->n_known <= s->to - s->from && d->n_known < d->n && code < d->n; code++)
		if (d->states[code] == WEIR_MEMO_UNKNOWN)
			(void)try_code(s->cells, d, code);
	if (d->n_known == d->n && !d->n_yes)
		return true;
	for (uint32_t row = s->from; row < s->to; row++) {
		uint32_t code = weir_column_code(column, row);
		uint8_t state = d->states[code];
		if (state == WEIR_MEMO_NO)
			continue;
		if (!weir_column_valid(column, row) || !is_open(s, row))
			continue;
		if (state == WEIR_MEMO_UNKNOWN)
			state = try_code(s->cells, d, code);
		if (state == WEIR_MEMO_YES)
			weir_bit_set(s->match, row);
	}
	return true;
}

/* The texts stand one behind the other: they are searched as one, and what spans two of them is passed over. */
static void scan_run(struct scan *s, const struct weir_column *column)
{
	size_t begin = (size_t)(weir_column_plain(column, s->from).data - column->bytes);
	struct weir_str last = weir_column_plain(column, s->to - 1);
	struct weir_str all = {column->bytes, (size_t)(last.data - column->bytes) + last.size};
	uint32_t row = s->from;
	size_t at, size;
	while (weir_finder_find(s->cells->finder, all, begin, &at, &size, NULL)) {
		struct weir_str text = weir_column_plain(column, row);
		if (!column->offsets && column->width) {
			row = (uint32_t)(at / column->width);
			text = weir_column_plain(column, row);
		}
		while ((size_t)(text.data - column->bytes) + text.size <= at)
			text = weir_column_plain(column, ++row);
		size_t end = (size_t)(text.data - column->bytes) + text.size;
		begin = at + 1;
		if (at + size <= end) {
			weir_bit_set(s->match, row);
			begin = end;
		}
	}
}

static void scan_texts(struct scan *s, const struct weir_column *column)
{
	if (weir_finder_is_plain(s->cells->finder) && column->bytes) {
		scan_run(s, column);
		return;
	}
	for (uint32_t row = s->from; row < s->to; row++)
		if (is_open(s, row) && weir_column_valid(column, row) &&
		    holds(s->cells, weir_column_plain(column, row)))
			weir_bit_set(s->match, row);
}

/* As weir_time_format_iso writes it. Times that follow each other mostly differ in the fraction alone. */
static size_t time_text(struct weir_cells *c, int64_t us, char out[40])
{
	int64_t fraction = us % WEIR_US_PER_S;
	fraction += fraction < 0 ? WEIR_US_PER_S : 0;
	if (!c->second_bytes || us - fraction != c->second_us) {
		c->second_us = us - fraction;
		c->second_bytes = weir_time_format_iso(c->second_us, c->second) - 1; /* without its Z */
	}
	size_t n = c->second_bytes;
	int digits = fraction % 1000 ? 6 : fraction ? 3 : 0;
	memcpy(out, c->second, n);
	if (digits)
		out[n++] = '.';
	fraction /= digits == 3 ? 1000 : 1;
	for (int i = digits; i-- > 0; fraction /= 10)
		out[n + (size_t)i] = (char)('0' + fraction % 10);
	n += (size_t)digits;
	out[n++] = 'Z';
	return n;
}

static bool holds_integer(struct weir_cells *c, int64_t v)
{
	char text[24];
	struct weir_memo_number *n = weir_memo_number(c->memos, v);
	if (n->state == WEIR_MEMO_UNKNOWN) {
		size_t size = weir_format_int64(v, text);
		n->state = holds(c, (struct weir_str){text, size}) ? WEIR_MEMO_YES : WEIR_MEMO_NO;
	}
	return n->state == WEIR_MEMO_YES;
}

static bool holds_value(struct weir_cells *c, const struct weir_value *v)
{
	char text[40];
	size_t size = 0;
	switch (v->type) {
	case WEIR_STRING:
		return holds(c, v->s);
	case WEIR_BOOL:
		return holds(c, v->b ? WEIR_STR("true") : WEIR_STR("false"));
	case WEIR_INT64:
		return holds_integer(c, v->i);
	case WEIR_FLOAT64:
		size = weir_format_double(v->f, text);
		return holds(c, (struct weir_str){text, size});
	case WEIR_TIMESTAMP:
		size = time_text(c, v->i, text);
		return holds(c, (struct weir_str){text, size});
	default:
		return false;
	}
}

/* What values of a type are written with, in lower case as well where the finder ignores it. */
static const char *characters_of(enum weir_type type)
{
	switch (type) {
	case WEIR_BOOL:
		return "truefalsTRUEFALS";
	case WEIR_INT64:
		return "-0123456789";
	case WEIR_FLOAT64:
		return "-+.0123456789aeinftyAEINFTY";
	case WEIR_TIMESTAMP:
		return "-:.0123456789tzTZ";
	default:
		return NULL;
	}
}

static void scan_values(struct scan *s, const struct weir_column *column)
{
	const char *characters = characters_of(column->type);
	if (!characters || !weir_finder_may_be_of(s->cells->finder, characters))
		return;
	for (uint32_t row = s->from; row < s->to; row++) {
		if (!is_open(s, row))
			continue;
		struct weir_value v = weir_column_get(column, row);
		if (v.type != WEIR_NULL && holds_value(s->cells, &v))
			weir_bit_set(s->match, row);
	}
}

static bool scan_column(struct scan *s, const struct weir_column *column)
{
	switch (column->encoding) {
	case WEIR_ENC_ABSENT:
		return true;
	case WEIR_ENC_DICT:
		return scan_codes(s, column);
	case WEIR_ENC_PLAIN:
		scan_texts(s, column);
		return true;
	default:
		scan_values(s, column);
		return true;
	}
}

static enum weir_status scan_computed(struct scan *s, struct weir_error *err)
{
	struct weir_cells *c = s->cells;
	uint32_t n = weir_plan_n_computed(c->plan), first = c->plan->n_row_columns - n;
	bool any = false;
	for (uint32_t i = 0; i < n; i++)
		any = any || c->wanted[first + i];
	for (uint32_t row = s->from; any && row < s->to; row++) {
		if (!is_open(s, row))
			continue;
		enum weir_status status = weir_plan_computed(c->plan, s->batch, row, c->cells, err);
		if (status)
			return status;
		for (uint32_t i = 0; i < n; i++)
			if (c->wanted[first + i] && c->cells[i].type != WEIR_NULL && holds_value(c, c->cells + i))
				weir_bit_set(s->match, row);
	}
	return WEIR_OK;
}

static enum weir_status scan_columns(struct scan *s, struct weir_error *err)
{
	const struct weir_plan *p = s->cells->plan;
	const struct weir_batch *b = s->batch;
	const struct weir_column *const others[] = {&b->raw, &b->key, &b->headers};
	bool ok = true;
	for (uint32_t i = 0; ok && i < p->n_row_fields; i++) {
		int at = p->row_fields[b->stream * p->schema->common->n_fields + i];
		if (s->cells->wanted[i] && at >= 0 && (uint32_t)at < b->n_columns)
			ok = scan_column(s, b->columns + at);
	}
	for (size_t i = 0; ok && i < sizeof others / sizeof *others; i++)
		ok = scan_column(s, others[i]);
	return ok ? scan_computed(s, err) : no_memory(err);
}

/* The rows from `from` on that pass and are not later than that; false: none is. */
static enum weir_status passing(struct weir_cells *c, const struct weir_segment *segment, uint32_t from,
				int64_t until_us, uint64_t *pass, bool *any, struct weir_error *err)
{
	const struct weir_batch *b = segment->rows;
	struct weir_slice *slice = c->plan->slice;
	enum weir_status status = WEIR_OK;
	*any = false;
	slice->stream = b->stream;
	weir_slice_ask_zones(c->plan, slice, segment);
	bool none = slice->none;
	if (!none)
		status = weir_plan_filter(c->plan, b, pass, err);
	weir_slice_ask_zones(c->plan, slice, NULL);
	if (none || status)
		return status;
	bool late = until_us != WEIR_TIME_NONE && b->time_us && segment->time_max_us > until_us;
	for (uint32_t row = 0; row < from; row++)
		weir_bit_clear(pass, row);
	for (uint32_t row = from; (late || b->weight) && row < b->n_rows; row++)
		if ((late && b->time_us[row] > until_us) || (b->weight && b->weight[row] <= 0))
			weir_bit_clear(pass, row);
	for (uint32_t i = 0; i < weir_bit_words(b->n_rows) && !*any; i++)
		*any = pass[i] != 0;
	return WEIR_OK;
}

enum weir_status weir_cells_search(struct weir_cells *c, const struct weir_segment *segment, uint32_t from,
				   int64_t until_us, uint64_t *match, uint64_t *n_undecided, struct weir_error *err)
{
	uint64_t pass[WEIR_SEGMENT_ROWS / 64];
	struct scan s = {c, segment->rows, from, segment->rows->n_rows, pass, match};
	bool any;
	if (from >= s.to)
		return WEIR_OK;
	enum weir_status status = passing(c, segment, from, until_us, pass, &any, err);
	if (status || !any)
		return status;
	c->n_undecided = 0;
	c->plan->row_batch = NULL;
	status = scan_columns(&s, err);
	for (uint32_t i = from / 64; i < weir_bit_words(s.to); i++) {
		uint64_t before = i == from / 64 ? (UINT64_C(1) << (from & 63)) - 1 : 0;
		match[i] &= pass[i] | before;
	}
	*n_undecided += c->n_undecided;
	return status;
}
