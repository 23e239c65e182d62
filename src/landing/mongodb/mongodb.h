/* Rows as documents of a MongoDB collection, each once: the `_id` of a document is the place that its row came from (stream, topic,
 * partition, position, run) with a hash of the row, and is inserted where there is none yet. So what is read and landed again is
 * there already, and another row at the same place (a file that was replaced) is kept beside it. mongodb.c is the landing, which its
 * queue calls; collection.c makes the collection and its index; documents.c writes rows as BSON; send.c inserts them, and tells
 * those that are there from those that the server refuses.
 *
 * How a row is a document is in weir/client/mongodb.h. A row counts as landed when the majority of the replica set has it in its
 * journal.
 *
 * Thread: the landing's; interrupt any. */
#ifndef WEIR_LANDING_MONGODB_H
#define WEIR_LANDING_MONGODB_H

#include "../fields.h"
#include "../options.h"

#include "weir/client/mongodb.h"

/* ---- collection.c ---- */

/* Looks whether the collection is there, and makes it, with an index by which it is followed (create). */
enum weir_status weir_mongodb_prepare(struct weir_mongodb *m, const char *collection, bool create,
				      struct weir_error *err) WEIR_MUST_USE;

/* ---- documents.c ---- */

struct weir_mongodb_document {
	size_t from, size; /* its bytes, among those of all */
	size_t at;         /* of `_weir.at` in them, counted from `from` */
	uint16_t stream;   /* where its row came from */
	int64_t position;
	const struct weir_batch *batch; /* not looked at any more */
	uint32_t row;
};

/* Documents that wait to be sent. Init with {0}. */
struct weir_mongodb_documents {
	struct weir_buf bytes; /* one after the other */
	struct weir_mongodb_document *list;
	size_t n, capacity;
};

/* How the rows of one stream become documents. */
struct weir_mongodb_rows {
	struct weir_landing_fields fields;
	struct weir_buf *keys; /* by column: the name of its field, with a NUL behind it */
	struct weir_buf scratch, micros;
};

/* Appends the rows whose bits are set. One that is larger than a document may be is refused. */
enum weir_status weir_mongodb_rows_add(struct weir_landing *l, struct weir_mongodb_rows *r,
				       const struct weir_batch *batch, const uint64_t *rows,
				       struct weir_mongodb_documents *to, struct weir_landing_status *counts,
				       struct weir_error *err) WEIR_MUST_USE;
void weir_mongodb_rows_release(struct weir_mongodb_rows *r);
/* Numbers the documents by `_weir.at`: from now on, but behind the last one (*last_at). */
void weir_mongodb_documents_number(struct weir_mongodb_documents *d, int64_t now_us, int64_t *last_at);
void weir_mongodb_documents_clear(struct weir_mongodb_documents *d);
void weir_mongodb_documents_release(struct weir_mongodb_documents *d);

/* ---- send.c ---- */

/* Counts a document as refused, and has its row kept. */
void weir_mongodb_refuse(struct weir_landing *l, const struct weir_mongodb_document *d, const char *reason,
			 struct weir_landing_status *counts);
/* Inserts all. Those that the server refuses are counted; after any other error nobody knows which of them are there. */
enum weir_status weir_mongodb_send(struct weir_landing *l, struct weir_mongodb *m, const char *collection,
				   const struct weir_mongodb_documents *d, struct weir_landing_status *counts,
				   struct weir_error *err) WEIR_MUST_USE;

#endif
