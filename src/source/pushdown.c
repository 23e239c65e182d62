/* Conditions that go to a server, for all kinds of tables. */
#include "pushdown.h"

void weir_pushdown_init(struct weir_pushdown *p, const struct weir_source_config *config)
{
	const char *whole = config->question ? config->question->whole : "a screen's next question may need any row";

	*p = (struct weir_pushdown){.question = config->question,
				    .from_us = WEIR_TIME_NONE,
				    .until_us = WEIR_TIME_NONE,
				    .list = {.from_us = WEIR_TIME_NONE, .until_us = WEIR_TIME_NONE},
				    .said = {.from_us = WEIR_TIME_NONE, .until_us = WEIR_TIME_NONE, .whole = whole}};
	if (config->question && !config->question->grouping)
		p->said.ungrouped = config->question->ungrouped;
}

void weir_pushdown_release(struct weir_pushdown *p)
{
	weir_arena_release(&p->arena);
}

/* `path` is inside `name`: equal, or goes on with '.' or '['. */
static bool inside(struct weir_str path, struct weir_str name)
{
	struct weir_str begin = {path.data, name.size};

	return path.size >= name.size && weir_str_equal_nocase(begin, name) &&
	       (path.size == name.size || path.data[name.size] == '.' || path.data[name.size] == '[');
}

bool weir_source_reads(const struct weir_source_question *q, struct weir_str column)
{
	if (!q || q->all_columns)
		return true;
	for (size_t i = 0; i < q->n_columns; i++)
		if (inside(column, q->columns[i]) || inside(q->columns[i], column))
			return true;
	return false;
}

static int64_t later(int64_t a, int64_t b) /* WEIR_TIME_NONE is the least */
{
	return a > b ? a : b;
}

static int64_t sooner(int64_t a, int64_t b)
{
	return a == WEIR_TIME_NONE ? b : b == WEIR_TIME_NONE || a < b ? a : b;
}

enum weir_status weir_pushdown_learn(struct weir_pushdown *p, const struct weir_schema *schema, struct weir_error *err)
{
	const struct weir_source_question *q = p->question;
	int time = weir_schema_time_field(schema);
	enum weir_status st = WEIR_OK;

	if (p->learnt)
		return WEIR_OK;
	if (q && q->filter)
		st = q->filter(q->ctx, schema, &p->arena, &p->list, err);
	if (st == WEIR_OK && q && q->grouping) {
		st = q->grouping(q->ctx, schema, &p->arena, &p->grouping, err);
		p->said.ungrouped = p->grouping.why;
	}
	if (st != WEIR_OK)
		return st;
	p->learnt = true;
	p->said.parts = p->list.parts;
	p->said.n_parts = p->list.n;
	p->said.from_us = later(p->from_us, p->list.from_us);
	p->said.until_us = sooner(p->until_us, p->list.until_us);
	p->said.n_columns = schema->n_fields;
	for (uint32_t i = 0; i < schema->n_fields; i++)
		p->said.n_read += (int)i == time || weir_pushdown_reads(p, schema->fields[i].name);
	return WEIR_OK;
}

void weir_pushdown_refuse_parts(struct weir_pushdown *p, const char *why)
{
	for (size_t i = 0; i < p->list.n; i++)
		if (!p->list.parts[i].why)
			p->list.parts[i].why = why;
}

void weir_pushdown_refuse(struct weir_pushdown *p, const char *why)
{
	weir_pushdown_refuse_parts(p, why);
	p->said.times_why = why;
	p->said.leaves_out = false;
}

void weir_pushdown_ungroup(struct weir_pushdown *p, const char *why)
{
	p->said.grouped = false;
	if (p->question && p->question->grouping && !p->said.ungrouped)
		p->said.ungrouped = why;
}

void weir_pushdown_count(struct weir_pushdown *p, const struct weir_schema *schema, weir_pushdown_fit *is_fit,
			 const void *source)
{
	const struct weir_grouping *g = &p->grouping;
	const char *why = NULL;

	for (uint32_t i = 0; i < g->n_groups + g->n_values && !why; i++) {
		uint32_t field = i < g->n_groups ? g->groups[i] : g->values[i - g->n_groups].field;
		const struct weir_filter leaf = {
		    .kind = WEIR_FILTER_EQ, .field = field, .type = schema->fields[field].type};
		(void)is_fit(source, &leaf, &why);
	}
	if (why)
		weir_pushdown_ungroup(p, why);
	else
		p->said.grouped = true;
}

