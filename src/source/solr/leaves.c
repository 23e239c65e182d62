/* Conditions in the query language of Solr, for documents that weir landed, whose fields say what they hold. */
#include "solr.h"

#include <math.h>

enum {
	MOST_VALUES = 500, /* of a list; a query takes 1,024 clauses */
	MOST_BYTES = 3000, /* of all conditions, which are part of an address */
};

/* The one kind of field that has the column's values; WEIR_SOLR_FIELD_COUNT: there are several, or none. */
static enum weir_solr_field field_of(const struct weir_solr_reader *r, uint32_t column)
{
	enum weir_solr_field found = WEIR_SOLR_FIELD_COUNT;
	bool several = false;

	for (size_t i = 0; i < r->n; i++) {
		const struct weir_solr_known *f = &r->fields[i];
		if (f->column != (int)column || f->plain || f->kind == WEIR_SOLR_NULL_ || f->kind == WEIR_SOLR_MICROS)
			continue;
		several = several || found != WEIR_SOLR_FIELD_COUNT;
		found = f->kind;
	}
	return several ? WEIR_SOLR_FIELD_COUNT : found;
}

/* Whether the documents may bring another type to a column that is read. */
static bool is_open(const struct weir_solr_reader *r, const struct weir_pushdown *p)
{
	for (uint32_t i = 0; i < r->schema->n_fields; i++) {
		enum weir_type type = WEIR_NULL;
		for (size_t k = 0; k < r->n; k++) {
			static const enum weir_type types[WEIR_SOLR_FIELD_COUNT] = {
			    [WEIR_SOLR_BOOL] = WEIR_BOOL,       [WEIR_SOLR_INT64] = WEIR_INT64,
			    [WEIR_SOLR_FLOAT64] = WEIR_FLOAT64, [WEIR_SOLR_DATE] = WEIR_TIMESTAMP,
			    [WEIR_SOLR_TEXT] = WEIR_STRING,     [WEIR_SOLR_LONG] = WEIR_STRING};
			const struct weir_solr_known *f = &r->fields[k];
			if (f->column != (int)i || f->kind == WEIR_SOLR_NULL_ || f->kind == WEIR_SOLR_MICROS)
				continue;
			if (f->plain || (type != WEIR_NULL && types[f->kind] != type))
				return weir_pushdown_reads(p, r->schema->fields[i].name);
			type = types[f->kind];
		}
	}
	return false;
}

/* ---- values ---- */

static void add_escaped(struct weir_str s, struct weir_buf *out)
{
	for (size_t i = 0; i < s.size; i++) {
		if (strchr("+-&|!(){}[]^\"~*?:\\/ \t\r\n\f\v", s.data[i]))
			weir_buf_add_char(out, '\\');
		weir_buf_add_char(out, s.data[i]);
	}
}

static void add_quoted(struct weir_str s, struct weir_buf *out)
{
	weir_buf_add_char(out, '"');
	for (size_t i = 0; i < s.size; i++) {
		if (s.data[i] == '"' || s.data[i] == '\\')
			weir_buf_add_char(out, '\\');
		weir_buf_add_char(out, s.data[i]);
	}
	weir_buf_add_char(out, '"');
}

/* *negative_zero: as the lower end of a range, where 0.0 is meant as well as -0.0, which Lucene puts before it. */
static void add_value(const struct weir_value *v, bool lower, struct weir_buf *out)
{
	char text[40];
	int64_t ms;

	switch (v->type) {
	case WEIR_BOOL:
		weir_buf_add_c(out, v->b ? "true" : "false");
		return;
	case WEIR_INT64:
		weir_buf_addf(out, "\"%lld\"", (long long)v->i);
		return;
	case WEIR_FLOAT64:
		weir_buf_addf(out, "\"%.*s\"", (int)weir_format_double(v->f == 0 ? lower ? -0.0 : 0.0 : v->f, text),
			      text);
		return;
	case WEIR_TIMESTAMP: /* dates are kept to the millisecond; the rest stands beside them */
		ms = v->i / 1000 - (v->i % 1000 < 0);
		weir_buf_addf(out, "\"%.*s\"", (int)weir_time_format_iso(ms * 1000, text), text);
		return;
	default:
		add_quoted(v->s, out);
	}
}

