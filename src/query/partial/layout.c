/* Which questions can be asked by partial rows, and the columns of those rows. */
#include "query/partial/partial.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- whether it can be asked ---- */

static enum weir_status refuse(struct weir_error *err, const char *origin, const char *hint, const char *why)
{
	weir_fail(err, WEIR_UNSUPPORTED, origin, "%s", why);
	weir_error_hint(err, "%s", hint);
	return WEIR_UNSUPPORTED;
}

static enum weir_status check_window(const struct weir_plan *p, struct weir_error *err)
{
	enum weir_window_kind kind = p->window.kind;
	bool again = p->finite || kind == WEIR_WINDOW_SINCE;
	if (p->rows_mode)
		return refuse(err, "--fabric", "give --group or --measure, or leave --fabric out",
			      "rows one by one are not counted there");
	if (kind == WEIR_WINDOW_ROWS)
		return refuse(err, "--window", "ask for a window of time, such as 5m",
			      "the newest rows cannot be told from others there");
	if (p->says_before && again)
		return refuse(err, "--compare", "leave --fabric out, or compare windows of a stream that goes on",
			      "what came before is not counted again there");
	if (p->grace_us > 0)
		return refuse(err, "--grace", "give a longer --late instead",
			      "late rows are let in by the newest event alone there, pane by pane");
	return WEIR_OK;
}

static enum weir_status check_columns(const struct weir_spark_partials *s, struct weir_error *err)
{
	enum { ARRIVAL = 4, MALFORMED = 8 }; /* bits of the table in spark/table.c */
	if (s->virtuals & ARRIVAL)
		return refuse(err, "_arrival", "use the event time", "when a record arrives is not known there");
	if (s->virtuals & MALFORMED)
		return refuse(err, "_malformed", "leave it out: malformed records are counted beside the answer",
			      "which records are malformed is not known there");
	return WEIR_OK;
}

static enum weir_status check_notes(const struct weir_spark_notes *notes, struct weir_error *err)
{
	static const char never[] = "cannot be run: ";
	if (notes->too_long)
		return refuse(err, "--fabric", "shorten it, or leave --fabric out",
			      "an expression is too long as Spark SQL");
	for (uint32_t i = 0; i < notes->n; i++)
		if (!strncmp(notes->texts[i], never, sizeof never - 1))
			return refuse(err, "--fabric", "write it another way, or leave --fabric out",
				      notes->texts[i] + sizeof never - 1);
	return WEIR_OK;
}

static enum weir_status check_plan(const struct weir_plan *p, struct weir_error *err)
{
	if (!p->partials)
		return weir_fail(err, WEIR_USAGE, "view", "the plan is not one for partial rows");
	return check_window(p, err);
}

static enum weir_status check_made(const struct weir_spark_partials *s, bool ok, struct weir_error *err)
{
	if (!ok)
		return weir_fail(err, WEIR_NO_MEMORY, "view", "out of memory");
	enum weir_status status = check_columns(s, err);
	return status ? status : check_notes(&s->notes, err);
}

enum weir_status weir_partial_ready(const struct weir_plan *p, struct weir_error *err)
{
	struct weir_spark_partials made;
	enum weir_status status = check_plan(p, err);
	if (status)
		return status;
	bool ok = weir_spark_partials_make(p, weir_partial_pane_us(p), &made);
	status = check_made(&made, ok, err);
	weir_spark_partials_release(&made);
	return status;
}

/* ---- columns ---- */

struct columns {
	struct weir_arena *arena;
	struct weir_partial_column *at;
	uint32_t n;
	bool failed;
};

static void add_column(struct columns *c, enum weir_partial_role role, enum weir_type type, bool decimal,
		       uint32_t index, const char *name, bool numbered)
{
	char text[40];
	snprintf(text, sizeof text, numbered ? "%s_%u" : "%s", name, index + 1);
	c->at[c->n] = (struct weir_partial_column){.name = weir_arena_str(c->arena, weir_str_of(text)),
						   .type = type,
						   .decimal = decimal,
						   .role = role,
						   .index = index};
	c->failed |= !c->at[c->n++].name.data;
}

static uint32_t add_keys(struct columns *c, const struct weir_plan *p, const struct weir_spark_partials *made)
{
	add_column(c, WEIR_PARTIAL_PANE, WEIR_TIMESTAMP, false, 0, "pane", false);
	add_column(c, WEIR_PARTIAL_EDGE, WEIR_BOOL, false, 0, "edge", false);
	if (made->n_splits)
		add_column(c, WEIR_PARTIAL_PART, WEIR_INT64, false, 0, "part", false);
	for (uint32_t i = 0; i < p->n_groups; i++)
		add_column(c, WEIR_PARTIAL_GROUP, p->group_types[i], false, i, "group", true);
	for (uint32_t i = 0; i < made->n_splits; i++)
		add_column(c, WEIR_PARTIAL_SPLIT, made->splits[i].type, false, i, "split", true);
	return c->n;
}

