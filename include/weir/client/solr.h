/* Apache Solr, for the landing that writes to a collection and the source that reads it: its address, its answers and errors, and
 * the names of fields. Only in builds with libcurl.
 *
 * A column of a row is a field whose name says what it is: the column's name, `_`, and a suffix for the type of the value, for
 * which the schema has a dynamic field. So a collection needs no description beside it, a column that meets another type goes
 * into another field, and a field that is not there is a key that is missing. The fields of a document keep their order.
 *
 * Thread: a handle belongs to one; weir_http_wake of its `http` any. */
#ifndef WEIR_CLIENT_SOLR_H
#define WEIR_CLIENT_SOLR_H

#include "weir/base/uri.h"
#include "weir/client/http.h"

#include <jansson.h>

/* X(NAME, suffix, class of its field type): what a field holds. NULL_ is there where the value is NULL; MICROS has what a date
 * cannot hold, 0 to 999 µs; LONG has text that is too long for an index. */
#define WEIR_SOLR_FIELDS(X)                                                                                            \
	X(BOOL, "b", "solr.BoolField")                                                                                 \
	X(INT64, "l", "solr.LongPointField")                                                                           \
	X(FLOAT64, "d", "solr.DoublePointField")                                                                       \
	X(DATE, "dt", "solr.DatePointField")                                                                           \
	X(MICROS, "us", "solr.LongPointField")                                                                         \
	X(TEXT, "s", "solr.StrField")                                                                                  \
	X(LONG, "long", "solr.StrField")                                                                               \
	X(NULL_, "null", "solr.BoolField")

enum weir_solr_field {
#define X(name, suffix, class) WEIR_SOLR_##name,
	WEIR_SOLR_FIELDS(X)
#undef X
	    WEIR_SOLR_FIELD_COUNT
};
enum { WEIR_SOLR_MOST_TERM_BYTES = 32766 }; /* of a text in an index: Lucene's IndexWriter.MAX_TERM_LENGTH */

/* Fields of ours that are no columns: where a row came from, and which of its columns was the event time. */
#define WEIR_SOLR_STREAM "_stream"
#define WEIR_SOLR_TOPIC "_topic"
#define WEIR_SOLR_PARTITION "_partition"
#define WEIR_SOLR_OFFSET "_offset"
#define WEIR_SOLR_RUN "_run"
#define WEIR_SOLR_TIME "_time"

/* The field for a column. What a name of a field cannot have is written as _xHH_, each byte by itself. Appends. */
void weir_solr_field_name(struct weir_str column, enum weir_solr_field field, struct weir_buf *out);
/* The column that a field belongs to. Appends its name. False: it is none of these. */
bool weir_solr_column_of(struct weir_str field, enum weir_solr_field *kind, struct weir_buf *column);

struct weir_solr {
	struct weir_http *http;
	char *base; /* owned: http://HOST:PORT/solr/COLLECTION */
	char *name; /* owned: HOST:PORT/COLLECTION, for errors */
	bool met;   /* it has answered: a collection that is not found now is being loaded */
	struct weir_buf url, answer;
};

/* The options of an address that weir_solr_open reads: rows of a table of struct weir_uri_option. */
#define WEIR_SOLR_URI_OPTIONS                                                                                          \
	{"user", "NAME", "who logs in, by basic authentication (the address may have it too)"},                        \
	    {"password-file", "FILE", "the password, in its first line"}, {"tls", "yes|no", "HTTPS (no)"},             \
	{                                                                                                              \
		"ca", "FILE", "certificates that are trusted, in the place of the system's"                            \
	}

/* Reads solr://[USER[:PASSWORD]@]HOST[:PORT]/[PATH/]COLLECTION. Asks nothing. timeout_us: of one request. */
enum weir_status weir_solr_open(const struct weir_uri *uri, int64_t timeout_us, struct weir_solr *out,
				struct weir_error *err) WEIR_MUST_USE;
void weir_solr_close(struct weir_solr *s);
/* Asks `path` ("/schema", with its parameters) below the collection, with GET, or with POST and the JSON that is sent. *answer:
 * owned by the caller (json_decref). DENIED; NOT_FOUND: the collection; MALFORMED, TOO_LARGE: the server refuses what was
 * sent, and err->what is its reason; UNREACHABLE, retriable: later perhaps. */
enum weir_status weir_solr_ask(struct weir_solr *s, const char *path, const struct weir_str *sent, json_t **answer,
			       struct weir_error *err) WEIR_MUST_USE;
/* The same in steps: weir_solr_begin, then weir_solr_step until it no longer says AGAIN. */
enum weir_status weir_solr_begin(struct weir_solr *s, const char *path, const struct weir_str *sent,
				 struct weir_error *err) WEIR_MUST_USE;
enum weir_status weir_solr_step(struct weir_solr *s, int64_t timeout_us, json_t **answer,
				struct weir_error *err) WEIR_MUST_USE;
/* Appends the text as a value in a URL. */
void weir_solr_escape(struct weir_str text, struct weir_buf *url);

#endif
