/* How Spark is to read a stream that weir has read a sample of: which reader with which options (reader.c), and a select that makes
 * typed columns of what it hands over (select.c). Formats and options that Spark's readers do not have are refused with the
 * reason. Private to src/fabric. */
#ifndef WEIR_FABRIC_SPARK_READING_H
#define WEIR_FABRIC_SPARK_READING_H

#include "weir/base/uri.h"
#include "weir/model/schema.h"

#include <jansson.h>

struct weir_spark_driver; /* driver.h */

struct weir_spark_stream {
	struct weir_str name;
	const struct weir_uri *uri;               /* borrowed */
	char *format, *time_column, *time_format; /* owned, of the sample; NULL: not known, none */
	bool server_time;                         /* rows have the time of the message */
	char separator;                           /* of csv and tsv, with the next two: as in weir_fabric_reading */
	bool header, lines_above;
	const struct weir_schema *columns; /* one reference: all that the sample showed */
	const struct weir_schema *record;  /* one reference: csv and tsv: those of a record, in its order; else NULL */
	const char *asked_nulls, *asked_encoding, *asked_time; /* options; borrowed; NULL: not given */
	bool has_password;                                     /* of a table: the driver has it in its environment */
	const struct weir_spark_driver *driver;                /* of a table; else NULL */
};

/* What is read of each record. */
struct weir_spark_wanted {
	const struct weir_str *names; /* columns, as weir_view_columns has them */
	size_t n_names;
	bool all, raw, key, headers, stamp;
	bool topic;                         /* for landings */
	uint32_t n_streams, index;          /* of how many streams this is which */
	const struct weir_schema *together; /* the columns of all streams, in the types that fit all */
};

/* The reader's name and options: adds "format", "options" and, where it needs one, "schema" to a stream of the job's description. now_us: what "-15m" is counted
 * from. UNSUPPORTED: Spark has no such reader, or no such option. */
enum weir_status weir_spark_stream_reader(const struct weir_spark_stream *s, bool finite, int64_t now_us, json_t *out,
					  struct weir_error *err) WEIR_MUST_USE;
/* A select from `source`, which is what the reader hands over: _malformed (BOOLEAN), the wanted columns, _time (TIMESTAMP),
 * _partition and _offset (BIGINT), _unfit (BIGINT: values that are not of their column's type, and are NULL), and further virtual
 * columns that are wanted. Appends. UNSUPPORTED: format or time cannot be read there. */
enum weir_status weir_spark_stream_select(const struct weir_spark_stream *s, const struct weir_spark_wanted *wanted,
					  struct weir_buf *out, struct weir_error *err) WEIR_MUST_USE;

#endif
