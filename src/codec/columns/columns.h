/* Columns: the room through which every format writes its records into a batch. The builder gives each name a column of a
 * schema that grows, turns text into dictionary codes and the time column into timestamps, takes back a record that broke
 * off, and counts what does not parse. For formats that hold only text, text values say what type a text is, and text
 * fields keep the type that a column's texts have had so far. Called by the formats (json, csv, lines, bulk) and by
 * codec.c; calls only time and the model.
 *
 *     weir_builder_begin(b, batch)
 *       for each record:  col = weir_builder_column(b, name); weir_builder_int64(b, col, v); …
 *                         weir_builder_commit(b, position)   or   weir_builder_reject(b, why, …)
 *     weir_builder_end(b)
 *
 * A setter that returns false is out of memory; give up the batch with NO_MEMORY. A column that could not be made for lack of
 * memory looks unwanted to the codec, which goes on; but the builder is spent then: this `end` and every later `begin` return
 * false, so that no row is ever taken for whole without it. Columns not set in a row are missing. A column
 * set twice in a row keeps the last. Thread: a builder, and the fields on it, belong to one codec; text values are pure. */
#ifndef WEIR_CODEC_COLUMNS_H
#define WEIR_CODEC_COLUMNS_H

#include "codec/time/time.h"
#include "weir/base/dict.h"
#include "weir/codec/codec.h"

enum {
	WEIR_COLUMN_UNWANTED = -1,
	WEIR_COLUMN_MORE = -2, /* beyond the last column: weir_builder_more */
};

/* ---- the builder ---- */

/* Texts of at most 16 bytes, whole in two words: a hit reads no other memory. Two ways, grown while it misses much. */
enum { WEIR_CODE_CACHE_LEAST_BITS = 8, WEIR_CODE_CACHE_MOST_BITS = 18 };
struct weir_code_cache {
	uint64_t head, tail;
	uint32_t size, code;
};

struct weir_builder_column {
	struct weir_dict *dict;        /* one reference; NULL: plain */
	struct weir_code_cache *cache; /* owned, 1 << cache_bits slots; of `dict` */
	unsigned cache_bits;
	bool plain; /* texts hardly ever repeat */
	bool is_time;
	enum weir_type type;   /* of all its values so far, the sample's among them */
	uint64_t texts;        /* put into `dict` so far */
	uint64_t texts_batch;  /* in this batch */
	uint64_t misses_batch; /* of the cache */
};

/* A type that the record being built changed, for when it turns out to be none. */
struct weir_builder_undo {
	uint32_t column;
	enum weir_type type;
};

struct weir_builder {
	struct weir_schema *schema; /* newest version; changed only while `unpublished` */
	bool unpublished;
	struct weir_batch *batch;            /* borrowed between begin and end */
	struct weir_builder_column *columns; /* owned; one a field */
	size_t columns_capacity;
	uint32_t row;                   /* being built */
	bool cut;                       /* the batch ends before the row being built, whose value widens a column */
	bool look;                      /* batches are only looked at: none is cut */
	bool retyped;                   /* a column that had a type got a wider one: what follows is stored as that */
	struct weir_schema *known;      /* types that the sample has shown, or NULL; one reference */
	struct weir_builder_undo *undo; /* owned */
	size_t n_undo, undo_capacity;
	bool noted_any; /* of the record being built: */
	uint32_t noted[WEIR_NOTE_COUNT];
	uint32_t rows_most;     /* that go into this batch */
	uint32_t most_columns;  /* WEIR_MAX_COLUMNS, fewer in little memory */
	uint64_t part_bytes;    /* that the columns of a batch may take */
	const char *time_name;  /* wanted time column; NULL: none */
	const char *clock_name; /* then that is the date, and this the time of day; NULL: one column holds both */
	uint32_t clock_digits;  /* as of weir_time_join */
	struct weir_timefmt time;
	bool any_time;
	bool server_time; /* no time column: messages bring their own */
	bool time_failed; /* the record that is being built has a time that is none: why, as of weir_timefmt */
	enum weir_timefmt_fault time_fault;
	char time_near[40]; /* what stood there */
	size_t time_near_size;
	enum weir_on_malformed on_malformed;
	struct weir_decode_want want; /* names copied into arena */
	struct weir_arena arena;
	struct weir_budget *budget;
	uint16_t stream;
	bool frames_read;     /* the codec says itself what is wrong with messages of a registry */
	bool part;            /* reads parts of a stream: its records have no number */
	uint64_t records;     /* so far in the stream, for error places */
	struct weir_buf more; /* of the record being built: {"name":value,… without its end */
	bool failed;          /* stop: MALFORMED under WEIR_MALFORMED_FAIL */
	bool no_memory;       /* spent: a column could not be made */
	struct weir_error failure;
};

