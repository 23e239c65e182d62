/* The study: its shares, what they saw together, and the answer. A first pass goes over the newest segments alone, so that
 * something is there at once. */
#include "query/profile/seen.h"

#include <stdlib.h>

enum { FIRST_SEGMENTS = 4, MOST_ITEMS = 1 << 20, LEAST_BOUND = 256, TEXT_BYTES = 64, FEW_COLUMNS = 200 };

static void free_share(struct weir_profile_study *s, struct weir_profile_share *share)
{
	weir_plan_free(share->plan);
	for (uint32_t i = 0; share->columns && i < s->n_columns; i++)
		weir_seen_release(&share->columns[i], s->rows->budget);
	free(share->columns);
	free(share->codes);
	weir_buf_release(&share->text);
}

static void free_study(struct weir_study *study)
{
	struct weir_profile_study *s = (struct weir_profile_study *)study;
	for (uint32_t i = 0; s->shares && i < s->n_shares; i++)
		free_share(s, &s->shares[i]);
	for (uint32_t i = 0; s->places && i < s->rows->schema->n_streams; i++)
		free(s->places[i]);
	free(s->places);
	free(s->shares);
	weir_study_rows_unref(s->rows);
	free(s);
}

/* Which column of all each field of a stream is. */
static bool find_places(struct weir_profile_study *s)
{
	const struct weir_relation_schema *schema = s->rows->schema;
	s->places = weir_calloc(schema->n_streams + (size_t)1, sizeof(uint32_t *));
	for (uint32_t i = 0; s->places && i < schema->n_streams; i++) {
		const struct weir_schema *one = schema->streams[i];
		uint32_t n = one ? one->n_fields : 0;
		s->places[i] = weir_calloc(n + (size_t)1, sizeof(uint32_t));
		if (!s->places[i])
			return false;
		for (uint32_t k = 0; k < n; k++) {
			int at = weir_schema_find(schema->common, one->fields[k].name);
			s->places[i][k] = at < 0 ? s->n_columns : (uint32_t)at;
		}
	}
	return s->places != NULL;
}

static enum weir_status begin(struct weir_study *study, struct weir_study_rows *rows, uint32_t shares,
			      struct weir_study_work *work, struct weir_error *err)
{
	struct weir_profile_study *s = (struct weir_profile_study *)study;
	enum weir_status st = WEIR_OK;
	s->rows = weir_study_rows_ref(rows);
	s->n_columns = rows->schema->common->n_fields;
	uint32_t bound = MOST_ITEMS / (s->n_columns + 1);
	s->bound = bound < LEAST_BOUND ? LEAST_BOUND : bound > WEIR_PROFILE_VALUES ? WEIR_PROFILE_VALUES : bound;
	s->shares = weir_calloc(shares, sizeof *s->shares);
	s->n_shares = s->shares ? shares : 0;
	bool ok = s->shares && find_places(s);
	for (uint32_t i = 0; ok && st == WEIR_OK && i < shares; i++) {
		s->shares[i].columns = weir_calloc(s->n_columns + (size_t)1, sizeof *s->shares[i].columns);
		ok = s->shares[i].columns != NULL;
		if (ok && !s->all && rows->view.text[WEIR_VIEW_WHERE])
			st = weir_study_rows_bind(rows, &s->shares[i].plan, err);
	}
	if (!ok)
		return weir_fail(err, WEIR_NO_MEMORY, "profile", "out of memory for the values of columns");
	s->n_segments = work->n_pieces;
	if (work->n_pieces > FIRST_SEGMENTS)
		work->n_pieces = FIRST_SEGMENTS;
	return st;
}

static enum weir_status piece(struct weir_study *study, struct weir_study_run *run, uint32_t share, uint32_t number,
			      struct weir_error *err)
{
	struct weir_profile_study *s = (struct weir_profile_study *)study;
	uint32_t segment = s->n_segments - 1 - s->n_before - number;
	if (share == 0)
		s->run = run;
	enum weir_status st = weir_profile_scan(s, run, share, segment, err);
	if (st == WEIR_OK)
		weir_study_advance(run, share,
				   weir_relation_snapshot_segment(s->rows->snapshot, segment)->rows->n_rows);
	return st;
}

