/* Making the job's description. */
#include "land.h"

#include <stdio.h>
#include <stdlib.h>

static json_t *no_memory(struct weir_error *err)
{
	weir_fail(err, WEIR_NO_MEMORY, "spark", "out of memory");
	return NULL;
}

static json_t *text_of(const struct weir_buf *b)
{
	return b->failed ? NULL : json_stringn(b->data ? b->data : "", b->size);
}

void weir_spark_checkpoint(const struct weir_spark_master *master, const char *id, uint64_t generation,
			   struct weir_buf *out)
{
	const char *folder = weir_spark_param(master, "checkpoint");
	size_t n = folder ? strlen(folder) : 0;

	while (n > 1 && folder[n - 1] == '/')
		n--;
	if (folder)
		weir_buf_add(out, folder, n);
	else
		weir_buf_add_c(out, "/tmp/weir-spark");
	weir_buf_addf(out, "/%s/%llu", id, (unsigned long long)generation);
}

/* Parameters of that beginning, without it where it is cut. False: no memory. */
static bool add_params(const struct weir_spark_master *m, const char *beginning, json_t *out)
{
	size_t n = strlen(beginning);

	for (size_t i = 0; i < m->params.n_params; i++) {
		const struct weir_param *p = &m->params.params[i];
		if (strncmp(p->name, beginning, n) == 0 &&
		    json_object_set_new(out, p->name, json_string(p->value)) != 0)
			return false;
	}
	return true;
}

/* What a session may set while it runs; --conf has said it before, too. */
static json_t *settings(const struct weir_spark_master *m)
{
	json_t *conf =
	    json_pack("{s:s,s:s,s:s,s:s,s:s}", "spark.sql.ansi.enabled", "false", "spark.sql.caseSensitive", "true",
		      "spark.sql.session.timeZone", "UTC", "spark.sql.streaming.multipleWatermarkPolicy", "min",
		      /* each record is read whole, so that one with too many fields is seen */
		      "spark.sql.csv.parser.columnPruning.enabled", "false");

	if (conf && add_params(m, "spark.sql.", conf))
		return conf;
	json_decref(conf);
	return NULL;
}

static json_t *columns(const struct weir_partial_column *list, uint32_t n)
{
	json_t *out = json_array();

	for (uint32_t i = 0; out && i < n; i++) {
		json_t *one = json_pack("{s:s%,s:s}", "name", list[i].name.data, list[i].name.size, "type",
					list[i].decimal ? "decimal" : weir_type_name(list[i].type));
		if (!one || json_array_append_new(out, one) != 0) {
			json_decref(out);
			return NULL;
		}
	}
	return out;
}

static json_t *schema_of(const struct weir_schema *s)
{
	json_t *out = json_array();

	for (uint32_t i = 0; out && i < s->n_fields; i++) {
		const struct weir_field *f = &s->fields[i];
		json_t *one =
		    json_pack("{s:s%,s:s}", "name", f->name.data, f->name.size, "type", weir_type_name(f->type));
		if (!one || json_array_append_new(out, one) != 0) {
			json_decref(out);
			return NULL;
		}
	}
	return out;
}

static bool add_count(json_t *out, const char *name, const char *filter, const char *form)
{
	struct weir_buf sql = {0};

	for (; *form; form++)
		if (*form == '$')
			weir_buf_add_c(&sql, filter);
		else
			weir_buf_add_char(&sql, *form);
	bool good = json_object_set_new(out, name, text_of(&sql)) == 0;
	weir_buf_release(&sql);
	return good;
}

/* What is counted of the records of a stream, beside the answer. Where the filter reads computed columns, nobody counts what it
 * left out. */
static json_t *counts(const struct weir_spark_description *d)
{
	struct weir_buf filter = {0}, outside = {0};
	json_t *out = json_object();
	bool known = weir_plan_spark_filter(d->plan, &filter);
	const char *text = known && filter.data ? filter.data : "true";
	weir_buf_add_c(&outside, "count_if(NOT `_malformed` AND coalesce(($), false) AND NOT (");
	bool cut = weir_plan_spark_span(d->plan, &outside);
	weir_buf_add_c(&outside, "))");
	bool good =
	    out && !filter.failed && !outside.failed && add_count(out, "received", text, "count(1)") &&
	    add_count(out, "malformed", text, "count_if(`_malformed`)") &&
	    add_count(out, "no_time", text, "count_if(NOT `_malformed` AND `_time` IS NULL AND ($))") &&
	    add_count(out, "unfit", text, "coalesce(sum(CASE WHEN NOT `_malformed` THEN `_unfit` END), 0L)") &&
	    (!known || add_count(out, "filtered", text, "count_if(NOT `_malformed` AND NOT coalesce(($), false))")) &&
	    (!cut || add_count(out, "outside", text, outside.data));

	weir_buf_release(&filter);
	weir_buf_release(&outside);
	if (good)
		return out;
	json_decref(out);
	return NULL;
}

static json_t *stream(const struct weir_spark_description *d, uint32_t i, struct weir_arena *arena,
		      struct weir_error *err)
{
	const struct weir_spark_stream *s = &d->streams[i];
	struct weir_spark_wanted w = {.n_streams = d->n_streams, .index = i, .together = d->together};
	struct weir_str *names = NULL;
	struct weir_buf sql = {0};
	enum weir_status st =
	    weir_view_columns(d->view, arena, &names, &w.n_names, &w.all, &w.raw, &w.key, &w.headers, &w.stamp, err);
	json_t *out = json_pack("{s:s%}", "name", s->name.data, s->name.size);

