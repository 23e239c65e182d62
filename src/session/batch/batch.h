/* Batch: no screen; read all streams, print, leave. The caller's thread is the engine: it takes batches from the pipeline's
 * streams in an order that does not depend on the speed of their threads, and prints rows, results, notices and the ledger.
 * main.c calls weir_batch_run (weir/session/session.h); nothing else calls this room. */
#ifndef WEIR_SESSION_BATCH_H
#define WEIR_SESSION_BATCH_H

#include "session/engine/engine.h"
#include "session/texts/texts.h"

#include "weir/base/bounds.h"
#include "weir/base/str.h"
#include "weir/model/batch.h"
#include "weir/query/alert.h"

#include <stdio.h>

/* Bytes written once and read again: in memory while they are few, in a nameless temporary file when they are many. */
struct weir_spool {
	struct weir_buf memory; /* all of it, or what is not in the file yet */
	FILE *file;             /* NULL: everything is in memory */
	uint64_t file_bytes;
	char *window; /* owned: a stretch of the file read again */
	uint64_t window_at;
	size_t window_bytes, window_capacity;
};

enum weir_status weir_spool_add(struct weir_spool *s, const void *bytes, size_t size, struct weir_error *err);
uint64_t weir_spool_bytes(const struct weir_spool *s);
/* `size` bytes from `at`, borrowed until the next call; NULL and err when they cannot be read. No add may follow. */
const char *weir_spool_at(struct weir_spool *s, uint64_t at, size_t size, struct weir_error *err);
void weir_spool_release(struct weir_spool *s);

/* Output of a batch: gathered, then written whole. A reader that went away is no error: `gone` is set and nothing more is
 * written. */
struct weir_out {
	int fd;
	struct weir_buf text;
	bool terminal; /* it shows what the data holds: what could steer it is made visible */
	bool gone;
	int failed; /* errno of a write that failed otherwise */
	bool held;  /* nothing is written yet: the call may still be refused, and then prints nothing */
	struct weir_spool kept;
};
bool weir_out_flush(struct weir_out *o); /* false: no use to go on */
bool weir_out_flush_if_full(struct weir_out *o);
void weir_out_let_go(struct weir_out *o); /* writes what was held, and holds no more */
void weir_out_release(struct weir_out *o);
enum weir_status weir_out_error(int number, struct weir_error *err); /* of what could not be written, by its errno */

/* Reading all streams of a batch into the fabric, in an order that does not depend on the speed of their threads.
 *
 * Finite streams take turns, a batch each, or follow one another when rows are printed. With --every, a partition or a
 * stream that has reached the next moment of printing waits for the others: for all that are known to have records that have not
 * come. Streams without an end are taken as they come. */
struct weir_reader {
	struct weir_pipeline *pipeline;
	struct weir_out *out; /* flushed when nothing more waits */
	const volatile bool *interrupted;
	const bool *enough;  /* set by a callback: no more is wanted */
	int64_t deadline_us; /* of the monotonic clock; -1: none */
	bool one_after_another;
	int64_t skew_us;           /* as weir_view_skew_us has it */
	int64_t every_us, late_us; /* every_us -1: no printing on the way */
	bool excludes_end;         /* a row at the very moment of printing comes after it, not before */
	/* Called before anything else once every stream has opened its codec. */
	enum weir_status (*opened)(void *ctx, struct weir_error *err);
	/* After each append; `kept` as the fabric left it. */
	enum weir_status (*added)(void *ctx, const struct weir_batch *kept, struct weir_error *err);
	/* The event time has passed at_us. */
	enum weir_status (*passed)(void *ctx, int64_t at_us, struct weir_error *err);
	void (*idle)(void *ctx); /* nothing waits; NULL: nobody asks */
	void *ctx;
	/* Set by run: moments that were passed before all partitions had come to them, for there was no room to wait. */
	uint64_t n_early;
	bool ended; /* the same: all streams were read to their end */
};

/* Reads until every stream has ended, enough came, the deadline, an interrupt, or the reader of the output is gone: OK. Otherwise what
 * a callback or the fabric returned. A stream that failed is ended; weir_stream_error tells. */
enum weir_status weir_reader_run(struct weir_reader *r, struct weir_error *err);

/* --every prints again each time the event time passes a multiple of a duration; there a batch is cut. */

