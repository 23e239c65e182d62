/* The select that makes typed columns of records: nothing is converted by Spark's own rules, but each text (records.h) is read in the
 * type that the sample had shown. */
#include "records.h"

#include "weir/base/memory.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- which columns ---- */

static bool is_wanted(const struct weir_spark_wanted *w, struct weir_str field)
{
	for (size_t i = 0; i < w->n_names; i++)
		if (weir_str_equal(w->names[i], field) || weir_spark_begins(field, w->names[i], '.') ||
		    weir_spark_begins(w->names[i], field, '[') || weir_spark_begins(w->names[i], field, '.'))
			return true;
	return w->all;
}

static bool has_no_time(const struct weir_spark_stream *s)
{
	return s->asked_time && strcmp(s->asked_time, "none") == 0;
}

static bool choose(const struct weir_spark_stream *s, const struct weir_spark_wanted *w, struct weir_spark_chosen *out)
{
	*out = (struct weir_spark_chosen){.time = -1};
	out->fields = weir_calloc(s->columns->n_fields + (size_t)1, sizeof *out->fields);
	for (uint32_t i = 0; out->fields && i < s->columns->n_fields; i++) {
		struct weir_str name = s->columns->fields[i].name;
		bool time = s->time_column ? weir_str_equal(name, weir_str_of(s->time_column))
					   : s->columns->fields[i].is_time && !has_no_time(s);
		if (!time && !is_wanted(w, name))
			continue;
		out->time = time ? (int)out->n : out->time;
		out->fields[out->n++] = i;
	}
	return out->fields != NULL;
}

/* ---- texts in their types ---- */

static const char *type_of(enum weir_type t)
{
	static const char *const names[WEIR_TYPE_COUNT] = {"STRING", "BOOLEAN",   "BIGINT",
							   "DOUBLE", "TIMESTAMP", "STRING"};

	return names[t];
}

/* A time without a zone is UTC, which is the session's. */
#define ISO                                                                                                            \
	"CAST(regexp_extract(_t%u, '^\\\\s*((?!0000)\\\\d{4}-\\\\d\\\\d-\\\\d\\\\d"                                    \
	"([T ]\\\\d\\\\d:\\\\d\\\\d(:\\\\d\\\\d([.,]\\\\d+)?)?(Z|[-+]\\\\d\\\\d(:?\\\\d\\\\d)?)?)?)\\\\s*$', 1) AS TIMESTAMP)"
#define FIRST "-62135596800000000"
#define LAST "253402300799999999"

/* µs since 1970 from a number of units, whole ones exactly. */
static void add_epoch(uint32_t i, const char *whole, const char *part, struct weir_buf *out)
{
	weir_buf_addf(
	    out,
	    "timestamp_micros(CASE WHEN _t%u RLIKE '^-?[0-9]{1,18}$' THEN %s ELSE "
	    "CAST(rint(CAST(regexp_extract(_t%u, '^\\\\s*(-?[0-9.]+([eE][-+]?[0-9]+)?)\\\\s*$', 1) AS DOUBLE) %s) AS "
	    "BIGINT) END)",
	    i, whole, i, part);
}

static enum weir_status add_time(const struct weir_spark_stream *s, uint32_t i, struct weir_buf *out,
				 struct weir_error *err)
{
	static const struct {
		const char *format, *whole, *part;
	} epochs[] = {{"s", "try_multiply(CAST(_t%u AS BIGINT), 1000000L)", "* 1e6D"},
		      {"ms", "try_multiply(CAST(_t%u AS BIGINT), 1000L)", "* 1e3D"},
		      {"us", "CAST(_t%u AS BIGINT)", ""},
		      {"ns", "CAST(floor(CAST(_t%u AS DECIMAL(20,0)) / 1000) AS BIGINT)", "/ 1e3D"}};
	const char *format = s->time_format ? s->time_format : "iso";
	char whole[200];