/* ---- setup.c: a builder's beginning and end ---- */

/* Keeps copies of what it needs of the configuration. `look`: its batches are only looked at. False: no memory; release it. */
bool weir_builder_init(struct weir_builder *b, const struct weir_codec_config *config, bool look);
/* Before the first record: the types that the sample has shown, and the event time (NULL: none is chosen). */
bool weir_builder_know(struct weir_builder *b, const struct weir_schema *known, const struct weir_time_choice *chosen,
		       int64_t newest_us);
/* Goes on where `from` stands between two batches, in a part of the stream (records have no number). As for init. */
bool weir_builder_copy(struct weir_builder *b, const struct weir_builder *from);
void weir_builder_release(struct weir_builder *b); /* zeroed: nothing happens */

/* ---- builder.c: batch by batch, row by row ---- */

/* Makes the schema changeable: a copy once it was published. */
bool weir_builder_open_schema(struct weir_builder *b);

/* How many rows a batch should have room for, so that it keeps to its part of the memory however many columns there are. */
uint32_t weir_builder_rows(const struct weir_builder *b);

bool weir_builder_begin(struct weir_builder *b, struct weir_batch *batch);
/* Publishes the schema if it changed and ends every column. False: no memory, now or while the rows were built. */
bool weir_builder_end(struct weir_builder *b);

/* Index of the column of that name, added when new; WEIR_COLUMN_MORE when there are too many,
 * WEIR_COLUMN_UNWANTED when no view reads it, or there is no memory (`no_memory` says so, and weir_builder_end fails). */
int weir_builder_column(struct weir_builder *b, struct weir_str name);
bool weir_builder_wanted(const struct weir_builder *b,
			 struct weir_str name); /* it, or something below it, or an array above */

bool weir_builder_null(struct weir_builder *b, int column);
bool weir_builder_bool(struct weir_builder *b, int column, bool v);
bool weir_builder_int64(struct weir_builder *b, int column, int64_t v);
bool weir_builder_float64(struct weir_builder *b, int column, double v);
bool weir_builder_text(struct weir_builder *b, int column, struct weir_str s);
/* A time that the format itself says is one, within the calendar: the format of the time column has no part in it. */
bool weir_builder_timestamp(struct weir_builder *b, int column, int64_t us);
/* A number or bool as the text that it was written as, for a column that is text. */
bool weir_builder_text_of(struct weir_builder *b, int column, struct weir_str s, enum weir_type type);
static inline bool weir_builder_is_text(const struct weir_builder *b, int column)
{
	return b->columns[column].type == WEIR_STRING && !b->columns[column].is_time;
}
/* A value beyond the last column, as JSON, or as a text (one that is a number or bool stays so; NULL is left out).
 * False: no memory. */
bool weir_builder_more(struct weir_builder *b, struct weir_str name, struct weir_str json);
bool weir_builder_more_text(struct weir_builder *b, struct weir_str name, struct weir_str text);
/* Takes back what was set in the row being built. */
void weir_builder_take_back(struct weir_builder *b);
bool weir_builder_is_time(const struct weir_builder *b, int column);