	w.names = names;
	w.topic = weir_spark_landings_any(d->landings);
	w.all = w.all || w.topic;
	if (st == WEIR_OK)
		st = out ? weir_spark_stream_reader(s, d->finite, d->now_us, out, err) : WEIR_NO_MEMORY;
	if (st == WEIR_OK)
		st = weir_spark_stream_select(s, &w, &sql, err);
	json_t *observe = st == WEIR_OK ? counts(d) : NULL;
	if (st == WEIR_OK &&
	    (json_object_set_new(out, "select", text_of(&sql)) != 0 || json_object_set(out, "observe", observe) != 0))
		st = WEIR_NO_MEMORY;
	json_decref(observe);
	weir_buf_release(&sql);
	char variable[40];
	snprintf(variable, sizeof variable, "WEIR_PASSWORD_%u", i);
	if (st == WEIR_OK && s->has_password && json_object_set_new(out, "password", json_string(variable)) != 0)
		st = WEIR_NO_MEMORY;
	if (st == WEIR_OK)
		return out;
	json_decref(out);
	return st == WEIR_NO_MEMORY ? no_memory(err) : NULL;
}

static json_t *streams(const struct weir_spark_description *d, struct weir_error *err)
{
	struct weir_arena arena = {0};
	json_t *out = json_array();

	for (uint32_t i = 0; out && i < d->n_streams; i++) {
		json_t *one = stream(d, i, &arena, err);
		if (!one || json_array_append_new(out, one) != 0) {
			json_decref(out);
			out = NULL;
		}
	}
	weir_arena_release(&arena);
	return out;
}

static json_t *view_of(const struct weir_view *v)
{
	json_t *out = json_object();

	for (int i = 0; out && i < WEIR_VIEW_TEXT_COUNT; i++)
		if (v->text[i])
			json_object_set_new(out, weir_view_option((enum weir_view_text)i), json_string(v->text[i]));
	return out;
}

/* Malformed records are rows of `all_rows` only to be counted. */
static json_t *question(const struct weir_spark_description *d)
{
	struct weir_buf sql = {0};

	weir_buf_add_c(&sql, "with rows as (select * from all_rows where not `_malformed`)\n");
	weir_plan_spark_partials(d->plan, false, &sql);
	json_t *out = text_of(&sql);
	weir_buf_release(&sql);
	return out;
}

/* For --attach: what to open again, and what "-15m" was counted from. */
static bool add_origin(const struct weir_spark_description *d, json_t *out)
{
	json_t *sources = json_array();
	bool good = sources && json_object_set_new(out, "sources", sources) == 0;

	for (uint32_t i = 0; i < d->n_streams && good; i++)
		good = json_array_append_new(sources, json_string(d->sources[i].address)) == 0;
	return good && json_object_set_new(out, "fabric", json_string(d->fabric)) == 0 &&
	       json_object_set_new(out, "opened_us", json_integer(d->now_us)) == 0;
}

json_t *weir_spark_describe(const struct weir_spark_description *d, struct weir_error *err)
{
	struct weir_buf checkpoint = {0}, control = {0}, results = {0};
	json_t *list = streams(d, err), *kafka = json_object(), *out = NULL;

	json_t *landings = list ? weir_spark_landings_describe(d->landings, d, err) : NULL;
	if (!list || !landings) {
		json_decref(list);
		json_decref(kafka);
		return NULL;
	}
	weir_spark_checkpoint(d->master, d->id, d->generation, &checkpoint);
	weir_buf_addf(&results, "weir-%s", d->id);
	weir_buf_addf(&control, "weir-%s-control", d->id);
	if (kafka && add_params(d->master, "kafka.", kafka) && !checkpoint.failed && !results.failed && !control.failed)
		out = json_pack(
		    "{s:i,s:s,s:I,s:s,s:b,s:s,s:s,s:s,s:O,s:I,s:s,s:I,s:o,s:O,s:s,s:o,s:o,s:o,s:o,s:o,s:O}", "version",
		    1, "id", d->id, "generation", (json_int_t)d->generation, "mode", d->finite ? "batch" : "stream",
		    "once", d->finite, "brokers", d->brokers, "results", results.data, "control", control.data, "kafka",
		    kafka, "trigger_ms", (json_int_t)(d->master->trigger_us / 1000), "checkpoint", checkpoint.data,
		    "watermark_us", (json_int_t)weir_late_us(d->late_us), "conf", settings(d->master), "streams", list,
		    "table", "all_rows", "sql", question(d), "keys", columns(d->layout->keys, d->layout->n_keys),
		    "values", columns(d->layout->values, d->layout->n_values), "view", view_of(d->view), "columns",
		    schema_of(d->together), "landings", landings);
	json_decref(landings);
	json_decref(list);
	json_decref(kafka);
	weir_buf_release(&checkpoint);
	weir_buf_release(&control);
	weir_buf_release(&results);
	if (out && add_origin(d, out))
		return out;
	json_decref(out);
	return no_memory(err);
}

bool weir_spark_same_job(const json_t *a, const json_t *b)
{
	static const char *const parts[] = {"mode", "streams", "sql", "conf", "watermark_us", "trigger_ms", "landings"};

	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (!json_equal(json_object_get(a, parts[i]), json_object_get(b, parts[i])))
			return false;
	return true;
}
