/* The formats that Spark can read, and the reasons for refusing the others. */
#include "driver.h"
#include "records.h"

#include <stdio.h>

extern const struct weir_spark_records weir_spark_records_json, weir_spark_records_csv, weir_spark_records_table;

static const struct weir_spark_records *const table[] = {&weir_spark_records_json, &weir_spark_records_csv};

const struct weir_spark_records *weir_spark_records(const struct weir_spark_stream *s)
{
	if (weir_spark_has_tables(s->uri->scheme))
		return &weir_spark_records_table;
	for (size_t i = 0; s->format && i < sizeof table / sizeof *table; i++)
		if (weir_str_among(table[i]->formats, weir_str_of(s->format)))
			return table[i];
	return NULL;
}

/* The job's description has no place for an encoding: Spark reads UTF-8 only. */
static enum weir_status check_encoding(const struct weir_spark_stream *s, struct weir_error *err)
{
	const char *asked = weir_uri_param(s->uri, "encoding");

	asked = asked ? asked : s->asked_encoding;
	if (!asked || weir_str_equal_nocase(weir_str_of(asked), WEIR_STR("utf-8")) ||
	    weir_str_equal_nocase(weir_str_of(asked), WEIR_STR("utf8")) || strcmp(asked, "auto") == 0)
		return WEIR_OK;
	weir_fail(err, WEIR_UNSUPPORTED, "--encoding", "text in %s is not read there", asked);
	weir_error_hint(err, "Spark reads UTF-8; or leave --fabric out");
	return WEIR_UNSUPPORTED;
}

enum weir_status weir_spark_records_check(const struct weir_spark_stream *s, const struct weir_spark_chosen *c,
					  struct weir_error *err)
{
	const struct weir_spark_records *records = weir_spark_records(s);

	if (!records) {
		weir_fail(err, WEIR_UNSUPPORTED, "--fabric", WEIR_STR_FMT " is %s, which Spark is not told how to read",
			  WEIR_STR_ARG(s->name), s->format && *s->format ? s->format : "of no known format");
		weir_error_hint(err, "JSON, CSV and TSV can be read there; --fabric local reads all formats");
		return WEIR_UNSUPPORTED;
	}
	enum weir_status st = check_encoding(s, err);
	return st == WEIR_OK && records->check ? records->check(s, c, err) : st;
}