/* Ends the record: a row, unless the batch was cut before it; `raw` (its bytes) and `message` (NULL for byte streams) fill the optional columns. */
struct weir_message;
bool weir_builder_commit(struct weir_builder *b, int64_t position, struct weir_str raw,
			 const struct weir_message *message);
/* The record does not parse: takes back what was set, counts it with the reason, keeps it as a row or stops, as --malformed says.
 * Once stopped, what else does not parse is neither counted nor takes the place of the failure. */
bool weir_builder_reject(struct weir_builder *b, enum weir_malformed why, int64_t position, struct weir_str raw,
			 const struct weir_message *message, const char *detail);
/* A record that does not parse finds room in this batch, also where it is kept as a row. */
static inline bool weir_builder_has_room(const struct weir_builder *b)
{
	return b->on_malformed != WEIR_MALFORMED_KEEP || b->row < b->batch->capacity;
}
static inline bool weir_builder_full(const struct weir_builder *b)
{
	return b->row >= b->rows_most || b->cut || b->failed;
}
/* Advances a byte chunk, and counts what was taken. */
static inline void weir_chunk_take(struct weir_chunk *chunk, struct weir_batch *batch, size_t n)
{
	chunk->bytes += n;
	chunk->size -= n;
	chunk->offset += n;
	chunk->full = chunk->full && n == 0; /* there is room for what follows */
	batch->bytes += n;
}
/* Takes the first message of a chunk, and counts its bytes. */
static inline void weir_chunk_take_message(struct weir_chunk *chunk, struct weir_batch *batch)
{
	batch->bytes += chunk->messages->payload.size;
	chunk->messages++;
	chunk->n_messages--;
}

/* ---- notes.c: what the builder says of records ---- */

/* Counts a change in the record that is being built (a row is kept); the first of its kind in a batch is described by
 * `near`, the bytes that it is about. `position` and `message` as for commit. */
void weir_builder_note(struct weir_builder *b, enum weir_note kind, int64_t position, struct weir_str near,
		       const struct weir_message *message);
/* The notes since the last record belong to no record (a header that came again): what is taken back leaves them. */
void weir_builder_settle_notes(struct weir_builder *b);
/* Fills `err` for a record that does not parse: its place, the reason, the detail (NULL: none) and its first bytes. */
void weir_builder_describe(const struct weir_builder *b, struct weir_error *err, enum weir_malformed why,
			   int64_t position, struct weir_str raw, const struct weir_message *message,
			   const char *detail);
/* Keeps the record for whoever looks at what was left out. */
void weir_builder_leave_out(const struct weir_builder *b, enum weir_malformed why, int64_t position,
			    struct weir_str raw, const struct weir_message *message, const char *detail);
/* A column became text; earlier batches stored its values without theirs. */
void weir_builder_note_rewritten(struct weir_builder *b, uint32_t column);

/* ---- joined_time.c: values of the time column that are no time; a date and a time of day in two columns ---- */

/* The row has no time; `near` is what stood there (borrowed during the call), size 0: nothing. Counted when the record is whole:
 * one that breaks off is read again. b->time.fault says why. */
void weir_builder_no_time(struct weir_builder *b, struct weir_str near);
void weir_builder_note_time(struct weir_builder *b, int64_t position, const struct weir_message *message);
/* The times of the rows of a batch, from its date and its time of day. */
void weir_builder_join_times(struct weir_builder *b);

/* ---- text_codes.c: how the builder stores text ---- */

/* A text of at most 16 bytes as two words; with its size they are the whole text. Shorter than 8: zeros follow in `head`. */
struct weir_text_words {
	uint64_t head, tail;
};