	if (strcmp(format, "iso") == 0) {
		weir_buf_addf(out, ISO, i);
		return WEIR_OK;
	}
	for (size_t k = 0; k < sizeof epochs / sizeof *epochs; k++)
		if (strcmp(format, epochs[k].format) == 0) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
			snprintf(whole, sizeof whole, epochs[k].whole, i);
#pragma GCC diagnostic pop
			add_epoch(i, whole, epochs[k].part, out);
			return WEIR_OK;
		}
	weir_fail(err, WEIR_UNSUPPORTED, "--time", "Spark is not told how to read times such as those of %s (%s)",
		  s->time_column, format);
	weir_error_hint(err, "ISO 8601 and numbers since 1970 can be read there; or leave --fabric out");
	return WEIR_UNSUPPORTED;
}

static void add_typed(uint32_t i, enum weir_type type, struct weir_buf *out)
{
	switch (type) {
	case WEIR_BOOL:
		weir_buf_addf(out, "CASE _t%u WHEN 'true' THEN true WHEN 'false' THEN false END", i);
		break;
	case WEIR_INT64:
		weir_buf_addf(out, "CASE WHEN _t%u RLIKE '^-?(0|[1-9][0-9]*)$' THEN CAST(_t%u AS BIGINT) END", i, i);
		break;
	case WEIR_FLOAT64:
		weir_buf_addf(
		    out,
		    "CASE WHEN _t%u RLIKE '^-?(0|[1-9][0-9]*)?([.][0-9]*)?([eE][-+]?[0-9]+)?$' THEN CAST(_t%u AS DOUBLE) END",
		    i, i);
		break;
	case WEIR_TIMESTAMP:
		weir_buf_addf(out, ISO, i);
		break;
	case WEIR_NULL: /* the sample had no value of it */
		weir_buf_add_c(out, "CAST(NULL AS STRING)");
		break;
	default:
		weir_buf_addf(out, "_t%u", i);
	}
}

/* In the type that fits all streams, under its name. */
static void add_column(const struct weir_spark_wanted *w, const struct weir_field *field, uint32_t i, bool is_time,
		       struct weir_buf *out)
{
	int at = w->together ? weir_schema_find(w->together, field->name) : -1;
	enum weir_type wide = at < 0 ? field->type : w->together->fields[at].type;
	bool casts = !is_time && wide != field->type && wide != WEIR_NULL;

	weir_buf_add_c(out, casts ? "CAST(" : "");
	if (is_time)
		weir_buf_add_c(out, "_at");
	else
		add_typed(i, field->type, out);
	if (casts)
		weir_buf_addf(out, " AS %s)", type_of(wide));
	weir_buf_add_c(out, " AS ");
	weir_spark_add_name(field->name, out);
	weir_buf_add_c(out, ", ");
}

/* Columns that other streams have: a filter may read them. */
static void add_missing(const struct weir_spark_stream *s, const struct weir_spark_wanted *w, struct weir_buf *out)
{
	for (uint32_t i = 0; w->together && i < w->together->n_fields; i++) {
		const struct weir_field *f = &w->together->fields[i];
		if (weir_schema_find(s->columns, f->name) >= 0 || !is_wanted(w, f->name))
			continue;
		weir_buf_addf(out, "CAST(NULL AS %s) AS ", type_of(f->type));
		weir_spark_add_name(f->name, out);
		weir_buf_add_c(out, ", ");
	}
}

/* How many values of the row are not of their column's type. */
static void add_unfit(const struct weir_spark_stream *s, const struct weir_spark_chosen *c, struct weir_buf *out)
{
	const char *plus = "";

	for (uint32_t i = 0; i < c->n; i++) {
		enum weir_type type = s->columns->fields[c->fields[i]].type;
		if ((int)i == c->time || type == WEIR_STRING)
			continue;
		weir_buf_addf(out, "%sCAST(_t%u IS NOT NULL AND (", plus, i);
		add_typed(i, type, out);
		weir_buf_add_c(out, ") IS NULL AS BIGINT)");
		plus = " + ";
	}
	weir_buf_add_c(out, *plus ? " AS `_unfit`" : "0L AS `_unfit`");
}

