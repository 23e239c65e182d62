/* Records of CSV and TSV. Spark's CSV reader splits the lines of a file into texts, and from_csv does the same for a message. Both get a
 * schema with a few fields more than a record has, which shows records that are too long; the fields after those hold the raw text. */
#include "records.h"

#include "weir/base/memory.h"

#include <stdio.h>

enum { BEYOND = 4 }; /* fields that a record must not have, but an empty one behind a last separator */

static bool is_file(const struct weir_spark_stream *s)
{
	return !weir_spark_is_kafka(s);
}

/* "`_c0` STRING, …, `_x0` STRING, …". */
static void add_fields(const struct weir_spark_stream *s, struct weir_buf *out)
{
	for (uint32_t i = 0; i < s->record->n_fields; i++)
		weir_buf_addf(out, "`_c%u` STRING, ", i);
	for (unsigned i = 0; i < BEYOND; i++)
		weir_buf_addf(out, "%s`_x%u` STRING", i ? ", " : "", i);
}

/* One of the record's fields; `k` beyond them: those that must not be. */
static void add_field(const struct weir_spark_stream *s, uint32_t k, struct weir_buf *out)
{
	const char *of = is_file(s) ? "" : "v.";

	if (k < s->record->n_fields)
		weir_buf_addf(out, "%s`_c%u`", of, k);
	else
		weir_buf_addf(out, "%s`_x%u`", of, k - s->record->n_fields);
}

/* ---- what a field means ---- */

/* The texts of --null. */
static void add_nulls(const struct weir_spark_stream *s, struct weir_buf *out)
{
	struct weir_str rest = weir_str_of(s->asked_nulls ? s->asked_nulls : "");
	const char *comma = "";

	do {
		weir_buf_add_c(out, comma);
		weir_spark_add_text(weir_str_cut(rest, ',', &rest), out);
		comma = ", ";
	} while (rest.data);
}

/* Blanks around a number are none of it, and blanks alone are no value. */
static void add_text(const struct weir_spark_stream *s, uint32_t k, enum weir_type type, struct weir_buf *out)
{
	struct weir_buf field = {0}, bare = {0};

	add_field(s, k, &field);
	weir_buf_addf(&bare, "CASE WHEN NOT %s IN (", field.data ? field.data : "");
	add_nulls(s, &bare);
	weir_buf_addf(&bare, ") THEN %s END", field.data ? field.data : "");
	if (bare.failed || field.failed)
		out->failed = true;
	else if (type == WEIR_STRING)
		weir_buf_add_str(out, weir_buf_str(&bare));
	else if (type == WEIR_BOOL)
		weir_buf_addf(out,
			      "regexp_replace(regexp_replace(nullif(trim(%s), ''), '^(TRUE|True)$', 'true'), "
			      "'^(FALSE|False)$', 'false')",
			      bare.data);
	else
		weir_buf_addf(out, "nullif(trim(%s), '')", bare.data);
	weir_buf_release(&field);
	weir_buf_release(&bare);
}

/* ---- which records are rows ---- */

/* A name that weir made of a title has a number behind it, or is one where there was no title. */
static void add_title(const struct weir_spark_stream *s, uint32_t k, struct weir_buf *out)
{
	struct weir_str name = s->record->fields[k].name;
	size_t stem = name.size;
	char made[24];

	snprintf(made, sizeof made, "c%u", k + 1);
	weir_buf_add_c(out, "coalesce(trim(");
	add_field(s, k, out);
	weir_buf_add_c(out, "), '') IN (");
	weir_spark_add_text(name, out);
	while (stem && name.data[stem - 1] >= '0' && name.data[stem - 1] <= '9')
		stem--;
	if (stem > 1 && stem < name.size && name.data[stem - 1] == '_') {
		weir_buf_add_c(out, ", ");
		weir_spark_add_text((struct weir_str){name.data, stem - 1}, out);
	}
	weir_buf_add_c(out, weir_str_equal(name, weir_str_of(made)) ? ", '')" : ")");
}

/* The header comes again where files were joined, and is a message where a file was written to a topic. */
static void add_no_header(const struct weir_spark_stream *s, struct weir_buf *out)
{
	for (uint32_t k = 0; s->header && k < s->record->n_fields; k++) {
		weir_buf_add_c(out, k ? " AND " : " where NOT (");
		add_title(s, k, out);
	}
	weir_buf_add_c(out, s->header ? ")" : "");
}

/* Too many fields, a quote that is never closed, or several records in a message: what remains without the quoted fields tells. */
static void add_malformed(const struct weir_spark_stream *s, struct weir_buf *out)
{
	char sign[2] = {s->separator ? s->separator : ',', '\0'};

	weir_buf_add_c(out, "coalesce(coalesce(");
	for (unsigned i = 0; i < BEYOND; i++) {
		weir_buf_add_c(out, i ? ", " : "");
		add_field(s, s->record->n_fields + i, out);
	}
	weir_buf_add_c(out,
		       ") IS NOT NULL OR (_raw LIKE '%\"%' AND regexp_replace(_raw, '\"[^\"]*\"', '') RLIKE '(^|[");
	weir_buf_add_c(out, sign);
	weir_buf_add_c(out, "])\"')");
	if (!is_file(s))
		weir_buf_add_c(out,
			       " OR regexp_replace(trim(BOTH '\\r\\n' FROM _raw), '\"[^\"]*\"', '') RLIKE '[\\r\\n]'");
	weir_buf_add_c(out, ", false) AS `_malformed`");
}