/* The same for a text behind whose start at least 8 bytes may be read, whatever its size. */
static inline struct weir_text_words weir_text_words_padded(const char *text, size_t size)
{
	struct weir_text_words w;
	memcpy(&w.head, text, 8);
	memcpy(&w.tail, text + (size > 8 ? size - 8 : 0), 8);
	bool whole = size >= 8;
	w.head &= whole ? UINT64_MAX : (UINT64_C(1) << (size & 7) * 8) - 1;
	w.tail = whole ? w.tail : 0;
	return w;
}

/* A text stands in its own slot or in the other one of the pair, where it went when its own was wanted. */
static inline struct weir_code_cache *weir_code_cache_slot(const struct weir_builder_column *c,
							   struct weir_text_words w, size_t size)
{
	uint64_t h = (w.head ^ (w.tail + size) * 0x9fb21c651e98df25ull) * 0x9e3779b97f4a7c15ull;
	return &c->cache[h >> (64 - c->cache_bits)];
}

static inline struct weir_code_cache *weir_code_cache_other(const struct weir_builder_column *c,
							    struct weir_code_cache *slot)
{
	return &c->cache[(size_t)(slot - c->cache) ^ 1];
}

static inline bool weir_code_cache_holds(const struct weir_code_cache *slot, struct weir_text_words w, size_t size)
{
	return slot->size == size && slot->head == w.head && slot->tail == w.tail;
}

/* The code of a text that is in neither slot; it is from now on. WEIR_DICT_NONE: no memory, or the dictionary is full. */
uint32_t weir_code_cache_miss(struct weir_builder_column *c, struct weir_code_cache *slot, struct weir_text_words w,
			      struct weir_str s);

/* The code of a text of at most 16 bytes, whose slot is given. */
static inline uint32_t weir_code_cache_find(struct weir_builder_column *c, struct weir_code_cache *slot,
					    struct weir_text_words w, struct weir_str s)
{
	if (weir_code_cache_holds(slot, w, s.size))
		return slot->code;
	struct weir_code_cache *other = weir_code_cache_other(c, slot);
	return weir_code_cache_holds(other, w, s.size) ? other->code : weir_code_cache_miss(c, slot, w, s);
}

/* Sets text whatever the column means. False: no memory. */
bool weir_builder_set_text(struct weir_builder *b, int column, struct weir_str s);
void weir_builder_drop_cache(struct weir_builder *b, struct weir_builder_column *c);
/* At the end of a batch: whether the texts of a column still deserve their dictionary, and whether it is not too large. */
bool weir_builder_review(struct weir_builder *b, struct weir_builder_column *c);

/* ---- text_value.c: what type a text is, and its value ----
 *
 * A text is a number only if it would be printed as it stands: 00501, +5 and integers beyond 64 bits stay text, so that
 * codes and keys keep every digit. Floats are [-]digits with a point or an exponent; NaN and Infinity stay text. */

/* STRING, INT64, FLOAT64 or BOOL (true and false as text, in lower, upper or title case); empty text is STRING. Blanks
 * around a value are passed over; the other functions take the bare text only. */
enum weir_type weir_text_type(struct weir_str s);
struct weir_str weir_text_bare(struct weir_str s); /* without blanks at its ends */
bool weir_text_int64(struct weir_str s, int64_t *out);
bool weir_text_float64(struct weir_str s, double *out); /* of an int64 text too */
bool weir_text_bool(struct weir_str s, bool *out);

/* False when the text is no valid UTF-8 or holds a NUL byte. */
bool weir_text_clean(struct weir_str s);
/* A quarter of it or more is NUL: binary data, or text of two or four bytes a character. */
bool weir_text_binary(struct weir_str s);

