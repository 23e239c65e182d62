/* Apache Kudu's tables over its own protocol: found by the masters, written and scanned where the leaders of their tablets are.
 * Connections are plain: a server that demands TLS or Kerberos is refused with that reason. Only in builds with protobuf-c
 * (WEIR_WITH_KUDU). What is assumed of the protocol: Kudu's published design documents (docs/design-docs/rpc.md) and the numbers in
 * src/client/kudu/wire.proto.
 *
 * No call waits longer than the cluster's time-out. An error is `retriable` when the servers are away, too busy, or did not answer in
 * time: connections that failed are dropped, and the next call connects again.
 *
 * Thread: a cluster and all that was made with it belong to one thread at a time. */
#ifndef WEIR_CLIENT_KUDU_H
#define WEIR_CLIENT_KUDU_H

#include "weir/base/str.h"
#include "weir/base/thread.h"

struct weir_kudu_config {
	const char *masters;            /* "a,b:7051"; copied */
	const char *user;               /* copied; NULL: weir */
	int64_t timeout_us;             /* of a call */
	const struct weir_clock *clock; /* borrowed, as is */
	struct weir_wake *wake;         /* a signal ends what waits with CANCELLED; NULL: nothing does */
};

struct weir_kudu; /* a cluster */

/* Looks at the masters' addresses; connects to nothing. USAGE. */
enum weir_status weir_kudu_new(const struct weir_kudu_config *config, struct weir_kudu **out,
			       struct weir_error *err) WEIR_MUST_USE;
void weir_kudu_set_timeout(struct weir_kudu *k, int64_t us); /* of calls from now on */
void weir_kudu_free(struct weir_kudu *k);                    /* NULL allowed; tables, writers and scans first */

/* ---- tables ---- */

/* As on the wire. Those that have no name here are not read. */
enum weir_kudu_type {
	WEIR_KUDU_INT8 = 1,
	WEIR_KUDU_INT16 = 3,
	WEIR_KUDU_INT32 = 5,
	WEIR_KUDU_INT64 = 7,
	WEIR_KUDU_STRING = 8,
	WEIR_KUDU_BOOL = 9,
	WEIR_KUDU_FLOAT = 10,
	WEIR_KUDU_DOUBLE = 11,
	WEIR_KUDU_BINARY = 12,
	WEIR_KUDU_TIME = 13, /* microseconds since 1970 */
	WEIR_KUDU_DECIMAL32 = 15,
	WEIR_KUDU_DECIMAL64 = 16,
	WEIR_KUDU_DECIMAL128 = 17,
	WEIR_KUDU_VARCHAR = 19,
	WEIR_KUDU_DATE = 20, /* days since 1970 */
};
const char *weir_kudu_type_name(int type); /* as Kudu's tools write it; static */

struct weir_kudu_column {
	char *name, *comment; /* owned by the table; the comment is "" where there is none */
	int type;             /* enum weir_kudu_type, or one that is not there */
	bool key, nullable;
	int precision, scale; /* of decimals: digits, and how many of them are behind the point */
	int length;           /* of VARCHAR: characters, at most */
};

struct weir_kudu_tablet;
struct weir_kudu_division; /* of the rows among tablets */

/* As it was when it was looked at last. */
struct weir_kudu_table {
	struct weir_kudu *cluster;
	char *name;                       /* owned, as are all below */
	struct weir_kudu_column *columns; /* those of the key come first */
	uint32_t n_columns, n_keys;
	struct weir_kudu_tablet *tablets;
	uint32_t n_tablets;
	struct weir_kudu_division *division;
	struct weir_buf id, pass;
	uint32_t changes; /* how often it was looked at */
};

/* NOT_FOUND: there is none. Owned by the caller. */
enum weir_status weir_kudu_table_open(struct weir_kudu *k, const char *name, struct weir_kudu_table **out,
				      struct weir_error *err) WEIR_MUST_USE;
void weir_kudu_table_free(struct weir_kudu_table *t); /* NULL allowed */
/* Looks at it again: its columns, where its tablets are. After an error it is as it was. */
enum weir_status weir_kudu_table_reload(struct weir_kudu_table *t, struct weir_error *err) WEIR_MUST_USE;
int weir_kudu_table_find(const struct weir_kudu_table *t, struct weir_str column); /* -1: none */

struct weir_kudu_make {
	const char *name;
	const struct weir_kudu_column *columns; /* those of the key first */
	uint32_t n_columns;
	int tablets;  /* rows are spread over so many by a hash of their keys */
	int replicas; /* 0: as many as the server thinks right */
};
/* Makes a table and waits until it is there. One that is there already is left as it is. */
enum weir_status weir_kudu_make(struct weir_kudu *k, const struct weir_kudu_make *make,
				struct weir_error *err) WEIR_MUST_USE;
/* Adds columns, waits until they are there, and looks at the table again. Another program may have added one of them meanwhile: that
 * is no error either, and its column stays. */
enum weir_status weir_kudu_table_add(struct weir_kudu_table *t, const struct weir_kudu_column *columns, uint32_t n,
				     struct weir_error *err) WEIR_MUST_USE;

/* ---- what weir keeps in tables of its own ---- */

