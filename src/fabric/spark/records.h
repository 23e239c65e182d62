/* What Spark hands over of a source, `source`, made into rows of texts, by format: what all of them have in common is in records.c, and
 * each has a file of its own, records_FORMAT.c. Private to src/fabric. */
#ifndef WEIR_FABRIC_SPARK_RECORDS_H
#define WEIR_FABRIC_SPARK_RECORDS_H

#include "reading.h"

/* The columns that are selected, each with the text that it is made of, `_tN`. */
struct weir_spark_chosen {
	uint32_t n;
	uint32_t *fields; /* owned: of s->columns */
	int time;         /* of them; -1: none */
};

struct weir_spark_records {
	const char *formats; /* as weir_guess has them, separated by blanks */
	/* UNSUPPORTED: why these records cannot be read there. NULL: they can. */
	enum weir_status (*check)(const struct weir_spark_stream *s, const struct weir_spark_chosen *c,
				  struct weir_error *err);
	/* A reader for files, with options; "schema" where it needs one. False: no memory. */
	const char *file_reader;
	bool (*set_options)(const struct weir_spark_stream *s, json_t *out, json_t *options);
	/* A select from `source` of a text for each chosen column (STRING, NULL where there is none) as `_t0`, `_t1`, …; `_malformed`; and
	 * what weir_spark_add_messages selects. Appends. */
	void (*add)(const struct weir_spark_stream *s, const struct weir_spark_chosen *c, struct weir_buf *out);
};

/* Those of the stream's format; NULL: Spark is not told how to read it. */
const struct weir_spark_records *weir_spark_records(const struct weir_spark_stream *s);
enum weir_status weir_spark_records_check(const struct weir_spark_stream *s, const struct weir_spark_chosen *c,
					  struct weir_error *err) WEIR_MUST_USE;

/* reader_table.c: adds the options of Spark's JDBC reader. */
enum weir_status weir_spark_table_reader(const struct weir_spark_stream *s, json_t *options,
					 struct weir_error *err) WEIR_MUST_USE;

/* The same: url, driver, user and table, of the stream's address and driver alone. False: no memory. */
bool weir_spark_table_place(const struct weir_spark_stream *s, json_t *options);

bool weir_spark_is_kafka(const struct weir_spark_stream *s);
/* "_raw, `_partition`, `_offset`, `_key`, `_timestamp`" with what they are made of; raw: of a file. Appends. */
void weir_spark_add_place(const struct weir_spark_stream *s, const char *raw, struct weir_buf *out);

/* sql.c, also the two above: a text or a name as Spark SQL writes it; a name that has another one and that character in front. */
void weir_spark_add_text(struct weir_str s, struct weir_buf *out);
void weir_spark_add_name(struct weir_str s, struct weir_buf *out);
bool weir_spark_begins(struct weir_str name, struct weir_str with, char then);

#endif