/* What the shares saw goes to the first of them. */
static bool merge_shares(struct weir_profile_study *s)
{
	struct weir_profile_share *all = &s->shares[0];
	for (uint32_t i = 1; i < s->n_shares; i++) {
		struct weir_profile_share *one = &s->shares[i];
		for (uint32_t k = 0; k < s->n_columns; k++) {
			if (!weir_seen_merge(&all->columns[k], &one->columns[k], s->bound, s->rows->budget))
				return false;
			weir_seen_release(&one->columns[k], s->rows->budget);
		}
		all->n_rows += one->n_rows;
		all->n_gone_through += one->n_gone_through;
		one->n_rows = one->n_gone_through = 0;
	}
	return true;
}

static struct weir_value value_at(const struct weir_profile_study *s, uint32_t column, const struct weir_counted *c,
				  struct weir_buf *text)
{
	const struct weir_batch *rows = weir_relation_snapshot_segment(s->rows->snapshot, c->segment)->rows;
	const uint32_t *places = s->places[rows->stream];
	for (uint32_t i = 0; i < rows->n_columns; i++)
		if (places[i] == column)
			return weir_seen_as(&rows->columns[i], c->row, s->rows->schema->common->fields[column].type,
					    text);
	return (struct weir_value){.type = WEIR_NULL};
}

/* The value with more rows first; of as many, the smaller value. */
static bool goes_before(const struct weir_profile_study *s, uint32_t column, const struct weir_counted *a,
			const struct weir_counted *b)
{
	struct weir_buf one = {0}, two = {0};
	if (a->rows != b->rows)
		return a->rows > b->rows;
	struct weir_value first = value_at(s, column, a, &one), second = value_at(s, column, b, &two);
	bool before = weir_value_compare(&first, &second) < 0;
	weir_buf_release(&one);
	weir_buf_release(&two);
	return before;
}

static uint32_t find_top(const struct weir_profile_study *s, uint32_t column, const struct weir_seen *v,
			 const struct weir_counted *top[WEIR_PROFILE_TOP])
{
	uint32_t n = 0, most = s->n_columns > FEW_COLUMNS ? WEIR_PROFILE_FEW_TOP : WEIR_PROFILE_TOP;
	for (uint32_t i = 0; v->mask && i <= v->mask; i++) {
		const struct weir_counted *c = &v->items[i];
		if (!c->key || (n == most && !goes_before(s, column, c, top[n - 1])))
			continue;
		uint32_t at = n < most ? n++ : n - 1;
		for (; at > 0 && goes_before(s, column, c, top[at - 1]); at--)
			top[at] = top[at - 1];
		top[at] = c;
	}
	return n;
}

/* In the arena, cut between characters. */
static bool keep_value(struct weir_arena *arena, struct weir_value *v)
{
	if (v->type != WEIR_STRING)
		return true;
	size_t n = v->s.size < TEXT_BYTES ? v->s.size : TEXT_BYTES;
	while (n < v->s.size && n > 0 && ((unsigned char)v->s.data[n] & 0xc0) == 0x80)
		n--;
	v->s = weir_arena_str(arena, (struct weir_str){v->s.data, n});
	return v->s.data != NULL;
}

static bool add_top(const struct weir_profile_study *s, struct weir_profile *p, uint32_t column,
		    const struct weir_seen *v, struct weir_profile_column *out)
{
	const struct weir_counted *top[WEIR_PROFILE_TOP];
	struct weir_buf text = {0};
	uint32_t n = find_top(s, column, v, top);
	struct weir_profile_value *values = weir_arena_zalloc(&p->arena, (n + (size_t)1) * sizeof *values);
	bool ok = values != NULL;
	for (uint32_t i = 0; ok && i < n; i++) {
		values[i] = (struct weir_profile_value){value_at(s, column, top[i], &text), top[i]->rows};
		ok = !text.failed && keep_value(&p->arena, &values[i].value);
	}
	weir_buf_release(&text);
	out->top = values;
	out->n_top = ok ? n : 0;
	return ok;
}