static void add_range(const char *field, const struct weir_filter *leaf, struct weir_buf *out)
{
	const struct weir_value *v = &leaf->values[0];
	bool time = leaf->type == WEIR_TIMESTAMP, above = leaf->kind == WEIR_FILTER_GT || leaf->kind == WEIR_FILTER_GE;
	bool with = time || leaf->kind == WEIR_FILTER_GE || leaf->kind == WEIR_FILTER_LE;

	weir_buf_addf(out, "%s:%s", field, !above || with ? "[" : "{");
	if (above)
		add_value(v, with, out);
	weir_buf_add_c(out, above ? " TO *]" : "* TO ");
	if (above)
		return;
	add_value(v, !with, out);
	weir_buf_add_char(out, with ? ']' : '}');
}

static void add_equal(const char *field, const struct weir_value *v, struct weir_buf *out)
{
	bool range = v->type == WEIR_FLOAT64 || v->type == WEIR_TIMESTAMP;

	weir_buf_addf(out, "%s:%s", field, range ? "[" : "");
	add_value(v, range, out);
	if (!range)
		return;
	weir_buf_add_c(out, " TO ");
	add_value(v, false, out);
	weir_buf_add_char(out, ']');
}

static void add_any(const char *field, const struct weir_filter *leaf, struct weir_buf *out)
{
	weir_buf_add_char(out, '(');
	for (uint32_t i = 0; i < leaf->n_values; i++) {
		weir_buf_add_c(out, i ? " OR " : "");
		add_equal(field, &leaf->values[i], out);
	}
	weir_buf_add_char(out, ')');
}

static void add_pattern(const char *field, struct weir_str p, struct weir_buf *out)
{
	weir_buf_addf(out, "%s:", field);
	for (size_t i = 0; i < p.size; i++) {
		bool taken = p.data[i] == '\\' && i + 1 < p.size;
		char c = p.data[taken ? ++i : i];
		if (!taken && (c == '%' || c == '_'))
			weir_buf_add_char(out, c == '%' ? '*' : '?');
		else
			add_escaped((struct weir_str){&c, 1}, out);
	}
}

/* ---- leaves ---- */

static bool is_fit(const struct weir_solr_reader *r, const struct weir_filter *leaf, const char **why)
{
	enum weir_solr_field kind = field_of(r, leaf->field);
	bool order = leaf->kind >= WEIR_FILTER_LT && leaf->kind <= WEIR_FILTER_GE;

	if (kind == WEIR_SOLR_FIELD_COUNT || kind == WEIR_SOLR_LONG)
		*why = "the column's values are in more than one field, or in no index";
	else if (leaf->n_values > MOST_VALUES)
		*why = "Solr takes no list of so many values";
	else if (leaf->type == WEIR_BOOL && order)
		*why = "bools have no order in Solr";
	for (uint32_t i = 0; i < leaf->n_values; i++) {
		const struct weir_value *v = &leaf->values[i];
		if (v->type == WEIR_STRING && (!v->s.size || v->s.size > WEIR_SOLR_MOST_TERM_BYTES ||
					       !weir_utf8_valid(v->s) || memchr(v->s.data, '\0', v->s.size)))
			*why = "Solr looks for no such text";
		if (v->type == WEIR_FLOAT64 && !isfinite(v->f))
			*why = "infinity is no number in Solr";
	}
	return !*why;
}

static void add_leaf(const char *field, const struct weir_filter *leaf, struct weir_buf *out)
{
	/* Not equal to a time or a zero: what Solr cannot tell from it must come as well. */
	bool blurred = leaf->type == WEIR_TIMESTAMP || leaf->type == WEIR_FLOAT64;

	switch (leaf->kind) {
	case WEIR_FILTER_IS_NULL:
		weir_buf_addf(out, "(*:* NOT %s:[* TO *])", field);
		return;
	case WEIR_FILTER_NOT_NULL:
		weir_buf_addf(out, "%s:[* TO *]", field);
		return;
	case WEIR_FILTER_EQ:
	case WEIR_FILTER_IN:
		add_any(field, leaf, out);
		return;
	case WEIR_FILTER_NE:
	case WEIR_FILTER_NOT_IN:
		weir_buf_addf(out, blurred ? "%s:[* TO *]" : "(%s:[* TO *] NOT ", field);
		if (blurred)
			return;
		add_any(field, leaf, out);
		weir_buf_add_char(out, ')');
		return;
	case WEIR_FILTER_LIKE:
		add_pattern(field, leaf->values[0].s, out);
		return;
	case WEIR_FILTER_NOT_LIKE:
		weir_buf_addf(out, "(%s:[* TO *] NOT ", field);
		add_pattern(field, leaf->values[0].s, out);
		weir_buf_add_char(out, ')');
		return;
	default:
		add_range(field, leaf, out);
	}
}

