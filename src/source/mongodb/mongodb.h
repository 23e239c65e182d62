/* A collection of MongoDB, read back: what is there, then the documents that come, from a change stream where the server has them (a
 * replica set or a sharded cluster), else by polling.
 *
 * History comes in the order of a key: `_weir.at` of documents that weir landed, else `_id`, or what by= names. Where the change
 * stream is, it is opened before the history, and after each batch of that it is read as far as it goes; so each document that was
 * inserted meanwhile has been seen in the stream before it is handed out as history, and is not handed out again when the stream is
 * read from where these began. Only hashes of their _ids are kept.
 *
 * Polling asks for keys beyond the greatest one, and again for those of the last late= before it, because documents may become
 * visible in another order than they were numbered. What was read is passed over (seen.c).
 *
 * mongodb.c is the source, which the stream calls; find.c asks for history and polls; changes.c reads the change stream; documents.c
 * turns documents into rows, values.c their values; position.c is the text of position=; seen.c has the sets of hashes.
 *
 * Thread: the stream's source thread, after open; wake any. */
#ifndef WEIR_SOURCE_MONGODB_MONGODB_H
#define WEIR_SOURCE_MONGODB_MONGODB_H

#include "../away.h"
#include "../cells.h"
#include "../progress.h"
#include "../uri_params.h"

#include "weir/client/mongodb.h"

enum { WEIR_MG_BATCH = 8192 }; /* documents of a batch that is asked for */

/* ---- seen.c ---- */

/* A set of hashes, each with a mark. Init with {0}. */
struct weir_mg_set {
	uint64_t *slots; /* owned: the hash, its lowest bit the mark; 0: free */
	size_t n, room;
};
/* False: no memory. */
bool weir_mg_set_add(struct weir_mg_set *s, uint64_t hash) WEIR_MUST_USE;
bool weir_mg_set_has(const struct weir_mg_set *s, uint64_t hash);
void weir_mg_set_mark(struct weir_mg_set *s, uint64_t hash); /* where it is in there */
bool weir_mg_set_is_marked(const struct weir_mg_set *s, uint64_t hash);
void weir_mg_set_release(struct weir_mg_set *s);

/* What was read lately, by a number that grows: two sets, the older of which goes when the younger spans the time. */
struct weir_mg_seen {
	struct weir_mg_set younger, older;
	int64_t begin; /* of the younger */
};
/* *fresh: it was not there before. Numbers more than `span` before the greatest are forgotten sooner or later. False: no memory. */
bool weir_mg_seen_add(struct weir_mg_seen *s, int64_t number, int64_t span, uint64_t hash, bool *fresh) WEIR_MUST_USE;
void weir_mg_seen_release(struct weir_mg_seen *s);

/* ---- documents.c, values.c ---- */

struct weir_mg_reader {
	const char *time;           /* asked for; borrowed; NULL: none was */
	char *landed_time;          /* owned: that of the documents that weir landed; NULL: none */
	struct weir_schema *schema; /* one reference; NULL: no document yet */
	struct weir_cells cells;
	uint32_t hint; /* the field that probably comes next */
	enum weir_time_unit unit;
	struct weir_buf path, name, text;
};

/* Where a value goes. */
struct weir_mg_place {
	struct weir_batch *batch;
	uint32_t row, field;
	bool landed;  /* by weir */
	bool is_time; /* it is the column that time= names */
	int64_t us;   /* what a date has below a millisecond */
};

/* The document adds its fields to the schema, before the first batch. False: no memory. */
bool weir_mg_learn(struct weir_mg_reader *r, const bson_t *document) WEIR_MUST_USE;
/* After the documents of the first batch: says which column is the time. */
enum weir_status weir_mg_choose_time(struct weir_mg_reader *r, struct weir_error *err) WEIR_MUST_USE;
/* The document becomes row `row` of the batch, whose schema it keeps up with. False: no memory. */
bool weir_mg_read_row(struct weir_mg_reader *r, const bson_t *document, struct weir_batch *b,
		      uint32_t row) WEIR_MUST_USE;
void weir_mg_reader_release(struct weir_mg_reader *r);
/* Whether weir landed it; *own: its `_weir`. */
bool weir_mg_is_landed(const bson_t *document, bson_iter_t *own);
/* A hash of the document's _id. */
uint64_t weir_mg_id_hash(const bson_t *document);
enum weir_type weir_mg_type_of(const bson_iter_t *value);
/* False: no memory. */
bool weir_mg_put_value(struct weir_mg_reader *r, const struct weir_mg_place *p, const bson_iter_t *value) WEIR_MUST_USE;