static bool is_time(const struct weir_relation_schema *schema, struct weir_str name)
{
	for (uint32_t i = 0; i < schema->n_streams; i++) {
		int at = schema->streams[i] ? weir_schema_find(schema->streams[i], name) : -1;
		if (at >= 0 && schema->streams[i]->fields[at].is_time)
			return true;
	}
	return false;
}

static bool add_column(const struct weir_profile_study *s, struct weir_profile *p, uint32_t column,
		       struct weir_profile_column *out)
{
	const struct weir_field *field = &s->rows->schema->common->fields[column];
	const struct weir_profile_share *all = &s->shares[0];
	const struct weir_seen *v = &all->columns[column];
	bool text = field->type == WEIR_STRING;
	*out = (struct weir_profile_column){
	    .name = weir_arena_str(&p->arena, field->name),
	    .type = field->type,
	    .is_time = is_time(s->rows->schema, field->name),
	    .n = v->n_valid,
	    .n_null = v->n_null,
	    .n_missing = all->n_rows - v->n_valid - v->n_null,
	    .n_distinct = weir_seen_distinct(v),
	    .estimated = v->estimated,
	    .rising = v->any && !v->fell,
	    .mean_bytes = text && v->n_valid ? (uint32_t)(v->bytes / v->n_valid) : 0,
	};
	if (v->any) {
		out->min = v->low;
		out->max = v->high;
	}
	return out->name.data && add_top(s, p, column, v, out);
}

static void free_profile(struct weir_study_answer *a)
{
	struct weir_profile *p = (struct weir_profile *)a;
	weir_arena_release(&p->arena);
	free(p);
}

static enum weir_status answer(const struct weir_profile_study *s, bool whole, struct weir_study_answer **out,
			       struct weir_error *err)
{
	struct weir_profile *p = weir_calloc(1, sizeof *p);
	struct weir_profile_column *columns =
	    p ? weir_arena_zalloc(&p->arena, (s->n_columns + (size_t)1) * sizeof *columns) : NULL;
	bool ok = columns != NULL;
	for (uint32_t i = 0; ok && i < s->n_columns; i++)
		ok = add_column(s, p, i, &columns[i]);
	if (!ok) {
		if (p)
			free_profile(&p->answer);
		return weir_fail(err, WEIR_NO_MEMORY, "profile", "out of memory for the values of columns");
	}
	p->answer.refs = 1;
	p->answer.free = free_profile;
	p->answer.whole = whole;
	p->generation = s->rows->generation;
	p->n_rows = s->shares[0].n_rows;
	p->n_gone_through = s->shares[0].n_gone_through;
	p->n_held = weir_relation_snapshot_rows(s->rows->snapshot);
	p->n_columns = s->n_columns;
	p->columns = columns;
	*out = &p->answer;
	return WEIR_OK;
}

static enum weir_status join(struct weir_study *study, struct weir_study_work *work, bool *again,
			     struct weir_study_answer **out, struct weir_error *err)
{
	struct weir_profile_study *s = (struct weir_profile_study *)study;
	struct weir_study_answer *part = NULL;
	if (!merge_shares(s))
		return weir_fail(err, WEIR_NO_MEMORY, "profile", "out of memory for the values of columns");
	s->n_before += work->n_pieces;
	*again = s->n_before < s->n_segments;
	work->n_pieces = s->n_segments - s->n_before;
	if (!*again)
		return answer(s, true, out, err);
	if (s->run && answer(s, false, &part, NULL) == WEIR_OK)
		weir_study_offer(s->run, part);
	return WEIR_OK;
}

const struct weir_study_ops weir_study_profile = {
    .name = "profile", .begin = begin, .piece = piece, .join = join, .free = free_study};

struct weir_study *weir_study_profile_new(bool all)
{
	struct weir_profile_study *s = weir_calloc(1, sizeof *s);
	if (!s)
		return NULL;
	s->study.ops = &weir_study_profile;
	s->all = all;
	return &s->study;
}

const struct weir_profile_column *weir_profile_find(const struct weir_profile *p, struct weir_str name)
{
	for (uint32_t i = 0; p && i < p->n_columns; i++)
		if (weir_str_equal(p->columns[i].name, name))
			return &p->columns[i];
	return NULL;
}
