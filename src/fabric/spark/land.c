/* The part of the job's description that says where Spark writes rows. */
#include "land.h"

#include "records.h"

#include "weir/client/secret.h"

#include <stdio.h>

enum { FIRST_PASSWORD = 1000 }; /* their numbers, behind those of streams */

static enum weir_status no_memory(struct weir_error *err)
{
	return weir_fail(err, WEIR_NO_MEMORY, "--land", "out of memory");
}

static enum weir_status check(const struct weir_uri *uri, struct weir_error *err)
{
	static const char known[] = "table schema sslmode password-file";

	if (!weir_spark_has_tables(uri->scheme)) {
		weir_fail(err, WEIR_UNSUPPORTED, "--land", "Spark reads the sources itself, and has no writer for %s",
			  uri->scheme);
		weir_error_hint(err, "it writes to postgresql:// and mysql:// by JDBC; --fabric local lands anywhere");
		return WEIR_UNSUPPORTED;
	}
	if (!weir_uri_param(uri, "table") || weir_uri_param(uri, "create")) {
		weir_fail(err, WEIR_UNSUPPORTED, "--land", "Spark makes no table: table= names one that weir has made");
		weir_error_hint(err,
				"weir without --fabric makes it with create=yes, of the first records of the source");
		return WEIR_UNSUPPORTED;
	}
	if (!uri->hosts || !*uri->hosts)
		return weir_fail(err, WEIR_UNSUPPORTED, "--land", "Spark reaches no server by a socket: name its host");
	for (size_t i = 0; i < uri->n_params; i++)
		if (!weir_str_among(known, weir_str_of(uri->params[i].name)))
			return weir_fail(err, WEIR_UNSUPPORTED, "--land", "%s= has no meaning for Spark's JDBC writer",
					 uri->params[i].name);
	return WEIR_OK;
}

static enum weir_status take_password(struct weir_spark_landings *l, const struct weir_spark_master *master,
				      struct weir_spark_passwords *passwords, struct weir_error *err)
{
	struct weir_spark_landing *one = &l->items[l->n];
	const char *mode = weir_spark_param(master, "deploy-mode");
	char *password = NULL;
	enum weir_status st = weir_secret_of(&one->uri, &password, err);

	one->has_password = password != NULL;
	if (st == WEIR_OK && password && mode && strcmp(mode, "cluster") == 0)
		st = weir_fail(err, WEIR_UNSUPPORTED, "--land",
			       "the password cannot be handed to a driver that runs elsewhere (deploy-mode=cluster)");
	else if (st == WEIR_OK && password && !weir_spark_passwords_add(passwords, FIRST_PASSWORD + l->n, password))
		st = no_memory(err);
	weir_secret_free(password);
	return st;
}

enum weir_status weir_spark_landing_add(struct weir_spark_landings *l, const char *address,
					const struct weir_spark_master *master, const struct weir_spark_places *places,
					struct weir_spark_passwords *passwords, struct weir_error *err)
{
	if (l->n >= WEIR_MAX_LANDINGS)
		return weir_fail(err, WEIR_USAGE, "--land", "more than %d landings", WEIR_MAX_LANDINGS);
	struct weir_spark_landing *one = &l->items[l->n];
	enum weir_status st = weir_uri_parse(weir_str_of(address), false, &one->uri, err);

	if (st == WEIR_OK)
		st = check(&one->uri, err);
	if (st == WEIR_OK)
		st = weir_spark_find_driver(one->uri.scheme, master, places, &one->driver, err);
	if (st == WEIR_OK)
		st = take_password(l, master, passwords, err);
	if (st == WEIR_OK)
		l->n++;
	else
		weir_uri_release(&one->uri);
	return st;
}

/* The rows of the table, from `rows`. What is NULL there is missing when it is read back. */
static enum weir_status add_select(const struct weir_spark_description *d, struct weir_buf *out, struct weir_error *err)
{
	const struct weir_spark_stream *s = &d->streams[0];
	struct weir_buf filter = {0};
	bool known = !d->view->text[WEIR_VIEW_WHERE] || weir_plan_spark_filter(d->plan, &filter);