/* ---- the source ---- */

enum weir_mg_phase { WEIR_MG_BEGIN, WEIR_MG_HISTORY, WEIR_MG_POLL, WEIR_MG_CHANGES };

struct weir_mg_source {
	struct weir_source base; /* first member */
	const struct weir_clock *clock;
	struct weir_mongodb server;
	struct weir_progress progress;
	struct weir_wake wake;
	struct weir_away away;

	char *time, *by, *columns; /* owned; NULL: not given */
	bson_t *query;             /* owned; NULL: all */
	struct weir_place from, until;
	bool follow;
	int64_t late_us;

	enum weir_mg_phase phase;
	bool over;
	struct weir_mg_reader reader;
	struct weir_mongodb_cursor found; /* history, and what polling finds */
	bool landed;                      /* its documents were landed by weir */
	bool known;                       /* `landed` is: there was a document */
	bool times_are_dates;             /* from= and until= can be asked for */

	bson_value_t last; /* the greatest key that was handed out */
	bool has_last;
	int64_t floor; /* the number of the key where reading began: what has a smaller one is not wanted */
	struct weir_mg_seen seen;
	int64_t look_us, late_look_us; /* monotonic: when polling asks again; and again for what comes late */
	int64_t news_us;               /* monotonic: when the last new document came */
	bool asks_late;                /* the batch in hand is of these */

	bool has_changes;                   /* the server has change streams, and one is used */
	struct weir_mongodb_cursor changes; /* the stream */
	struct weir_mg_set arrived;         /* _ids of its inserts during the history; marked: handed out as history */
	uint32_t first_s, first_n;          /* time of the first of them in the server's clock; 0: none came */
	uint32_t last_s, last_n;            /* and of the last */
	bool from_first;                    /* the history is over: the stream is read from the first on */
	int64_t wait_us;                    /* so long a batch of the stream is waited for */
	int64_t came;                       /* documents that were handed out */
	bson_t *place; /* owned: behind what was taken from the stream; NULL: the server did not say */
};

/* ---- find.c ---- */

/* Which key orders the documents: looks at one. */
enum weir_status weir_mg_find_key(struct weir_mg_source *q, struct weir_error *err) WEIR_MUST_USE;
const char *weir_mg_key(const struct weir_mg_source *q);
/* from=latest without a change stream: what is there is passed over. */
enum weir_status weir_mg_find_newest(struct weir_mg_source *q, struct weir_error *err) WEIR_MUST_USE;
/* The next batch of history into `found`. *done: there is none. */
enum weir_status weir_mg_find_history(struct weir_mg_source *q, bool *done, struct weir_error *err) WEIR_MUST_USE;
/* What came since. *done: nothing. */
enum weir_status weir_mg_poll(struct weir_mg_source *q, bool *done, struct weir_error *err) WEIR_MUST_USE;
/* Before a document of `found` is handed out. *fresh: it was not before. False: no memory. */
bool weir_mg_take_key(struct weir_mg_source *q, const bson_t *document, bool *fresh) WEIR_MUST_USE;

/* ---- changes.c ---- */

/* Opens the stream behind `place`, or now. *has: the server has change streams. */
enum weir_status weir_mg_changes_open(struct weir_mg_source *q, bool *has, struct weir_error *err) WEIR_MUST_USE;
/* During the history: reads as far as it goes, and remembers what came. */
enum weir_status weir_mg_changes_drain(struct weir_mg_source *q, struct weir_error *err) WEIR_MUST_USE;
/* The history is over: the stream goes on where the first came. */
enum weir_status weir_mg_changes_rewind(struct weir_mg_source *q, struct weir_error *err) WEIR_MUST_USE;
/* The next batch. */
enum weir_status weir_mg_changes_more(struct weir_mg_source *q, struct weir_error *err) WEIR_MUST_USE;
/* The next event is handed out, or passed over. *document: borrowed. False: the batch has no more. */
bool weir_mg_changes_next(struct weir_mg_source *q, bson_t *document);
/* The document of an event. */
bool weir_mg_document_of(const bson_t *event, bson_t *document);

/* ---- position.c ---- */

/* Reads position=. */
enum weir_status weir_mg_position_read(struct weir_mg_source *q, const char *text,
				       struct weir_error *err) WEIR_MUST_USE;
enum weir_status weir_mg_position_write(const struct weir_mg_source *q, struct weir_buf *out);

#endif
