/* Partial rows as Spark SQL: panes, groups, splits, and a column for each thing that an accumulator needs. */
#include "query/spark/partials.h"

#include "weir/base/print.h"
#include "weir/query/partial.h"

#include <stdio.h>
#include <stdlib.h>

#define PART "`_weir_part`"

struct making {
	struct weir_spark_view v;
	struct weir_spark_partials *s;
};

/* ---- columns ---- */

/* From what first and last take the order of rows. */
static void add_order(const struct weir_plan *p, struct weir_buf *out)
{
	weir_buf_addf(out, "struct(`_time` AS t, CAST(`_offset` AS BIGINT) AS o, %sCAST(`_partition` AS BIGINT) AS s)",
		      p->n_streams > 1 ? "`_source` * 65536L + " : "");
}

static bool same_text(const struct weir_buf *a, const struct weir_buf *b)
{
	return weir_str_equal(weir_buf_str(a), weir_buf_str(b));
}

/* The number of the column with that text, which it takes. */
static uint32_t put_value(struct making *m, struct weir_spark_value *value)
{
	struct weir_spark_partials *s = m->s;
	void *grown = s->values;
	for (uint32_t i = 0; i < s->n_values; i++)
		if (same_text(&s->values[i].sql, &value->sql)) {
			weir_buf_release(&value->sql);
			return i;
		}
	if (value->sql.failed || !weir_grow(&grown, &s->values_capacity, s->n_values + 1, sizeof *s->values)) {
		m->v.failed = true;
		weir_buf_release(&value->sql);
		return WEIR_NO_VALUE;
	}
	s->values = grown;
	s->values[s->n_values] = *value;
	return (uint32_t)s->n_values++;
}

static uint32_t make_value(struct making *m, const struct weir_spark_measure *measure, const struct weir_input *in,
			   const struct weir_partial_value *form)
{
	bool whole = in->type == WEIR_INT64 && form->spark_whole;
	struct weir_spark_value value = {.type = form->type, .decimal = whole && form->decimal};
	value.input = (uint32_t)(in - m->v.p->inputs);
	value.grouping = whole || !form->spark_whole ? form->grouping : WEIR_GROUPING_NONE;
	if (form->type == WEIR_NULL)
		value.type = in->type;
	if (whole)
		value.type = WEIR_INT64;
	weir_buf_add_c(&value.sql, value.type == WEIR_TIMESTAMP ? "unix_micros(" : "");
	weir_measure_spark_form(measure, whole ? form->spark_whole : form->spark, &m->v.notes, &value.sql);
	weir_buf_add_c(&value.sql, value.type == WEIR_TIMESTAMP ? ")" : "");
	return put_value(m, &value);
}

/* The lower end of the bucket of local's quantiles; of what is next to nothing or beyond all the value itself. */
static void add_bucket(const char *x, struct weir_buf *out)
{
	static const char form[] =
	    "CASE WHEN abs($) BETWEEN 1E-300D AND 1E300D THEN sign($) * CAST(floor(abs($) / #) AS DOUBLE) * # ELSE $ END";
	for (const char *c = form; *c; c++) {
		if (*c == '$')
			weir_buf_add_c(out, x);
		else if (*c == '#')
			weir_buf_addf(out, "power(2D, CAST(floor(log2(abs(%s))) AS DOUBLE) - 6D)", x);
		else
			weir_buf_add_char(out, *c);
	}
}

/* The split from the column that the table has for it. */
static void add_split(const struct weir_spark_split *split, uint32_t part, struct weir_buf *out)
{
	char column[24];
	snprintf(column, sizeof column, "`_weir_%u`", part);
	if (split->kind == WEIR_SPLIT_BUCKETS)
		add_bucket(column, out);
	else
		weir_buf_add_c(out, column);
}

static void add_split_value(struct making *m, const struct weir_spark_split *split, const struct weir_bound *argument,
			    struct weir_buf *out)
{
	bool time = split->kind == WEIR_SPLIT_VALUES && split->type == WEIR_TIMESTAMP;
	bool number = split->kind == WEIR_SPLIT_BUCKETS;
	weir_buf_add_c(out, time ? "unix_micros(" : number ? "nanvl(CAST(" : "");
	weir_bound_spark(argument, &m->v.notes, out);
	weir_buf_add_c(out, time ? ")" : number ? " AS DOUBLE), NULL)" : "");
}

