/* The options that landings in tables have alike. */
#include "options.h"

#include <stdlib.h>

enum { BATCH_ROWS = 10000 };

#define EVERY_US (INT64_C(1) * WEIR_US_PER_S)

enum weir_status weir_landing_options_read(struct weir_landing_options *o, const struct weir_uri *uri,
					   int64_t least_timeout_us, struct weir_error *err)
{
	const char *create = weir_uri_param(uri, "create"), *batch = weir_uri_param(uri, "batch"),
		   *every = weir_uri_param(uri, "every"), *timeout = weir_uri_param(uri, "timeout"),
		   *table = weir_uri_param(uri, "table"), *columns = weir_uri_param(uri, "columns");

	*o = (struct weir_landing_options){.batch_rows = BATCH_ROWS, .every_us = EVERY_US};
	if (create && strcmp(create, "yes") != 0 && strcmp(create, "no") != 0)
		return weir_fail(err, WEIR_USAGE, "--land", "create=%s is neither yes nor no", create);
	o->create = create && strcmp(create, "yes") == 0;
	if (batch && (!weir_parse_int64(weir_str_of(batch), false, &o->batch_rows) || o->batch_rows < 1))
		return weir_fail(err, WEIR_USAGE, "--land", "batch=%s is not a number of rows", batch);
	if (every && (!weir_parse_duration_us(weir_str_of(every), &o->every_us) || o->every_us < 0))
		return weir_fail(err, WEIR_USAGE, "--land", "every=%s is not a duration, such as 1s", every);
	if (table && !*table)
		return weir_fail(err, WEIR_USAGE, "--land", "table= is empty");
	enum weir_status st = weir_landing_timeout(uri, &o->timeout_us, err);
	if (st == WEIR_OK && o->timeout_us < least_timeout_us)
		st = weir_fail(err, WEIR_USAGE, "--land", "timeout=%s is too short for an answer of a server", timeout);
	if (st == WEIR_OK && ((table && !(o->table = weir_str_dup(weir_str_of(table)))) ||
			      (columns && !(o->columns = weir_str_dup(weir_str_of(columns))))))
		st = weir_fail(err, WEIR_NO_MEMORY, "--land", "out of memory");
	return st;
}

void weir_landing_options_release(struct weir_landing_options *o)
{
	free(o->table);
	free(o->columns);
	*o = (struct weir_landing_options){0};
}

bool weir_landing_wants(struct weir_str columns, struct weir_str name)
{
	for (struct weir_str rest = columns; rest.size;)
		if (weir_str_equal(weir_str_cut(rest, ',', &rest), name))
			return true;
	return !columns.size;
}
