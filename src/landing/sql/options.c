/* The options that all tables have. */
#include "sql.h"

#include <stdlib.h>

enum { BATCH_ROWS = 10000 };

#define EVERY_US (INT64_C(1) * WEIR_US_PER_S)
#define TIMEOUT_US (INT64_C(30) * WEIR_US_PER_S)

static enum weir_status read_duration(const struct weir_uri *uri, const char *name, int64_t least, int64_t *out_us,
				      struct weir_error *err)
{
	const char *text = weir_uri_param(uri, name);

	if (text && (!weir_parse_duration_us(weir_str_of(text), out_us) || *out_us < least))
		return weir_fail(err, WEIR_USAGE, "--land", "%s=%s is not a duration, such as 1s", name, text);
	return WEIR_OK;
}

enum weir_status weir_sql_options_read(struct weir_sql_options *o, const struct weir_uri *uri, struct weir_error *err)
{
	const char *create = weir_uri_param(uri, "create"), *batch = weir_uri_param(uri, "batch"),
		   *table = weir_uri_param(uri, "table"), *columns = weir_uri_param(uri, "columns");

	*o = (struct weir_sql_options){.batch_rows = BATCH_ROWS, .every_us = EVERY_US, .timeout_us = TIMEOUT_US};
	if (create && strcmp(create, "yes") != 0 && strcmp(create, "no") != 0)
		return weir_fail(err, WEIR_USAGE, "--land", "create=%s is neither yes nor no", create);
	o->create = create && strcmp(create, "yes") == 0;
	if (batch && (!weir_parse_int64(weir_str_of(batch), false, &o->batch_rows) || o->batch_rows < 1))
		return weir_fail(err, WEIR_USAGE, "--land", "batch=%s is not a number of rows", batch);
	if (table && !*table)
		return weir_fail(err, WEIR_USAGE, "--land", "table= is empty");
	enum weir_status st = read_duration(uri, "every", 0, &o->every_us, err);
	if (st == WEIR_OK)
		st = read_duration(uri, "timeout", 1000, &o->timeout_us, err);
	if (st == WEIR_OK && ((table && !(o->table = weir_str_dup(weir_str_of(table)))) ||
			      (columns && !(o->columns = weir_str_dup(weir_str_of(columns))))))
		st = weir_fail(err, WEIR_NO_MEMORY, "--land", "out of memory");
	return st;
}

void weir_sql_options_release(struct weir_sql_options *o)
{
	free(o->table);
	free(o->columns);
	*o = (struct weir_sql_options){0};
}