/* The part of that split, made when new; 0: no memory. */
static uint32_t find_split(struct making *m, enum weir_partial_split kind, uint32_t input,
			   const struct weir_spark_measure *measure)
{
	struct weir_spark_partials *s = m->s;
	void *grown = s->splits;
	for (uint32_t i = 0; i < s->n_splits; i++)
		if (s->splits[i].kind == kind && s->splits[i].input == input)
			return i + 1;
	if (!weir_grow(&grown, &s->splits_capacity, s->n_splits + 1, sizeof *s->splits))
		return 0;
	s->splits = grown;
	struct weir_spark_split *split = s->splits + s->n_splits++;
	*split = (struct weir_spark_split){.kind = kind, .input = input};
	split->type = kind == WEIR_SPLIT_BUCKETS ? WEIR_FLOAT64 : m->v.p->inputs[input].type;
	weir_buf_addf(&split->sql, "CASE WHEN " PART " = %zu", s->n_splits);
	if (measure->where) {
		weir_buf_add_c(&split->sql, " AND ");
		weir_bound_spark_operand(measure->where, WEIR_SPARK_AND, &m->v.notes, &split->sql);
	}
	weir_buf_add_c(&split->sql, " THEN ");
	add_split_value(m, split, measure->argument, &split->sql);
	weir_buf_add_c(&split->sql, " END");
	m->v.failed |= split->sql.failed;
	return (uint32_t)s->n_splits;
}

static void make_feed(struct making *m, uint32_t accumulator, bool splits, struct weir_str order)
{
	const struct weir_plan *p = m->v.p;
	const struct weir_accumulator *a = p->accumulators + accumulator;
	const struct weir_input *in = p->inputs + a->input;
	const struct weir_partial_form *form = a->ops->partial;
	struct weir_spark_feed *feed = m->s->feeds + accumulator;
	struct weir_buf also = {0};
	if (!form)
		weir_spark_note(&m->v.notes, "cannot be run: a measure cannot be put together from parts");
	if (!form || splits != (form->split != WEIR_SPLIT_NONE))
		return;
	struct weir_bound *argument = weir_spark_view_argument(&m->v, in->argument, in->number);
	struct weir_bound *where = in->where ? weir_spark_view_bind(&m->v, in->where, p->n_derived, true) : NULL;
	struct weir_spark_measure measure = {.argument = argument, .where = where, .order = order};
	if (!m->v.failed && form->split)
		feed->part = find_split(m, form->split, a->input, &measure);
	m->v.failed |= form->split && !feed->part;
	if (m->s->n_splits)
		weir_buf_addf(&also, PART " = %u", feed->part);
	measure.also = weir_buf_str(&also);
	for (uint32_t i = 0; i < WEIR_PARTIAL_VALUES; i++)
		feed->values[i] = form->values[i].spark && !m->v.failed ? make_value(m, &measure, in, form->values + i)
									: WEIR_NO_VALUE;
	m->v.failed |= also.failed;
	weir_buf_release(&also);
	weir_bound_free(argument);
	weir_bound_free(where);
}

/* Splits first: whether there are any decides how the others are written. */
static void make_feeds(struct making *m)
{
	struct weir_buf order = {0};
	add_order(m->v.p, &order);
	m->v.failed |= order.failed;
	for (int splits = 1; splits >= 0; splits--)
		for (uint32_t i = 0; i < m->v.p->n_accumulators && !m->v.failed; i++)
			make_feed(m, i, splits, weir_buf_str(&order));
	weir_buf_release(&order);
}

/* ---- clauses ---- */

static void add_length(int64_t us, struct weir_buf *out)
{
	bool whole = us % WEIR_US_PER_S == 0;
	weir_buf_addf(out, "'%lld %s'", (long long)(whole ? us / WEIR_US_PER_S : us),
		      whole ? "seconds" : "microseconds");
}

/* Of a stream it must be window(), for then the watermark lets panes go; it has none for rows without a time. */
static void add_pane(const struct making *m, bool key, struct weir_buf *out)
{
	if (m->v.p->finite) {
		weir_buf_addf(out, "unix_micros(`_time`) - pmod(unix_micros(`_time`), %lldL)",
			      (long long)m->s->pane_us);
		return;
	}
	weir_buf_add_c(out, key ? "unix_micros(window(`_time`, " : "window(`_time`, ");
	add_length(m->s->pane_us, out);
	weir_buf_add_c(out, key ? ").start)" : ")");
}

static void add_edge(const struct making *m, struct weir_buf *out)
{
	weir_buf_addf(out, "pmod(unix_micros(`_time`), %lldL) = 0L", (long long)m->s->pane_us);
}

static void add_group_value(struct making *m, uint32_t i, struct weir_buf *out)
{
	bool time = m->v.p->group_types[i] == WEIR_TIMESTAMP;
	weir_buf_add_c(out, time ? "unix_micros(" : "");
	weir_spark_view_value(&m->v, m->v.p->group_asts[i].expr, m->v.p->n_derived, out);
	weir_buf_add_c(out, time ? ")" : "");
}