/* The columns that say where a row came from, and are its key together: they are not data. */
#define WEIR_KUDU_KEY "_stream", "_topic", "_partition", "_offset", "_run"
enum { WEIR_KUDU_KEY_COLUMNS = 5 };
/* Names of keys whose value is NULL, as a JSON array; NULL: there are none. A field without a value that is not named is a key that the
 * row did not have: also one that came to the table after it. Not data either. */
#define WEIR_KUDU_NULLS "_nulls"

/* What the comment of a column says: "weir: TYPE, time, of NAME". Several columns may be of one name: a row has its value in one of
 * them. A column of type "null" is there for the name alone. */
struct weir_kudu_description {
	struct weir_str type, name; /* as weir calls them; name empty: that of the column */
	bool time;                  /* it is the event time */
};
/* False: the comment is not weir's. Borrows from the comment. */
bool weir_kudu_description_read(const char *comment, struct weir_kudu_description *out);
void weir_kudu_description_write(const struct weir_kudu_description *d, struct weir_buf *out); /* appends */

/* ---- rows ---- */

struct weir_kudu_cell {
	bool null;
	union {
		int64_t i; /* whole numbers, times, days; bools: 0 or 1; decimals without their point */
		double f;
		struct weir_str s; /* of DECIMAL128 its 16 bytes, the lowest first */
	};
};

struct weir_kudu_writer;

/* For rows of these columns of the table, all of the key's first among them, in any order. The table is borrowed. When it was looked
 * at again, the writer can only be freed. */
enum weir_status weir_kudu_writer_new(struct weir_kudu_table *t, const uint32_t *columns, uint32_t n,
				      struct weir_kudu_writer **out, struct weir_error *err) WEIR_MUST_USE;
void weir_kudu_writer_free(struct weir_kudu_writer *w); /* NULL allowed */
/* Adds a row; `tag` is given back with what the server says of it. NOT_FOUND: no range of the table takes its key. */
enum weir_status weir_kudu_writer_add(struct weir_kudu_writer *w, const struct weir_kudu_cell *cells, uint32_t tag,
				      struct weir_error *err) WEIR_MUST_USE;
size_t weir_kudu_writer_bytes(const struct weir_kudu_writer *w); /* that wait to be sent */

/* A row that is not in the table now: `present`: because another has its key. */
typedef void weir_kudu_refuse(void *ctx, uint32_t tag, bool present, const char *reason);
/* Inserts what was added, all tablets at once, and waits for their answers; a leader that moved is looked for. In the end the writer
 * is empty. *changed: the table is another than it was looked at, and nobody knows which rows are in it: look again. */
enum weir_status weir_kudu_writer_send(struct weir_kudu_writer *w, weir_kudu_refuse *refuse, void *ctx, bool *changed,
				       struct weir_error *err) WEIR_MUST_USE;

/* ---- scans ---- */

/* The moment that it is now, as the servers count: rows that are written from now on are of a later one. 0: the table has no tablets, and so
 * no rows. */
enum weir_status weir_kudu_moment(struct weir_kudu_table *t, uint64_t *out, struct weir_error *err);

enum weir_kudu_bound_kind {
	WEIR_KUDU_EQUAL,   /* a cell must be the value, */
	WEIR_KUDU_BETWEEN, /* or lie from `value` up to `below`, which is excluded; one that is NULL is no end */
	WEIR_KUDU_ONE_OF,  /* or be one of the list */
	WEIR_KUDU_IS_NULL,
	WEIR_KUDU_NOT_NULL,
};
struct weir_kudu_bound {
	uint32_t column;
	enum weir_kudu_bound_kind kind;
	struct weir_kudu_cell value, below;
	const struct weir_kudu_cell *list;
	uint32_t n_list;
};
struct weir_kudu_scan_config {
	const uint32_t *columns; /* in which order cells are handed out */
	uint32_t n_columns;
	const struct weir_kudu_bound *bounds; /* all hold */
	uint32_t n_bounds;
	uint32_t block_bytes; /* of one answer, about */
	/* Rows as they were at the moment `to`, which is excluded, in the order of their keys over all tablets. The columns of the key are among
	 * `columns`. A row comes if it was written or changed from `from` on (0: whenever that was), it is still there, and its key is
	 * behind `after` (see weir_kudu_scan_key; empty: any). */
	bool ordered;
	uint64_t from, to;
	struct weir_str after;
};

struct weir_kudu_scan;

/* All is copied; the table is borrowed, and must not be looked at again while the scan lives. */
enum weir_status weir_kudu_scan_new(struct weir_kudu_table *t, const struct weir_kudu_scan_config *config,
				    struct weir_kudu_scan **out, struct weir_error *err) WEIR_MUST_USE;
void weir_kudu_scan_free(struct weir_kudu_scan *s); /* NULL allowed */
/* The next row, of those that are there now, in no order, unless an ordered scan was asked for. OK: cells are borrowed until the next
 * call. END. After an error the scan can only be freed. One that is retriable may have gone when the table is looked at again: then an
 * ordered scan behind the last key has the rows that are left. */
enum weir_status weir_kudu_scan_next(struct weir_kudu_scan *s, const struct weir_kudu_cell **cells,
				     struct weir_error *err) WEIR_MUST_USE;
/* The key of the last row that an ordered scan handed out, also after END or an error, in a form whose bytes compare as rows are ordered;
 * nothing when there was none. Appends. */
void weir_kudu_scan_key(const struct weir_kudu_scan *s, struct weir_buf *out);

#endif
