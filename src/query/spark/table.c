/* What is selected from: the table of one stream, or the union of several, with the computed columns. */
#include "query/expr/tree.h"
#include "query/spark/spark.h"

static const char *const virtuals[] = {"_partition", "_offset", "_arrival", "_malformed", "_timestamp",
				       "_topic",     "_key",    "_headers", "_raw"};
enum { N_VIRTUALS = sizeof virtuals / sizeof virtuals[0], PARTITION = 1, OFFSET = 2, ARRIVAL = 4 };

static void note_column(void *ctx, struct weir_str name)
{
	struct weir_spark_view *v = ctx;

	for (uint32_t i = 0; i < N_VIRTUALS; i++)
		if (weir_str_equal(name, weir_str_of(virtuals[i])))
			v->virtuals |= 1u << i;
}

/* The event time of a stream as its table has it; empty: it has none. */
static struct weir_str time_of(const struct weir_plan *p, uint32_t stream)
{
	int at = p->n_streams ? weir_schema_time_field(p->schema->streams[stream]) : -1;

	return at < 0 ? (struct weir_str){0} : p->schema->streams[stream]->fields[at].name;
}

static void look_at_measure(struct weir_spark_view *v, const struct weir_measure_ast *m)
{
	const char *form = m->argument ? m->aggregate->spark : m->aggregate->spark_alone;

	if (m->argument)
		weir_expr_columns(m->argument, note_column, v);
	if (m->where)
		weir_expr_columns(m->where, note_column, v);
	v->orders |= strstr(form, "$o") != NULL;
}

void weir_spark_view_look(struct weir_spark_view *v)
{
	const struct weir_plan *p = v->p;
	struct weir_str time = time_of(p, 0);

	for (size_t i = 0; i < p->n_where; i++)
		weir_expr_columns(p->where_asts[i], note_column, v);
	for (size_t i = 0; i < p->n_derived; i++) {
		weir_expr_columns(p->derived[i].expr, note_column, v);
		v->own_time |= time.size && weir_str_equal(p->derived[i].name, time);
	}
	for (uint32_t i = 0; i < p->n_groups; i++)
		weir_expr_columns(p->group_asts[i].expr, note_column, v);
	for (uint32_t i = 0; !p->rows_mode && i < p->n_measures; i++)
		look_at_measure(v, p->measure_asts + i);
	v->own_time |= p->n_streams > 1;
	v->orders |= p->window.kind == WEIR_WINDOW_ROWS;
	v->virtuals |= v->orders ? PARTITION | OFFSET : 0;
}

void weir_spark_view_time(const struct weir_spark_view *v, struct weir_buf *out)
{
	struct weir_str time = time_of(v->p, 0);

	weir_spark_name(v->own_time ? WEIR_STR("_time") : time.size ? time : WEIR_STR("_arrival"), out);
}

/* By event time, then the place in its stream; `end` stands behind each. */
void weir_spark_view_place(const struct weir_spark_view *v, const char *end, struct weir_buf *out)
{
	weir_spark_view_time(v, out);
	weir_buf_addf(out, "%s, `_offset`%s, %s`_partition`%s", end, end, v->p->n_streams > 1 ? "`_source`, " : "",
		      end);
}

/* ---- one stream ---- */

static void add_time(const struct weir_spark_view *v, uint32_t stream, struct weir_buf *out)
{
	struct weir_str time = time_of(v->p, stream);

	weir_spark_name(time.size ? time : WEIR_STR("_arrival"), out);
	weir_buf_add_c(out, " as `_time`");
}

static void add_field(struct weir_spark_view *v, uint32_t stream, const struct weir_field *field, struct weir_buf *out)
{
	const struct weir_schema *schema = v->p->schema->streams[stream];
	int at = weir_schema_find(schema, field->name);
	enum weir_type type = at < 0 ? WEIR_NULL : schema->fields[at].type;

	if (type == field->type && at >= 0) {
		weir_spark_name(field->name, out);
		return;
	}
	if (type == WEIR_FLOAT64 && field->type == WEIR_STRING)
		weir_spark_note(&v->notes, "a number that another stream has text for is written anew as text");
	weir_buf_add_c(out, "CAST(");
	if (at < 0)
		weir_buf_add_c(out, "NULL");
	else
		weir_spark_name(field->name, out);
	weir_buf_addf(out, " AS %s) as ", weir_spark_type(field->type));
	weir_spark_name(field->name, out);
}

/* With the columns of all streams, and those that say where a row comes from. */
static void stream_of_union(struct weir_spark_view *v, uint32_t stream, struct weir_buf *out)
{
	const struct weir_schema *common = v->p->schema->common;

	weir_buf_add_c(out, "select ");
	for (uint32_t i = 0; i < common->n_fields; i++) {
		add_field(v, stream, common->fields + i, out);
		weir_buf_add_c(out, ", ");
	}
	for (uint32_t i = 0; i < N_VIRTUALS; i++)
		if (v->virtuals >> i & 1)
			weir_buf_addf(out, "`%s`, ", virtuals[i]);
	add_time(v, stream, out);
	weir_buf_add_c(out, ", ");
	weir_spark_text(v->p->schema->names[stream], out);
	weir_buf_add_c(out, " as `_stream`");
	if (v->orders)
		weir_buf_addf(out, ", %uL as `_source`", (unsigned)stream);
	weir_buf_add_c(out, " from ");
	weir_spark_name(v->p->schema->names[stream], out);
}