bool weir_solr_leaf(void *ctx, const struct weir_filter *leaf, struct weir_buf *out, const char **why)
{
	const struct weir_solr_reader *r = ctx;
	struct weir_buf field = {0};

	if (!is_fit(r, leaf, why))
		return false;
	weir_solr_field_name(r->schema->fields[leaf->field].name, field_of(r, leaf->field), &field);
	if (field.size)
		add_leaf(field.data, leaf, out);
	out->failed = out->failed || field.failed;
	weir_buf_release(&field);
	if (out->size > MOST_BYTES)
		*why = "the conditions are too long for an address";
	return !*why;
}

/* ---- settling ---- */

/* Where NAME_null came first, the type is that of the other field. */
static bool settle_types(struct weir_solr_reader *r)
{
	static const enum weir_type types[WEIR_SOLR_FIELD_COUNT] = {
	    [WEIR_SOLR_BOOL] = WEIR_BOOL,      [WEIR_SOLR_INT64] = WEIR_INT64, [WEIR_SOLR_FLOAT64] = WEIR_FLOAT64,
	    [WEIR_SOLR_DATE] = WEIR_TIMESTAMP, [WEIR_SOLR_TEXT] = WEIR_STRING, [WEIR_SOLR_LONG] = WEIR_STRING};
	struct weir_schema *next = weir_schema_next(r->schema);

	if (!next)
		return false;
	for (size_t i = 0; i < r->n; i++) {
		const struct weir_solr_known *f = &r->fields[i];
		if (f->column >= 0 && !f->plain && r->schema->fields[f->column].type == WEIR_NULL)
			weir_schema_set_type(next, (uint32_t)f->column,
					     weir_type_widen(next->fields[f->column].type, types[f->kind]));
	}
	weir_schema_unref(r->schema);
	r->schema = next;
	return true;
}

static void add_fields(const struct weir_solr_reader *r, const struct weir_pushdown *p, struct weir_buf *fields)
{
	int time = weir_schema_time_field(r->schema);

	if (p->said.n_read == p->said.n_columns)
		return;
	weir_buf_add_c(fields, "id,_version_");
	for (size_t i = 0; i < r->n; i++) {
		const struct weir_solr_known *f = &r->fields[i];
		if (f->column < 0 || (f->column != time && !weir_pushdown_reads(p, r->schema->fields[f->column].name)))
			continue;
		weir_buf_addf(fields, ",%s", f->name);
		if (f->micros)
			weir_buf_addf(fields, ",%s", f->micros);
	}
	if (fields->size > MOST_BYTES)
		weir_buf_clear(fields);
}

enum weir_status weir_solr_reader_settle(struct weir_solr_reader *r, struct weir_pushdown *p, struct weir_buf *where,
					 struct weir_buf *fields, struct weir_error *err)
{
	struct weir_buf text = {0};

	if (r->landed && !is_open(r, p) && !settle_types(r))
		return weir_fail(err, WEIR_NO_MEMORY, "solr", "out of memory");
	enum weir_status st = weir_pushdown_learn(p, r->schema, err);
	if (st != WEIR_OK)
		return st;
	if (!r->landed)
		weir_pushdown_refuse(p, "the documents are not weir's: a field may hold anything");
	else if (is_open(r, p))
		weir_pushdown_refuse(p, "a column has values of several types");
	weir_pushdown_print(p, weir_schema_time_field(r->schema), weir_solr_leaf, r, &text);
	if (text.size) /* without its first " AND " */
		weir_buf_add_c(where, text.data + 5);
	if (r->landed)
		add_fields(r, p, fields);
	bool failed = text.failed || where->failed || fields->failed;
	weir_buf_release(&text);
	return failed ? weir_fail(err, WEIR_NO_MEMORY, "solr", "out of memory") : WEIR_OK;
}