/* ---- the whole ---- */

static void add_virtuals(const struct weir_spark_stream *s, const struct weir_spark_wanted *w, bool kafka,
			 struct weir_buf *out)
{
	weir_buf_add_c(out, "`_partition`, `_offset`, ");
	if (w->topic)
		weir_buf_add_c(out, "`_topic`, ");
	if (w->raw)
		weir_buf_add_c(out, "`_raw`, ");
	if (kafka && (w->key || w->all))
		weir_buf_add_c(out, "`_key`, ");
	if (kafka && (w->stamp || w->all))
		weir_buf_add_c(out, "`_timestamp`, ");
	if (w->n_streams > 1) {
		weir_spark_add_text(s->name, out);
		weir_buf_addf(out, " AS `_stream`, %uL AS `_source`, ", w->index);
	}
}

static enum weir_status add_moment(const struct weir_spark_stream *s, const struct weir_spark_chosen *c,
				   struct weir_buf *out, struct weir_error *err)
{
	enum weir_status st = WEIR_OK;

	if (c->time >= 0)
		st = add_time(s, (uint32_t)c->time, out, err);
	else
		weir_buf_add_c(out, s->server_time ? "`_timestamp`" : "CAST(NULL AS TIMESTAMP)");
	return st;
}

static enum weir_status add_select(const struct weir_spark_stream *s, const struct weir_spark_wanted *w,
				   const struct weir_spark_chosen *c, struct weir_buf *out, struct weir_error *err)
{
	bool kafka = strcmp(s->uri->scheme, "kafka") == 0;

	weir_buf_add_c(out, "select `_malformed`, ");
	for (uint32_t i = 0; i < c->n; i++)
		add_column(w, &s->columns->fields[c->fields[i]], i, (int)i == c->time, out);
	add_missing(s, w, out);
	weir_buf_add_c(out, "_at AS `_time`, ");
	add_virtuals(s, w, kafka, out);
	add_unfit(s, c, out);
	weir_buf_add_c(out, "\nfrom (select *, CASE WHEN _us BETWEEN " FIRST "L AND " LAST
			    "L THEN timestamp_micros(_us) END "
			    "AS _at from (select *, unix_micros(");
	enum weir_status st = add_moment(s, c, out, err);
	weir_buf_add_c(out, ") AS _us from (");
	weir_spark_records(s)->add(s, c, out);
	weir_buf_add_c(out, ") as s) as s) as s");
	return st;
}

static enum weir_status check(const struct weir_spark_stream *s, const struct weir_spark_wanted *w,
			      const struct weir_spark_chosen *c, struct weir_error *err)
{
	enum weir_status st = weir_spark_records_check(s, c, err);

	if (st != WEIR_OK)
		return st;
	if (w->headers)
		return weir_fail(err, WEIR_UNSUPPORTED, "--fabric", "_headers cannot be read there");
	if (s->time_column && strchr(s->time_column, '+'))
		return weir_fail(err, WEIR_UNSUPPORTED, "--time",
				 "a date and a time of day in two columns (%s) cannot be read there", s->time_column);
	return WEIR_OK;
}

enum weir_status weir_spark_stream_select(const struct weir_spark_stream *s, const struct weir_spark_wanted *wanted,
					  struct weir_buf *out, struct weir_error *err)
{
	struct weir_spark_chosen c;

	if (!choose(s, wanted, &c))
		return weir_fail(err, WEIR_NO_MEMORY, "spark", "out of memory");
	enum weir_status st = check(s, wanted, &c, err);
	if (st == WEIR_OK)
		st = add_select(s, wanted, &c, out, err);
	free(c.fields);
	return st == WEIR_OK && out->failed ? weir_fail(err, WEIR_NO_MEMORY, "spark", "out of memory") : st;
}
