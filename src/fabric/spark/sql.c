/* Pieces of Spark SQL that all records need. */
#include "records.h"

void weir_spark_add_text(struct weir_str s, struct weir_buf *out)
{
	weir_buf_add_char(out, '\'');
	for (size_t i = 0; i < s.size; i++) {
		if (s.data[i] == '\'' || s.data[i] == '\\')
			weir_buf_add_char(out, '\\');
		weir_buf_add_char(out, s.data[i]);
	}
	weir_buf_add_char(out, '\'');
}

void weir_spark_add_name(struct weir_str s, struct weir_buf *out)
{
	weir_buf_add_char(out, '`');
	for (size_t i = 0; i < s.size; i++) {
		if (s.data[i] == '`')
			weir_buf_add_char(out, '`');
		weir_buf_add_char(out, s.data[i]);
	}
	weir_buf_add_char(out, '`');
}

bool weir_spark_begins(struct weir_str name, struct weir_str with, char then)
{
	return name.size > with.size && memcmp(name.data, with.data, with.size) == 0 && name.data[with.size] == then;
}

bool weir_spark_is_kafka(const struct weir_spark_stream *s)
{
	return strcmp(s->uri->scheme, "kafka") == 0;
}

void weir_spark_add_place(const struct weir_spark_stream *s, const char *raw, struct weir_buf *out)
{
	if (weir_spark_is_kafka(s))
		weir_buf_add_c(
		    out,
		    "CAST(value AS STRING) AS _raw, CAST(partition AS BIGINT) AS `_partition`, "
		    "offset AS `_offset`, topic AS `_topic`, CAST(key AS STRING) AS `_key`, timestamp AS `_timestamp`");
	else
		weir_buf_addf(
		    out, "%s AS _raw, 0L AS `_partition`, 0L AS `_offset`, CAST(NULL AS TIMESTAMP) AS `_timestamp`",
		    raw);
}