/* The first row of `b` from `from` on whose time is at or past `boundary_us`; n_rows when there is none. Rows from the future are
 * passed over: skew_us as weir_view_skew_us has it. */
uint32_t weir_cut_find(const struct weir_batch *b, uint32_t from, int64_t boundary_us, int64_t skew_us);
/* A copy of rows [from, from + n) with their columns; what `b` counts beside its rows (malformed records, notes, bytes) moves
 * to the first slice that is made of it, and is gone from `b`. Owned by the caller; NULL: no memory, and `b` is as it was. */
struct weir_batch *weir_cut_range(struct weir_batch *b, uint32_t from, uint32_t n);
/* The same of the n rows that are listed, in their order. */
struct weir_batch *weir_cut_list(struct weir_batch *b, const uint32_t *rows, uint32_t n);
/* Whether there is such a count still. */
bool weir_cut_counts(const struct weir_batch *b);

/* Rows kept until the end: cells by column, the key to sort by, the time. */
struct weir_kept_index { /* of one row */
	uint64_t at;     /* in the spool */
	uint64_t number; /* in the order of arrival */
	int64_t time_us;
	struct weir_value *keys; /* owned, with their texts; NULL without a sort */
};

struct weir_kept_column {
	char *name; /* owned */
	uint32_t width;
	bool number;
};

struct weir_kept {
	struct weir_spool spool;
	struct weir_buf row; /* the row being built */
	uint32_t row_cells;
	struct weir_kept_column *columns;
	size_t n_columns, columns_capacity;
	struct weir_kept_index *index; /* one a row */
	size_t n_rows, rows_capacity;
	uint32_t n_keys;
	const bool *descending; /* n_keys; borrowed */
};

/* Number of the column of that name, added when new; -1: no memory. */
int weir_kept_column(struct weir_kept *k, struct weir_str name);
/* A cell of the row being built; `text` is ready to print. */
void weir_kept_cell(struct weir_kept *k, uint32_t column, struct weir_str text, uint32_t width, bool number);
/* Ends the row. keys: n_keys values, copied with their texts. */
enum weir_status weir_kept_end_row(struct weir_kept *k, int64_t time_us, const struct weir_value *keys,
				   struct weir_error *err);
void weir_kept_sort(struct weir_kept *k);
/* Texts of row i by column: cells[c] (data NULL: the row has none), borrowed until the next call. widths may be NULL. */
enum weir_status weir_kept_read(struct weir_kept *k, size_t i, struct weir_str *cells, uint32_t *widths, bool *numbers,
				struct weir_error *err);
void weir_kept_release(struct weir_kept *k);

/* The batch printer of rows: neither group nor measure was asked for, so the rows themselves are printed.
 *
 * JSON goes out at once. A CSV or a table needs all its columns before its first line, and a column may appear in any
 * record: when the format does not name them at the start, the rows are kept (spool.h) and printed at the end. So they are
 * when the answer depends on the end of the input: sliding and rows windows, and a sort. */
struct weir_rows_config {
	enum weir_output how;
	bool color;
	bool columns_fixed;           /* known at the first row, none will come */
	const struct weir_view *view; /* resolved; borrowed until release */
};

struct weir_rows;

/* Owned by the caller. USAGE when the view sorts by what it cannot. */
enum weir_status weir_rows_new(const struct weir_rows_config *config, struct weir_out *out, struct weir_rows **rows,
			       struct weir_error *err);
void weir_rows_free(struct weir_rows *r);
/* Prints or keeps the rows of the newest append to the fabric. */
enum weir_status weir_rows_add(struct weir_rows *r, struct weir_fabric *f, struct weir_error *err);
/* As many rows as the view wants are there, and none that follows could take the place of one. */
bool weir_rows_full(const struct weir_rows *r);
/* Prints what was kept and ends the document. newest_us: the newest event of the input, WEIR_TIME_NONE without. */
enum weir_status weir_rows_end(struct weir_rows *r, struct weir_fabric *f, int64_t newest_us, struct weir_error *err);

/* What the two halves of the row printer share: rows.c takes rows, rows_end.c prints those that were kept. */
struct weir_rows {
	struct weir_rows_config config;
	struct weir_out *out;
	bool keep; /* printed at the end */
	bool is_json;
	uint64_t n_printed, limit;
	struct weir_kept kept;
	char *sort_names[WEIR_MAX_GROUP_COLUMNS]; /* owned */
	bool descending[WEIR_MAX_GROUP_COLUMNS];
	/* For the fabric's present columns, made again when their number changes. */
	uint32_t n_columns;
	const struct weir_result_column *columns;
	int *kept_number; /* column → number in `kept` */
	int sort_column[WEIR_MAX_GROUP_COLUMNS];
	const struct weir_value *cells; /* of the row at hand; borrowed */
	const bool *missing;
	struct weir_buf text, safe;
};