bool weir_pushdown_groups(struct weir_pushdown *p)
{
	bool asked = p->question && p->question->grouping,
	     times = p->said.from_us != WEIR_TIME_NONE || p->said.until_us != WEIR_TIME_NONE;

	for (size_t i = 0; i < p->list.n; i++)
		if (p->list.parts[i].why)
			weir_pushdown_ungroup(p, "a condition is not the server's to look at");
	if (p->said.whole || (times && p->said.times_why))
		weir_pushdown_ungroup(p, "the server sends all rows");
	if (p->loose)
		weir_pushdown_ungroup(p, "the server sees some values of a condition in another way");
	return asked && !p->said.ungrouped;
}

bool weir_pushdown_any(const struct weir_pushdown *p)
{
	bool any = p->said.from_us != WEIR_TIME_NONE || p->said.until_us != WEIR_TIME_NONE;

	for (size_t i = 0; i < p->list.n; i++)
		any = any || !p->list.parts[i].why;
	return any;
}

const char *weir_pushdown_sign(enum weir_filter_kind kind)
{
	switch ((int)kind) {
	case WEIR_FILTER_EQ:
		return "=";
	case WEIR_FILTER_NE:
		return "<>";
	case WEIR_FILTER_LT:
		return "<";
	case WEIR_FILTER_LE:
		return "<=";
	case WEIR_FILTER_GT:
		return ">";
	case WEIR_FILTER_GE:
		return ">=";
	default:
		return NULL;
	}
}

static void take_back(struct weir_buf *b, size_t size)
{
	if (b->size <= size)
		return;
	b->size = size;
	b->data[size] = '\0';
}

struct printer {
	weir_pushdown_leaf *leaf;
	void *ctx;
	struct weir_buf *out;
	bool *loose;
};

static bool print(const struct printer *p, const struct weir_filter *f, const char **why)
{
	if (weir_filter_is_leaf(f)) {
		/* What weir cannot hold is NULL here. */
		if (f->kind == WEIR_FILTER_NOT_NULL && (f->type == WEIR_FLOAT64 || f->type == WEIR_TIMESTAMP))
			*p->loose = true;
		return p->leaf(p->ctx, f, p->out, why);
	}
	weir_buf_add_char(p->out, '(');
	for (uint32_t i = 0; i < f->n_args; i++) {
		weir_buf_add_c(p->out, !i ? "" : f->kind == WEIR_FILTER_AND ? " AND " : " OR ");
		if (!print(p, f->args[i], why))
			return false;
	}
	weir_buf_add_char(p->out, ')');
	return true;
}

/* Returns why not; NULL: it is there. */
static const char *print_part(const struct printer *p, const struct weir_filter *f)
{
	size_t before = p->out->size;
	const char *why = NULL;

	weir_buf_add_c(p->out, " AND ");
	if (print(p, f, &why))
		return NULL;
	take_back(p->out, before);
	return why ? why : "the server has no such condition";
}

uint32_t weir_pushdown_times(const struct weir_pushdown *p, int time, struct weir_value values[2],
			     struct weir_filter out[2])
{
	const int64_t ends[2] = {p->said.from_us, p->said.until_us};
	uint32_t n = 0;

	for (int i = 0; i < 2 && time >= 0; i++) {
		if (ends[i] == WEIR_TIME_NONE)
			continue;
		values[n] = (struct weir_value){.type = WEIR_TIMESTAMP, .i = ends[i]};
		out[n] = (struct weir_filter){.kind = i ? WEIR_FILTER_LT : WEIR_FILTER_GE,
					      .field = (uint32_t)time,
					      .type = WEIR_TIMESTAMP,
					      .values = &values[n],
					      .n_values = 1};
		n++;
	}
	return n;
}

void weir_pushdown_print(struct weir_pushdown *p, int time, weir_pushdown_leaf *leaf, void *ctx, struct weir_buf *out)
{
	const struct printer printer = {leaf, ctx, out, &p->loose};
	struct weir_value values[2];
	struct weir_filter ends[2];

	for (size_t i = 0; i < p->list.n; i++) {
		struct weir_filter_part *part = &p->list.parts[i];
		if (part->why || !part->filter)
			continue;
		part->why = print_part(&printer, part->filter);
		p->said.leaves_out = p->said.leaves_out || !part->why;
	}
	uint32_t n = weir_pushdown_times(p, time, values, ends);
	size_t times = out->size;
	for (uint32_t i = 0; i < n && !p->said.times_why; i++)
		p->said.times_why = print_part(&printer, &ends[i]);
	if (p->said.times_why)
		take_back(out, times);
	/* What from= and until= leave out is not received in any case. */
	else if (out->size > times)
		p->said.leaves_out =
		    p->said.leaves_out || p->said.from_us != p->from_us || p->said.until_us != p->until_us;
}