/* The keys, as they are selected (with names) or grouped by. */
static void add_keys(struct making *m, bool named, struct weir_buf *out)
{
	const struct weir_spark_partials *s = m->s;
	add_pane(m, named, out);
	weir_buf_add_c(out, named ? " as `pane`, " : ", ");
	add_edge(m, out);
	weir_buf_add_c(out, named ? " as `edge`" : "");
	if (s->n_splits)
		weir_buf_add_c(out, named ? ", CAST(" PART " AS BIGINT) as `part`" : ", " PART);
	for (uint32_t i = 0; i < m->v.p->n_groups; i++) {
		weir_buf_add_c(out, ", ");
		add_group_value(m, i, out);
		if (named)
			weir_buf_addf(out, " as `group_%u`", i + 1);
	}
	for (uint32_t i = 0; i < s->n_splits; i++) {
		weir_buf_add_c(out, ", ");
		add_split(s->splits + i, i + 1, out);
		if (named)
			weir_buf_addf(out, " as `split_%u`", i + 1);
	}
}

static void add_select(struct making *m, struct weir_buf *out)
{
	weir_buf_add_c(out, "select ");
	add_keys(m, true, out);
	weir_buf_add_c(out, ", count(*) as `count`, unix_micros(min(`_time`)) as `first_time`, "
			    "unix_micros(max(`_time`)) as `last_time`");
	for (uint32_t i = 0; i < m->s->n_values; i++) {
		weir_buf_add_c(out, ", ");
		weir_buf_add_str(out, weir_buf_str(&m->s->values[i].sql));
		weir_buf_addf(out, " as `value_%u`", i + 1);
	}
}

static bool spans(const struct making *m)
{
	const struct weir_plan *p = m->v.p;
	if (p->window.kind == WEIR_WINDOW_SINCE)
		return p->window.since_us % m->s->pane_us != 0;
	return p->finite && p->window.kind == WEIR_WINDOW_SLIDING;
}

/* What panes cannot tell: windows of a table that begin or end within one. */
static void add_span(struct making *m, const char **word, struct weir_buf *out)
{
	const struct weir_plan *p = m->v.p;
	if (spans(m))
		weir_spark_view_span(&m->v, word, out);
	if (p->window.kind == WEIR_WINDOW_SINCE && p->finite && p->at_us != WEIR_TIME_NONE) {
		weir_buf_addf(out, "%s`_time` <= ", *word);
		weir_spark_time(p->at_us, out);
		*word = " and ";
	}
}

static void add_conditions(struct making *m, struct weir_buf *out)
{
	const char *word = "where ";
	weir_spark_view_where(&m->v, false, &word, out);
	add_span(m, &word, out);
}

/* A row stands once for itself and once for each split, with what is split by. */
static void add_from(struct making *m, struct weir_buf *out)
{
	weir_buf_add_c(out, "from ");
	if (!m->s->n_splits) {
		weir_spark_view_table(&m->v, out);
		return;
	}
	weir_buf_add_c(out, "(select *");
	for (uint32_t i = 0; i < m->s->n_splits; i++) {
		weir_buf_add_c(out, ", ");
		weir_buf_add_str(out, weir_buf_str(&m->s->splits[i].sql));
		weir_buf_addf(out, " as `_weir_%u`", i + 1);
	}
	weir_buf_addf(out, " from (select *, explode(sequence(0, %zu)) as " PART " from ", m->s->n_splits);
	weir_spark_view_table(&m->v, out);
	if (m->v.p->n_where || spans(m))
		weir_buf_add_char(out, ' ');
	add_conditions(m, out);
	weir_buf_add_c(out, ") as s) as s");
}

static void add_where(struct making *m, struct weir_buf *out)
{
	if (!m->s->n_splits) {
		add_conditions(m, out);
		return;
	}
	weir_buf_add_c(out, "where " PART " = 0");
	for (uint32_t i = 0; i < m->s->n_splits; i++)
		weir_buf_addf(out, " or `_weir_%u` IS NOT NULL", i + 1);
}

static void add_group(struct making *m, struct weir_buf *out)
{
	weir_buf_add_c(out, "group by ");
	add_keys(m, false, out);
}

/* ---- the whole ---- */