void weir_spark_view_base(struct weir_spark_view *v, struct weir_buf *out)
{
	const struct weir_plan *p = v->p;

	if (v->rows) {
		weir_spark_name(weir_str_of(v->rows), out);
		weir_buf_add_c(out, " as s");
		return;
	}
	if (p->n_streams > 1) {
		for (uint32_t i = 0; i < p->n_streams; i++) {
			weir_buf_add_c(out, i ? " union all " : "(");
			stream_of_union(v, i, out);
		}
		weir_buf_add_c(out, ") as s");
		return;
	}
	weir_buf_add_c(out, v->own_time ? "(select *, " : "");
	if (v->own_time) {
		add_time(v, 0, out);
		weir_buf_add_c(out, " from ");
	}
	weir_spark_name(p->n_streams ? p->schema->names[0] : WEIR_STR("stream"), out);
	weir_buf_add_c(out, v->own_time ? " as s) as s" : " as s");
}

/* ---- computed columns ---- */

struct named {
	const struct weir_plan *p;
	size_t from, until; /* computed columns */
	bool found;
};

static void find_named(void *ctx, struct weir_str name)
{
	struct named *n = ctx;

	for (size_t i = n->from; i < n->until; i++)
		n->found |= weir_str_equal_nocase(n->p->derived[i].name, name);
}

/* Where the computed columns of one select end: one that reads another needs a select around it. */
static size_t layer_end(const struct weir_plan *p, size_t from)
{
	size_t end = from;

	for (; end < p->n_derived; end++) {
		struct named n = {p, from, end, false};
		weir_expr_columns(p->derived[end].expr, find_named, &n);
		find_named(&n, p->derived[end].name);
		if (n.found)
			break;
	}
	return end;
}

static bool among(const struct weir_plan *p, size_t from, size_t until, struct weir_str name)
{
	for (size_t i = from; i < until; i++)
		if (weir_str_equal(p->derived[i].name, name))
			return true;
	return false;
}

/* Whether one of the computed columns from..until takes the place of what is there before them. */
static bool replaces(const struct weir_plan *p, size_t from, size_t until)
{
	for (size_t i = from; i < until; i++)
		if (weir_schema_find(p->schema->common, p->derived[i].name) >= 0 ||
		    among(p, 0, from, p->derived[i].name))
			return true;
	return false;
}

/* All columns that the select below has, but for those that are replaced. */
static void columns_left(const struct weir_spark_view *v, size_t from, size_t until, struct weir_buf *out)
{
	const struct weir_plan *p = v->p;
	const struct weir_schema *common = p->schema->common;

	for (uint32_t i = 0; i < common->n_fields; i++) {
		if (among(p, 0, until, common->fields[i].name))
			continue;
		weir_spark_name(common->fields[i].name, out);
		weir_buf_add_c(out, ", ");
	}
	for (size_t i = 0; i < from; i++) {
		if (among(p, i + 1, until, p->derived[i].name))
			continue;
		weir_spark_name(p->derived[i].name, out);
		weir_buf_add_c(out, ", ");
	}
	for (uint32_t i = 0; i < N_VIRTUALS; i++)
		if (v->virtuals >> i & 1)
			weir_buf_addf(out, "`%s`, ", virtuals[i]);
	weir_buf_add_c(out, v->own_time ? "`_time`, " : "");
	weir_buf_add_c(out, p->n_streams > 1 ? "`_stream`, " : "");
	weir_buf_add_c(out, v->orders && p->n_streams > 1 ? "`_source`, " : "");
}

static void layer(struct weir_spark_view *v, size_t from, size_t until, struct weir_buf *out)
{
	const struct weir_plan *p = v->p;
	struct weir_buf inner = {0};

	weir_buf_add_str(&inner, weir_buf_str(out));
	inner.failed |= out->failed; /* clearing forgets it */
	weir_buf_clear(out);
	weir_buf_add_c(out, "(select ");
	if (replaces(p, from, until))
		columns_left(v, from, until, out);
	else
		weir_buf_add_c(out, "*, ");
	for (size_t i = from; i < until; i++) {
		weir_buf_add_c(out, i > from ? ", " : "");
		weir_spark_view_value(v, p->derived[i].expr, i, out);
		weir_buf_add_c(out, " as ");
		weir_spark_name(p->derived[i].name, out);
	}
	weir_buf_add_c(out, " from ");
	weir_buf_add_str(out, weir_buf_str(&inner));
	weir_buf_add_c(out, ") as s");
	out->failed |= inner.failed;
	weir_buf_release(&inner);
}

void weir_spark_view_table(struct weir_spark_view *v, struct weir_buf *out)
{
	struct weir_buf table = {0};

	weir_spark_view_base(v, &table);
	for (size_t from = 0, until; from < v->p->n_derived; from = until) {
		until = layer_end(v->p, from);
		layer(v, from, until, &table);
	}
	weir_buf_add_str(out, weir_buf_str(&table));
	out->failed |= table.failed;
	weir_buf_release(&table);
}
