/* A collection of Apache Solr, read back: its documents in the order of `_version_`, which the server counts upwards as they are
 * written, then those that come. solr.c asks for pages and follows; fields.c knows which field is which column; leaves.c has conditions in
 * Solr's words; rows.c turns documents into rows; seen.c knows which were read. The stream is its caller.
 *
 * Documents that weir landed come back as they were: the names of their fields say what they hold (weir/client/solr.h). Of
 * others each field is a column under its own name.
 *
 * Updates that are under way together may become visible in another order than they are numbered. So while new documents are
 * looked for, those of the last seconds before the newest are asked for again, and passed over if they were read (`seen`).
 *
 * Thread: the stream's source thread, after open. */
#ifndef WEIR_SOURCE_SOLR_SOLR_H
#define WEIR_SOURCE_SOLR_SOLR_H

#include "../pushdown.h"

#include "weir/base/time.h"
#include "weir/client/solr.h"
#include "weir/model/batch.h"

/* A field of documents. */
struct weir_solr_known {
	char *name;   /* owned */
	char *micros; /* owned; of a DATE: the field with what is below a millisecond */
	int column;   /* -1: no column, but the key of a row, or MICROS */
	enum weir_solr_field kind;
	bool plain; /* not weir's: a value is what JSON says it is, and `date` whether a text is a date */
	bool date;
};

struct weir_solr_reader {
	struct weir_budget *budget;
	const char *time;           /* asked for; borrowed; NULL: none was */
	char *landed_time;          /* owned: that of the rows that were landed; NULL: none */
	bool landed;                /* by weir */
	struct weir_schema *schema; /* one reference */
	struct weir_solr_known *fields;
	size_t n, capacity;
	size_t hint;              /* the field that probably comes next */
	struct weir_dict **dicts; /* owned, by column; one reference each; NULL: none */
	size_t dicts_capacity;
};

/* ---- fields.c ---- */

/* Adds the fields of the documents (an array), in the order in which they come, then those of the index that are in none of
 * them (`index`: what /admin/luke lists), and says which column is the time. */
enum weir_status weir_solr_reader_begin(struct weir_solr_reader *r, const json_t *docs, const json_t *index,
					struct weir_error *err) WEIR_MUST_USE;
/* The field, which is added when it is new: then `schema` is the next version. NULL: no memory. */
struct weir_solr_known *weir_solr_reader_field(struct weir_solr_reader *r, const char *name);
void weir_solr_reader_release(struct weir_solr_reader *r);

/* ---- leaves.c ---- */

/* After begin: appends what Solr is to look at, as a query, and the fields of the columns that are read, for fl=. Documents that come later
 * may be left out by it. */
enum weir_status weir_solr_reader_settle(struct weir_solr_reader *r, struct weir_pushdown *p, struct weir_buf *where,
					 struct weir_buf *fields, struct weir_error *err) WEIR_MUST_USE;
weir_pushdown_leaf weir_solr_leaf; /* of a struct weir_solr_reader */

/* ---- rows.c ---- */

/* The document into row `row` of the batch, whose schema and time it keeps up with. False: no memory. */
bool weir_solr_reader_row(struct weir_solr_reader *r, const json_t *doc, struct weir_batch *b,
			  uint32_t row) WEIR_MUST_USE;
/* After the rows of a batch: its columns may have become wider than the schema said. */
bool weir_solr_reader_finish(struct weir_solr_reader *r, struct weir_batch *b) WEIR_MUST_USE;

/* ---- seen.c ---- */

struct weir_solr_seen {
	struct weir_solr_once {
		int64_t version;
		uint64_t id; /* hash */
	} * list;            /* owned; in the order of versions */
	size_t n, capacity;
};

/* The documents (an array, in the order of versions) that were not seen before, a new array. They are remembered, and those of versions
 * before `oldest` forgotten. NULL: no memory. */
json_t *weir_solr_pass_over_seen(struct weir_solr_seen *s, const json_t *docs, int64_t oldest) WEIR_MUST_USE;
static inline int64_t weir_solr_version(const json_t *doc)
{
	return json_integer_value(json_object_get(doc, "_version_"));
}

#endif
