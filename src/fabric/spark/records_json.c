/* Records in JSON: read with a text for each key of the top level, so that Spark converts nothing. */
#include "records.h"

#define BAD "_weir_bad" /* the key under which Spark puts what is no JSON */

static struct weir_str top_of(struct weir_str name)
{
	struct weir_str rest;

	return weir_str_cut(name, '.', &rest);
}

static bool came_before(const struct weir_spark_stream *s, const struct weir_spark_chosen *c, uint32_t i,
			struct weir_str key)
{
	for (uint32_t k = 0; k < i; k++) {
		struct weir_str name = s->columns->fields[c->fields[k]].name;
		if (weir_str_equal(name, key) || weir_str_equal(top_of(name), key))
			return true;
	}
	return false;
}

/* "`a` STRING, `user` STRING, `user.id` STRING": a name with dots is a key, or the way to one below. */
static void add_keys(const struct weir_spark_stream *s, const struct weir_spark_chosen *c, struct weir_buf *out)
{
	for (uint32_t i = 0; i < c->n; i++) {
		struct weir_str name = s->columns->fields[c->fields[i]].name, top = top_of(name);
		if (!came_before(s, c, i, name)) {
			weir_spark_add_name(name, out);
			weir_buf_add_c(out, " STRING, ");
		}
		if (top.size != name.size && !came_before(s, c, i, top)) {
			weir_spark_add_name(top, out);
			weir_buf_add_c(out, " STRING, ");
		}
	}
	weir_spark_add_name(WEIR_STR(BAD), out);
	weir_buf_add_c(out, " STRING");
}

static bool has_below(const struct weir_spark_stream *s, struct weir_str name)
{
	for (uint32_t i = 0; i < s->columns->n_fields; i++)
		if (weir_spark_begins(s->columns->fields[i].name, name, '.'))
			return true;
	return false;
}

/* The text of a column, from `v`. */
static void add_leaf(const struct weir_spark_stream *s, struct weir_str name, struct weir_buf *out)
{
	struct weir_str rest, top = weir_str_cut(name, '.', &rest);
	struct weir_buf path = {0};

	if (!rest.data) {
		bool object = has_below(s, name); /* what lies below has columns of its own */
		weir_buf_add_c(out, object ? "CASE WHEN v." : "v.");
		weir_spark_add_name(name, out);
		if (object) {
			weir_buf_add_c(out, " NOT LIKE '{%' THEN v.");
			weir_spark_add_name(name, out);
			weir_buf_add_c(out, " END");
		}
		return;
	}
	weir_buf_add_char(&path, '$');
	while (rest.size) {
		struct weir_str key = weir_str_cut(rest, '.', &rest);
		weir_buf_addf(&path, "['" WEIR_STR_FMT "']", WEIR_STR_ARG(key));
	}
	weir_buf_add_c(out, "coalesce(v.");
	weir_spark_add_name(name, out);
	weir_buf_add_c(out, ", get_json_object(v.");
	weir_spark_add_name(top, out);
	weir_buf_add_c(out, ", ");
	weir_spark_add_text(weir_buf_str(&path), out);
	weir_buf_add_c(out, "))");
	out->failed |= path.failed;
	weir_buf_release(&path);
}

/* What the reader hands over, under our names. */
static void add_records(const struct weir_spark_stream *s, const struct weir_spark_chosen *c, struct weir_buf *out)
{
	struct weir_buf keys = {0};

	add_keys(s, c, &keys);
	weir_buf_add_c(out, "select from_json(_raw, ");
	weir_spark_add_text(weir_buf_str(&keys), out);
	weir_buf_add_c(out,
		       ", map('mode', 'PERMISSIVE', 'columnNameOfCorruptRecord', '" BAD "')) AS v, * from (select ");
	weir_spark_add_place(s, "value", out);
	weir_buf_add_c(out,
		       weir_spark_is_kafka(s) ? " from source) as r" : " from source where trim(value) <> '') as r");
	out->failed |= keys.failed;
	weir_buf_release(&keys);
}

static void add(const struct weir_spark_stream *s, const struct weir_spark_chosen *c, struct weir_buf *out)
{
	weir_buf_add_c(out, "select ");
	for (uint32_t i = 0; i < c->n; i++) {
		add_leaf(s, s->columns->fields[c->fields[i]].name, out);
		weir_buf_addf(out, " AS _t%u, ", i);
	}
	weir_buf_add_c(out, "coalesce(v." BAD " IS NOT NULL OR NOT _raw LIKE '%{%', true) AS `_malformed`, * from (\n");
	add_records(s, c, out);
	weir_buf_add_c(out, ") as s");
}

/* A path into JSON has no word for it. */
static enum weir_status check(const struct weir_spark_stream *s, const struct weir_spark_chosen *c,
			      struct weir_error *err)
{
	for (uint32_t i = 0; i < c->n; i++) {
		struct weir_str name = s->columns->fields[c->fields[i]].name;
		if (memchr(name.data, '\'', name.size))
			return weir_fail(err, WEIR_UNSUPPORTED, "--fabric",
					 "the column " WEIR_STR_FMT " has a ' in its name", WEIR_STR_ARG(name));
	}
	return WEIR_OK;
}

const struct weir_spark_records weir_spark_records_json = {
    .formats = "json",
    .check = check,
    .file_reader = "text",
    .add = add,
};