static void add_notes(struct making *m)
{
	const struct weir_plan *p = m->v.p;
	bool sums = false, buckets = false, values = false;
	for (uint32_t i = 0; i < p->n_accumulators; i++) {
		const struct weir_accumulator *a = p->accumulators + i;
		sums |= (a->ops == &weir_sum || a->ops == &weir_squares) && a->type != WEIR_INT64;
		buckets |= a->ops->partial && a->ops->partial->split == WEIR_SPLIT_BUCKETS;
		values |= a->ops->partial && a->ops->partial->split == WEIR_SPLIT_VALUES;
	}
	weir_spark_note(&m->v.notes, sums ? WEIR_SPARK_FLOAT_SUMS : NULL);
	weir_spark_note(&m->v.notes,
			buckets ? "quantiles come from buckets, of few values too: at most 1 % off" : NULL);
	weir_spark_note(&m->v.notes,
			values ? "every different value of distinct and mode is sent, once in a pane and group" : NULL);
	if (p->finite)
		return;
	if (p->window.kind == WEIR_WINDOW_ALL)
		weir_spark_note(&m->v.notes, "rows without a time are in no answer");
	if (p->window.kind == WEIR_WINDOW_SLIDING)
		weir_spark_note(&m->v.notes, "a window begins and ends with a pane");
	if (p->window.kind == WEIR_WINDOW_TUMBLING || p->window.kind == WEIR_WINDOW_HOPPING)
		weir_spark_note(&m->v.notes, "a row is late when its pane is over, not only when its window is");
}

bool weir_spark_partials_make(const struct weir_plan *p, int64_t pane_us, struct weir_spark_partials *out)
{
	static void (*const clauses[])(struct making *, struct weir_buf *) = {add_select, add_from, add_where,
									      add_group};
	struct making m = {.v = {.p = p, .rows = "rows"}, .s = out};
	*out = (struct weir_spark_partials){.pane_us = pane_us};
	out->feeds = weir_calloc(p->n_accumulators + 1, sizeof *out->feeds);
	if (!out->feeds)
		return false;
	weir_spark_view_look(&m.v);
	out->virtuals = m.v.virtuals;
	m.v.own_time = true;
	make_feeds(&m);
	for (size_t i = 0; i < sizeof clauses / sizeof *clauses && !m.v.failed; i++) {
		clauses[i](&m, out->clauses + i);
		m.v.failed |= out->clauses[i].failed;
	}
	add_notes(&m);
	out->notes = m.v.notes;
	return !m.v.failed;
}

void weir_spark_partials_release(struct weir_spark_partials *s)
{
	for (size_t i = 0; i < s->n_splits; i++)
		weir_buf_release(&s->splits[i].sql);
	for (size_t i = 0; i < s->n_values; i++)
		weir_buf_release(&s->values[i].sql);
	for (size_t i = 0; i < sizeof s->clauses / sizeof *s->clauses; i++)
		weir_buf_release(s->clauses + i);
	free(s->splits);
	free(s->values);
	free(s->feeds);
	*s = (struct weir_spark_partials){0};
}

static void find_computed(void *ctx, struct weir_str name)
{
	struct weir_spark_view *v = ctx;
	for (size_t i = 0; i < v->p->n_derived; i++)
		v->failed |= weir_str_equal_nocase(v->p->derived[i].name, name);
}

bool weir_plan_spark_filter(const struct weir_plan *p, struct weir_buf *out)
{
	struct weir_spark_view v = {.p = p, .rows = "rows", .own_time = true};
	const char *word = "";
	for (size_t i = 0; i < p->n_where; i++)
		weir_expr_columns(p->where_asts[i], find_computed, &v);
	if (v.failed || !p->n_where)
		return false;
	weir_spark_view_where(&v, true, &word, out);
	out->failed |= v.failed;
	return true;
}

bool weir_plan_spark_span(const struct weir_plan *p, struct weir_buf *out)
{
	struct weir_spark_partials s = {.pane_us = weir_partial_pane_us(p)};
	struct making m = {.v = {.p = p, .rows = "rows", .own_time = true}, .s = &s};
	const char *word = "";
	if (p->window.kind != WEIR_WINDOW_SINCE || !spans(&m))
		return false;
	weir_spark_view_span(&m.v, &word, out);
	out->failed |= m.v.failed;
	return true;
}

void weir_plan_spark_partials(const struct weir_plan *p, bool terminal, struct weir_buf *out)
{
	struct weir_spark_partials s;
	out->failed |= !weir_spark_partials_make(p, weir_partial_pane_us(p), &s);
	weir_buf_add_c(out, "-- with spark.sql.ansi.enabled=false, spark.sql.caseSensitive=true, "
			    "spark.sql.session.timeZone=UTC\n");
	for (uint32_t i = 0; i < s.notes.n; i++)
		weir_buf_addf(out, "-- %s\n", s.notes.texts[i]);
	for (size_t i = 0; i < sizeof s.clauses / sizeof *s.clauses; i++) {
		if (!s.clauses[i].size)
			continue;
		if (terminal)
			weir_print_safe(weir_buf_str(s.clauses + i), out);
		else
			weir_buf_add_str(out, weir_buf_str(s.clauses + i));
		weir_buf_add_char(out, '\n');
	}
	weir_spark_partials_release(&s);
}