	weir_buf_add_c(out, "select ");
	weir_spark_add_text(s->name, out);
	weir_buf_add_c(out, " AS `_stream`, `_topic`, `_partition`, `_offset`, 0L AS `_run`, "
			    "CAST(NULL AS STRING) AS `_nulls`, "
			    "CAST(pmod(monotonically_increasing_id(), 2147483648L) AS INT) AS `_n`");
	for (uint32_t i = 0; i < s->columns->n_fields; i++) {
		if (s->columns->fields[i].type == WEIR_NULL) /* the sample had no value of it */
			continue;
		weir_buf_add_c(out, ", ");
		weir_spark_add_name(s->columns->fields[i].name, out);
	}
	weir_buf_add_c(out, " from rows where ");
	weir_buf_add_c(out, known && filter.data ? filter.data : "true");
	out->failed |= filter.failed;
	weir_buf_release(&filter);
	return known
		   ? WEIR_OK
		   : weir_fail(err, WEIR_UNSUPPORTED, "--land",
			       "Spark lands rows by conditions on their own columns, and --where reads computed ones");
}

static enum weir_status check_source(const struct weir_spark_description *d, struct weir_error *err)
{
	if (d->n_streams > 1 || !weir_spark_is_kafka(&d->streams[0])) {
		weir_fail(
		    err, WEIR_UNSUPPORTED, "--land",
		    "Spark lands rows of one kafka:// source: others have no place that a key could be made of there");
		weir_error_hint(err, "--fabric local lands rows of any source");
		return WEIR_UNSUPPORTED;
	}
	if (d->view->text[WEIR_VIEW_DERIVE])
		return weir_fail(err, WEIR_UNSUPPORTED, "--land", "Spark lands no columns of --derive");
	return WEIR_OK;
}

static json_t *describe_one(const struct weir_spark_landings *l, uint32_t i, const char *select, struct weir_error *err)
{
	const struct weir_spark_landing *one = &l->items[i];
	const struct weir_spark_stream at = {.uri = &one->uri, .driver = one->driver};
	struct weir_buf name = {0};
	char variable[40];
	json_t *options = json_object(), *out = NULL;

	weir_uri_show(&one->uri, &name);
	if (options && !name.failed && weir_spark_table_place(&at, options))
		out = json_pack("{s:s,s:O,s:s}", "name", name.data, "options", options, "select", select);
	snprintf(variable, sizeof variable, "WEIR_PASSWORD_%u", FIRST_PASSWORD + i);
	if (out && one->has_password && json_object_set_new(out, "password", json_string(variable)) != 0) {
		json_decref(out);
		out = NULL;
	}
	json_decref(options);
	weir_buf_release(&name);
	if (!out)
		(void)no_memory(err);
	return out;
}

json_t *weir_spark_landings_describe(struct weir_spark_landings *l, const struct weir_spark_description *d,
				     struct weir_error *err)
{
	struct weir_buf select = {0};

	if (l->told)
		return json_incref(l->told);
	json_t *list = json_array();
	enum weir_status st = !list ? no_memory(err) : l->n ? check_source(d, err) : WEIR_OK;
	if (st == WEIR_OK && l->n)
		st = add_select(d, &select, err);
	if (st == WEIR_OK && select.failed)
		st = no_memory(err);
	for (uint32_t i = 0; i < l->n && st == WEIR_OK; i++) {
		json_t *one = describe_one(l, i, select.data, err);
		st = one && json_array_append_new(list, one) == 0 ? WEIR_OK : WEIR_NO_MEMORY;
	}
	weir_buf_release(&select);
	if (st != WEIR_OK) {
		json_decref(list);
		return NULL;
	}
	l->told = list;
	return json_incref(list);
}

bool weir_spark_landings_any(const struct weir_spark_landings *l)
{
	return l->n || json_array_size(l->told);
}

void weir_spark_landings_release(struct weir_spark_landings *l)
{
	for (uint32_t i = 0; i < l->n; i++)
		weir_uri_release(&l->items[i].uri);
	json_decref(l->told);
	*l = (struct weir_spark_landings){0};
}