static void add_values(struct columns *c, const struct weir_spark_partials *made)
{
	add_column(c, WEIR_PARTIAL_COUNT, WEIR_INT64, false, 0, "count", false);
	add_column(c, WEIR_PARTIAL_FIRST_TIME, WEIR_TIMESTAMP, false, 0, "first_time", false);
	add_column(c, WEIR_PARTIAL_LAST_TIME, WEIR_TIMESTAMP, false, 0, "last_time", false);
	for (uint32_t i = 0; i < made->n_values; i++)
		add_column(c, WEIR_PARTIAL_VALUE, made->values[i].type, made->values[i].decimal, i, "value", true);
}

static bool set_layout(struct weir_partials *s, const struct weir_plan *p, const struct weir_spark_partials *made)
{
	size_t most = 3 + p->n_groups + made->n_splits + WEIR_PARTIAL_FIXED_VALUES + made->n_values;
	struct columns c = {.arena = &s->arena, .at = weir_arena_zalloc(&s->arena, most * sizeof *c.at)};
	if (!c.at)
		return false;
	s->n_splits = (uint32_t)made->n_splits;
	s->layout.pane_us = made->pane_us;
	s->layout.keys = c.at;
	s->layout.n_keys = add_keys(&c, p, made);
	s->layout.values = c.at + c.n;
	add_values(&c, made);
	s->layout.n_values = c.n - s->layout.n_keys;
	s->scratch = weir_arena_zalloc(&s->arena, (c.n + s->layout.n_values) * sizeof *s->scratch);
	return !c.failed && s->scratch;
}

/* ---- the same question ---- */

static void add_question(const struct weir_spark_partials *made, struct weir_buf *out)
{
	for (size_t i = 0; i < sizeof made->clauses / sizeof *made->clauses; i++) {
		weir_buf_add_str(out, weir_buf_str(made->clauses + i));
		weir_buf_add_char(out, '\n');
	}
}

bool weir_partials_fits(const struct weir_partials *s, const struct weir_plan *p)
{
	struct weir_spark_partials made;
	struct weir_buf question = {0};
	if (!p->partials || check_window(p, NULL) || weir_partial_pane_us(p) % s->layout.pane_us)
		return false;
	bool ok = weir_spark_partials_make(p, s->layout.pane_us, &made);
	if (ok)
		add_question(&made, &question);
	ok = ok && !question.failed && weir_str_equal(weir_buf_str(&question), weir_buf_str(&s->question));
	weir_buf_release(&question);
	weir_spark_partials_release(&made);
	return ok;
}

bool weir_partials_attach(struct weir_partials *s, const struct weir_plan *p)
{
	struct weir_spark_partials made;
	bool ok = weir_spark_partials_make(p, s->layout.pane_us, &made);
	if (ok) {
		free(s->feeds);
		s->feeds = made.feeds;
		made.feeds = NULL;
	}
	weir_spark_partials_release(&made);
	return ok;
}

/* ---- the whole ---- */

enum weir_status weir_partials_new(const struct weir_plan *p, struct weir_budget *budget, struct weir_partials **out,
				   struct weir_error *err)
{
	struct weir_spark_partials made;
	enum weir_status status = check_plan(p, err);
	if (status)
		return status;
	bool ok = weir_spark_partials_make(p, weir_partial_pane_us(p), &made);
	status = check_made(&made, ok, err);
	struct weir_partials *s = status ? NULL : weir_calloc(1, sizeof *s);
	if (s) {
		s->budget = budget;
		ok = set_layout(s, p, &made);
		add_question(&made, &s->question);
		weir_partials_clear(s);
		s->feeds = made.feeds;
		made.feeds = NULL;
		s->plan = p;
	}
	weir_spark_partials_release(&made);
	if (!status && (!s || !ok || s->question.failed)) {
		weir_partials_free(s);
		return weir_fail(err, WEIR_NO_MEMORY, "view", "out of memory");
	}
	*out = s;
	return status;
}

void weir_partials_free(struct weir_partials *s)
{
	if (!s)
		return;
	weir_partials_clear(s);
	free(s->panes);
	free(s->changed);
	free(s->feeds);
	weir_buf_release(&s->question);
	weir_buf_release(&s->key);
	weir_buf_release(&s->values);
	weir_arena_release(&s->arena);
	free(s);
}

const struct weir_partial_layout *weir_partials_layout(const struct weir_partials *s)
{
	return &s->layout;
}