/* ---- the whole ---- */

static void add_messages(const struct weir_spark_stream *s, struct weir_buf *out)
{
	struct weir_buf fields = {0};
	char sign[2] = {s->separator ? s->separator : ',', '\0'};

	add_fields(s, &fields);
	weir_buf_add_c(out, "select from_csv(trim(BOTH '\\r\\n' FROM _raw), ");
	weir_spark_add_text(weir_buf_str(&fields), out);
	weir_buf_add_c(out, ", map('mode', 'PERMISSIVE', 'maxColumns', '20000', 'escape', '\"', 'sep', ");
	weir_spark_add_text(weir_str_of(sign), out);
	weir_buf_add_c(out, ")) AS v, * from (select ");
	weir_spark_add_place(s, "", out);
	weir_buf_add_c(out, " from source) as r");
	out->failed |= fields.failed;
	weir_buf_release(&fields);
}

static void add(const struct weir_spark_stream *s, const struct weir_spark_chosen *c, struct weir_buf *out)
{
	weir_buf_add_c(out, "select ");
	for (uint32_t i = 0; i < c->n; i++) {
		const struct weir_field *f = &s->columns->fields[c->fields[i]];
		add_text(s, (uint32_t)weir_schema_find(s->record, f->name), f->type, out);
		weir_buf_addf(out, " AS _t%u, ", i);
	}
	add_malformed(s, out);
	weir_buf_add_c(out, ", * from (\n");
	if (is_file(s)) {
		weir_buf_add_c(out, "select *, ");
		weir_spark_add_place(s, "`_text`", out);
		weir_buf_add_c(out, " from source");
	} else {
		add_messages(s, out);
	}
	weir_buf_add_c(out, ") as s");
	add_no_header(s, out);
}

/* Records have line ends in quoted fields, so the reader may not cut a file at any line. */
static bool set_options(const struct weir_spark_stream *s, json_t *out, json_t *options)
{
	const char *const fixed[][2] = {{"mode", "PERMISSIVE"},  {"multiLine", "true"},
					{"escape", "\""},        {"columnNameOfCorruptRecord", "_text"},
					{"maxColumns", "20000"}, {"header", s->header ? "true" : "false"}};
	char sign[2] = {s->separator ? s->separator : ',', '\0'};
	struct weir_buf schema = {0};
	bool good = json_object_set_new(options, "sep", json_string(sign)) == 0;

	for (size_t i = 0; good && i < sizeof fixed / sizeof *fixed; i++)
		good = json_object_set_new(options, fixed[i][0], json_string(fixed[i][1])) == 0;
	if (s->record)
		add_fields(s, &schema);
	weir_buf_add_c(&schema, ", `_text` STRING");
	good = good && !schema.failed && json_object_set_new(out, "schema", json_string(schema.data)) == 0;
	weir_buf_release(&schema);
	return good;
}

static bool has_empty(const char *nulls)
{
	struct weir_str rest = weir_str_of(nulls);

	do
		if (!weir_str_cut(rest, ',', &rest).size)
			return true;
	while (rest.data);
	return false;
}

static enum weir_status check(const struct weir_spark_stream *s, const struct weir_spark_chosen *c,
			      struct weir_error *err)
{
	const char *why = !s->record                               ? "its columns are not known"
			  : s->record->n_fields > WEIR_MAX_COLUMNS ? "it has more than 4,096 columns"
			  : s->lines_above
			      ? "it has lines above its first record, which Spark's reader would take for records"
			      : NULL;

	if (why)
		return weir_fail(err, WEIR_UNSUPPORTED, "--fabric", WEIR_STR_FMT ": %s", WEIR_STR_ARG(s->name), why);
	if (s->asked_nulls && !has_empty(s->asked_nulls)) {
		weir_fail(err, WEIR_UNSUPPORTED, "--null", "Spark's reader takes an empty field for NULL");
		weir_error_hint(err, "--null ',%s' says so, too", s->asked_nulls);
		return WEIR_UNSUPPORTED;
	}
	for (uint32_t i = 0; i < c->n; i++)
		if (weir_schema_find(s->record, s->columns->fields[c->fields[i]].name) < 0)
			return weir_fail(err, WEIR_UNSUPPORTED, "--fabric",
					 "the column " WEIR_STR_FMT " has no place of its own in the records",
					 WEIR_STR_ARG(s->columns->fields[c->fields[i]].name));
	return WEIR_OK;
}

const struct weir_spark_records weir_spark_records_csv = {
    .formats = "csv tsv",
    .check = check,
    .file_reader = "csv",
    .set_options = set_options,
    .add = add,
};
