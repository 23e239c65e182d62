/* The column builder that every codec writes through: names to columns of a schema that grows, text to dictionary codes, the
 * time column to timestamps, records that broke off taken back, what did not parse counted.
 *
 *     weir_builder_begin(b, batch)
 *       for each record:  col = weir_builder_column(b, name); weir_builder_int64(b, col, v); …
 *                         weir_builder_commit(b, position)   or   weir_builder_reject(b, why, …)
 *     weir_builder_end(b)
 *
 * A setter that returns false is out of memory; give up the batch with NO_MEMORY. Columns not set in a row are missing. A column
 * set twice in a row keeps the last. Thread: owned by one codec. */
#ifndef WEIR_CODEC_BUILDER_H
#define WEIR_CODEC_BUILDER_H

#include "codec/timefmt.h"
#include "weir/codec/codec.h"

enum { WEIR_COLUMN_UNWANTED = -1 };

/* Texts of at most 16 bytes, whole in two words: a hit reads no other memory. Two ways, grown while it misses much. */
enum { WEIR_CODE_CACHE_LEAST_BITS = 8, WEIR_CODE_CACHE_MOST_BITS = 18 };
struct weir_code_cache {
	uint64_t head, tail;
	uint32_t size, code;
};

struct weir_builder_column {
	struct weir_dict *dict; /* one reference; NULL: plain */
	struct weir_code_cache *cache; /* owned, 1 << cache_bits slots; of `dict` */
	unsigned cache_bits;
	bool plain;             /* texts hardly ever repeat */
	bool is_time;
	uint64_t texts;         /* put into `dict` so far */
	uint64_t texts_batch;   /* in this batch */
	uint64_t misses_batch;  /* of the cache */
};

struct weir_builder {
	struct weir_schema *schema; /* newest version; changed only while `unpublished` */
	bool unpublished;
	struct weir_batch *batch;   /* borrowed between begin and end */
	struct weir_builder_column *columns; /* owned; one a field */
	size_t columns_capacity;
	uint32_t row;               /* being built */
	const char *time_name;      /* wanted time column; NULL: none */
	struct weir_timefmt time;
	bool any_time;
	enum weir_on_malformed on_malformed;
	struct weir_decode_want want; /* names copied into arena */
	struct weir_arena arena;
	struct weir_budget *budget;
	uint16_t stream;
	bool part;                  /* reads parts of a stream: its records have no number */
	uint64_t records;           /* so far in the stream, for error places */
	uint64_t truncated_fields;  /* keys beyond WEIR_MAX_COLUMNS */
	bool failed;                /* stop: MALFORMED under WEIR_MALFORMED_FAIL */
	struct weir_error failure;
};

/* Copies of config; time_format NULL: no event time. */
bool weir_builder_init(struct weir_builder *b, const struct weir_codec_config *config, const char *time_name, const char *time_format);
void weir_builder_release(struct weir_builder *b);

/* Makes the schema changeable: a copy once it was published. */
bool weir_builder_open_schema(struct weir_builder *b);

bool weir_builder_begin(struct weir_builder *b, struct weir_batch *batch);
/* Publishes the schema if it changed and ends every column. */
bool weir_builder_end(struct weir_builder *b);

/* Index of the column of that name, added when new; WEIR_COLUMN_UNWANTED when no view reads it (or there are too many). */
int weir_builder_column(struct weir_builder *b, struct weir_str name);
bool weir_builder_wanted(const struct weir_builder *b, struct weir_str name); /* it, or something below it, or an array above */

bool weir_builder_null(struct weir_builder *b, int column);
bool weir_builder_bool(struct weir_builder *b, int column, bool v);
bool weir_builder_int64(struct weir_builder *b, int column, int64_t v);
bool weir_builder_float64(struct weir_builder *b, int column, double v);
bool weir_builder_text(struct weir_builder *b, int column, struct weir_str s);
/* The time column from a text, whatever else; false in *parsed when it is no time (nothing was set). */
bool weir_builder_is_time(const struct weir_builder *b, int column);

/* Ends the record: a row, `raw` (its bytes) and `message` (NULL for byte streams) fill the optional columns. */
struct weir_message;
bool weir_builder_commit(struct weir_builder *b, int64_t position, struct weir_str raw, const struct weir_message *message);
/* The record does not parse: takes back what was set, counts it with the reason, keeps it as a row or stops, as --malformed says. */
bool weir_builder_reject(struct weir_builder *b, enum weir_malformed why, int64_t position, struct weir_str raw,
			 const struct weir_message *message, const char *detail);
static inline bool weir_builder_full(const struct weir_builder *b) { return b->row >= b->batch->capacity || b->failed; }

#endif