/* The texts of --null, taken apart. Borrows `list` while in use. */
enum { WEIR_TEXT_NULLS = 16 };
struct weir_text_nulls {
	struct weir_str texts[WEIR_TEXT_NULLS];
	size_t n;
	bool empty; /* the empty text is among them */
	size_t longest;
};
/* NULL: the empty text only. False when there are more than WEIR_TEXT_NULLS. */
bool weir_text_nulls_init(struct weir_text_nulls *n, const char *list);
/* One more text, borrowed. False when there are WEIR_TEXT_NULLS already. */
bool weir_text_nulls_add(struct weir_text_nulls *n, struct weir_str text);
bool weir_text_is_null_text(const struct weir_text_nulls *n, struct weir_str s);
static inline bool weir_text_is_null(const struct weir_text_nulls *n, struct weir_str s)
{
	if (s.size == 0)
		return n->empty;
	return s.size <= n->longest && weir_text_is_null_text(n, s);
}

/* ---- text_fields.c: columns of a format that holds only text ----
 *
 * Each has the type that all its texts so far had, and takes the next text as that. A text that does not fit widens the
 * column, and ends the batch before its record, so that no row of a batch keeps a number where the column is text by then
 * ("12.50" stays "12.50"). */

struct weir_codec;
struct weir_text_field {
	struct weir_str name; /* borrowed while the field lives */
	enum weir_type type;  /* NULL: nothing but nulls so far */
	bool bound;           /* the two below are known */
	bool is_time;
	int column; /* of the builder, or WEIR_COLUMN_UNWANTED */
};

/* What the fields of a codec share. */
struct weir_text_fields {
	struct weir_builder *builder;
	struct weir_text_nulls nulls;
	bool surveying; /* only types are learned, nothing is stored */
	/* NULL, or whether the record may change a type: false when it is going to be rejected */
	bool (*may_widen)(struct weir_codec *codec);
	struct weir_codec *codec; /* for may_widen */
};

/* The texts that mean NULL (NULL: as of weir_text_nulls_init). USAGE when there are too many. */
enum weir_status weir_text_fields_init(struct weir_text_fields *texts, struct weir_builder *builder, const char *nulls,
				       struct weir_error *err);
/* Finds the column in the builder; call after begin. */
void weir_text_field_bind(struct weir_text_fields *texts, struct weir_text_field *f);
/* One text of a column. False: no memory. */
bool weir_text_field_put(struct weir_text_fields *texts, struct weir_text_field *f, struct weir_str s);
/* As weir_text_field_put; NULL when the text was not there (data NULL). */
bool weir_text_field_put_or_null(struct weir_text_fields *texts, struct weir_text_field *f, struct weir_str s);
/* One text of a column that is one too many for a codec to know. False: no memory. */
bool weir_text_fields_put_beyond(struct weir_text_fields *texts, struct weir_str name, struct weir_str s);

/* ---- named_fields.c: columns whose names are found in the records (w3c, logfmt, syslog's structured data) ---- */

struct weir_named_fields {
	struct weir_dict *index;        /* one reference; names to indexes of: */
	struct weir_text_field *fields; /* owned, in order of first sight; at most WEIR_MAX_COLUMNS */
	size_t n, capacity;
	size_t expected; /* index of the field that is likely to come next */
};

enum { WEIR_FIELDS_NO_MEMORY = -1, WEIR_FIELDS_BEYOND = -2 };
/* Index of the field called `name`, added when new, WEIR_FIELDS_NO_MEMORY, or WEIR_FIELDS_BEYOND where there are too many:
 * weir_text_fields_put_beyond. Earlier pointers into `fields` may be void then. */
int weir_named_fields_find(struct weir_named_fields *named, struct weir_str name);
/* One text of the column called `name`. False: no memory. */
bool weir_named_fields_put(struct weir_text_fields *texts, struct weir_named_fields *named, struct weir_str name,
			   struct weir_str s);
/* The same fields, with names of its own; `to` is overwritten. False: no memory; release it. */
bool weir_named_fields_copy(struct weir_named_fields *to, const struct weir_named_fields *from);
void weir_named_fields_release(struct weir_named_fields *named);

#endif