/* Follows the fabric, which may know more columns by now. */
enum weir_status weir_rows_learn_columns(struct weir_rows *r, struct weir_fabric *f, struct weir_error *err);
void weir_rows_csv_header(const struct weir_rows *r);
/* What stands between two rows of a JSON array, or before the first. */
void weir_rows_json_begin(const struct weir_rows *r);

/* --why: the answer is a ranking of columns. */
/* Whether the call can have one: EXPRESSION with the place, USAGE for options that it takes the place of. */
enum weir_status weir_batch_why_check(const struct weir_options *o, const struct weir_view *view,
				      struct weir_error *err);
/* Ranks the rows that are held, those of each window where there are several, as a result that can be printed. Owned by the caller with one reference. Adds to
 * info->remarks. */
enum weir_status weir_batch_why(struct weir_pipeline *p, const struct weir_view *view, struct weir_session_info *info,
				struct weir_result **out, struct weir_error *err);

/* What a batch says on standard error while it runs, before there is an answer: that a stream waits for its server and why,
 * that records were lost, that partitions came. One line each time it changes. */
struct weir_notices {
	int fd;
	bool quiet;
	int64_t began_us, looked_us; /* of the monotonic clock */
	struct {
		char said[200];  /* the last remark */
		int64_t away_us; /* since when the server is away; 0: it is there */
		bool said_away;
	} streams[WEIR_MAX_STREAMS];
	struct {
		int64_t away_us;             /* since when its server is away; 0: it is there */
		bool said_away, said_failed; /* for good */
	} landings[WEIR_MAX_LANDINGS];
};

void weir_notices_look(struct weir_notices *n, struct weir_pipeline *p);
/* At the end of --for: whether a server is away, so that what came is not all there was. OK, or UNREACHABLE with err filled.
 * *none: nothing was read of any stream. */
enum weir_status weir_notices_cut(struct weir_pipeline *p, bool *none, struct weir_error *err);
/* Why other streams failed than the one that was said. */
void weir_notices_say_others(struct weir_pipeline *p, const struct weir_error *said, int fd);
/* A stream that failed before any record came, or a service that has not answered at all when --for was over: rows are only
 * taken in when all streams are open. There is no answer then; a count of 0 would look like one. OK: none is of that kind. */
enum weir_status weir_notices_unanswered(struct weir_pipeline *p, const struct weir_result *result,
					 struct weir_error *err);

/* The stream that failed first, if one did. *no_answer: it refused the call, could not read what it was asked for, was told to stop
 * at the first malformed record, or cannot say what a record is. */
bool weir_notices_failure(struct weir_pipeline *p, bool *no_answer, struct weir_error *err);

/* explain.c: waits until the streams are open, and prints what there is to explain. `rows`: neither groups nor measures are asked for. */
enum weir_status weir_batch_explain(struct weir_pipeline *p, bool rows, const volatile bool *interrupted,
				    struct weir_out *out, struct weir_error *err);

/* alert.c: the alert of the call, USAGE where it cannot be judged; and one line on standard error when an answer raises it: true. */
enum weir_status weir_batch_take_alert(struct weir_options *o, struct weir_alert *alert, struct weir_error *err);
bool weir_batch_judge(struct weir_alert *alert, bool quiet, int err_fd, const struct weir_result *result);

/* pushed.c: what a server looks at, as lines of --explain, and as a member of --stats where it leaves out rows. `groups`: the question has
 * groups or measures. */
void weir_explain_pushed(const char *name, const struct weir_source_pushed *p, bool groups, struct weir_buf *out);
void weir_stats_pushed(const struct weir_source_pushed *p, struct weir_buf *out); /* NULL: nothing */

/* --stats: where each record went. */
/* One line of JSON with the ledger of `r` and its warnings, into the file `path` ("-": err_fd). */
enum weir_status weir_stats_write(const struct weir_result *r, const struct weir_session_info *info, const char *path,
				  int err_fd, struct weir_error *err);

#endif
