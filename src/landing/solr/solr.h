/* Rows as documents of a Solr collection, each once: the `id` of a document is the place that its row came from (stream, topic,
 * partition, position) with a hash of the row, and is sent to be added only where there is none yet. So what is read and landed
 * again is there already, and another row at the same place (a file that was replaced) is kept beside it. solr.c is the landing,
 * which its queue calls; schema.c looks at the collection's fields and makes them; documents.c writes rows as JSON; send.c sends
 * them, and finds those that the server refuses.
 *
 * Which field a value goes to is in weir/client/solr.h. A row counts as landed when the server has acknowledged it, which it does
 * when the row is in its transaction log: it outlives a server that is killed (not one whose machine loses power, unless the
 * collection's syncLevel is FSYNC). Readers of the collection see it after the next commit (every=).
 *
 * Thread: the landing's. */
#ifndef WEIR_LANDING_SOLR_H
#define WEIR_LANDING_SOLR_H

#include "../fields.h"
#include "../options.h"

#include "weir/client/solr.h"

/* ---- schema.c ---- */

/* Looks whether the collection has the fields that rows go to, and makes those that are missing (create). */
enum weir_status weir_solr_prepare(struct weir_solr *s, bool create, struct weir_error *err) WEIR_MUST_USE;

/* ---- documents.c ---- */

struct weir_solr_document {
	size_t from, size;              /* its text, among that of all */
	size_t id_size;                 /* it begins with {"id":" and the id, which has no quote and no blank in it */
	uint16_t stream;                /* where its row came from */
	const struct weir_batch *batch; /* not looked at any more */
	uint32_t row;
	int64_t position;
	bool refused;
};

/* Documents that wait to be sent. Init with {0}. */
struct weir_solr_documents {
	struct weir_buf text; /* one after the other, a line each */
	struct weir_solr_document *list;
	size_t n, capacity;
};

/* How the rows of one stream become documents. */
struct weir_solr_rows {
	struct weir_landing_fields fields;
	struct weir_buf *keys; /* WEIR_SOLR_FIELD_COUNT for each column: `,"NAME":` */
	struct weir_buf scratch;
};

/* Appends the rows whose bits are set. */
enum weir_status weir_solr_rows_add(struct weir_solr_rows *r, const struct weir_batch *batch, const uint64_t *rows,
				    struct weir_solr_documents *to, struct weir_error *err) WEIR_MUST_USE;
void weir_solr_rows_release(struct weir_solr_rows *r);
void weir_solr_documents_clear(struct weir_solr_documents *d);
void weir_solr_documents_release(struct weir_solr_documents *d);
static inline struct weir_str weir_solr_document_id(const struct weir_solr_documents *d, size_t i)
{
	return (struct weir_str){d->text.data + d->list[i].from + sizeof "{\"id\":\"" - 1, d->list[i].id_size};
}

/* ---- send.c ---- */

/* Sends all, about `most` in a request, to be found within within_us. Those that the server refuses are marked so and told to
 * `counts` and to the landing; any other error is one of the call, and nothing is certain of those that are not marked. */
enum weir_status weir_solr_send(struct weir_landing *l, struct weir_solr *s, struct weir_solr_documents *d, size_t most,
				int64_t within_us, struct weir_landing_status *counts,
				struct weir_error *err) WEIR_MUST_USE;

#endif
