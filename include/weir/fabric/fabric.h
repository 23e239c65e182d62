/* Who computes the view. There are two kinds. One takes the batches that the session's streams decode, and gives a result
 * when it is asked for one: `local`, the query floor over buffers of this process. The other reads the sources itself,
 * elsewhere, and brings results of its own; then the session opens no source and no codec, and prints or draws what comes
 * (query/result_builder.h makes results without a plan). Either is chosen by name and driven through the same table.
 *
 *     takes batches   open → set_view → set_columns → append_take* → result …
 *     brings results  open → set_view → newer? → result …
 *     after a sample  open → set_view → set_columns → append_take* → begin → newer? → result …
 *
 * The third kind brings results, too, but must first know columns and types: it takes the batches of a bounded sample
 * (sample_rows), which the session then ends, and begins.
 *
 * Thread: all functions but interrupt belong to the engine thread. */
#ifndef WEIR_FABRIC_FABRIC_H
#define WEIR_FABRIC_FABRIC_H

#include "weir/base/bounds.h"
#include "weir/base/log.h"
#include "weir/base/thread.h"
#include "weir/base/uri.h"
#include "weir/model/batch.h"
#include "weir/query/result.h"
#include "weir/query/study.h"
#include "weir/query/strip.h"
#include "weir/query/view.h"

/* One stream of the call, as it was asked for. A fabric that takes batches needs the name only. */
struct weir_fabric_stream {
	struct weir_str name;
	const char *address;        /* as it was written, with the name before it where one was given; no secrets */
	const struct weir_uri *uri; /* secrets filled in */
	const char *format, *time, *nulls, *header, *encoding; /* as the options have them; NULL: to be guessed */
};

/* How the sample of a stream was read. Borrowed during the call. */
struct weir_fabric_reading {
	const char *format;      /* "json" */
	const char *time_column; /* NULL: none, rows have the time of the server, if that has one */
	const char *time_format; /* as of weir_guess (weir/codec/codec.h); NULL: none */
	bool server_time;        /* there is no time column; rows have the time that the server gave the message */
	char separator;          /* these three as in weir_guess: of csv and tsv */
	bool header, lines_above;
};

/* What one that reads elsewhere says of itself, for a person. */
struct weir_fabric_status {
	bool is_elsewhere;               /* else nothing below is filled in */
	bool detached;                   /* it goes on when weir ends */
	bool answered;                   /* there is an answer to the question in force */
	char state[16];                  /* "sampling" "starting" "running" "failed" "stopped" "ended" */
	char where[120];                 /* the master, and what it calls the job */
	char detail[200];                /* what went wrong last; "": nothing */
	char come_back[160];             /* the address that takes it up again; "": there is none */
	double input_per_s, done_per_s;  /* records; NaN: not known */
	double shares[WEIR_MAX_STREAMS]; /* of the newest batch's records, by stream; 0 where there were none */
	int64_t batch_us;                /* how long the newest batch took; -1: not known */
	int64_t watermark_us;            /* WEIR_TIME_NONE: none */
	int64_t lags[WEIR_MAX_STREAMS];  /* records that a stream has and that are not counted yet; -1: not known */
	uint64_t unfit;                  /* values that did not fit the type that the sample had shown: NULL */
	uint32_t n_restarts;
};

struct weir_fabric_config {
	const char *name; /* as it was asked for: "local[2]?brokers=…"; NULL: the default */
	/* Value of an environment variable; the text is borrowed at once. NULL: no variable is known. */
	const char *(*lookup)(const char *name);
	const char
	    *attach;  /* the address of what runs elsewhere already (weir_fabric_recall); NULL: it is to be started */
	bool detach;  /* what runs elsewhere is to go on when weir ends */
	bool explain; /* nothing is to run: only explain will be asked */
	struct weir_budget *budget;     /* borrowed until close; its limit is --memory */
	const struct weir_clock *clock; /* borrowed until close */
	struct weir_log *log;           /* may be NULL */
	struct weir_wake *wake; /* borrowed until close; signalled from any thread when `newer` has something to say */
	uint32_t n_streams;
	const struct weir_fabric_stream *streams; /* borrowed until close */
	bool live;                                /* a screen: keep rows for new questions, panes for pictures */
	bool finite;                              /* all streams end by themselves */
	bool keep_rows;    /* batch that must scan again at the end (sliding, rows, --at, sorting of rows) */
	int64_t retain_us; /* --retain: beyond the window; -1: none */
	uint64_t retain_rows;
	uint32_t threads; /* that a new question over many rows may take, the engine's own among them; 0 counts as 1 */
	uint64_t rows_a_thread; /* a thread is started only for this many rows; 0: the default */
};

/* What is asked. */
struct weir_question {
	const struct weir_view *view; /* its window is not DEFAULT; borrowed during the call */
	uint64_t generation;          /* results that answer it carry this number */
	bool names_known;             /* the columns are known: a name that is none of them is an error, not NULL */
	bool ended;                   /* every stream has ended: no further column and no row will come */
};

/* A row as it is printed when neither group nor measure was asked for. Borrowed during the call. */
struct weir_row {
	int64_t time_us;                /* event time, µs since 1970 UTC; WEIR_TIME_NONE: none */
	const struct weir_value *cells; /* one for each of row_columns */
	const bool *missing;            /* the same: the record lacks the key, rather than holds null */
};
/* END: no more rows are wanted; OK: on; any other status ends the rows with that error. */
typedef enum weir_status weir_row_visitor(void *ctx, const struct weir_row *row, struct weir_error *err);

struct weir_fabric;

struct weir_fabric_ops {
	const char *name; /* "local" */
	const char *help;
	const char *absent; /* NULL: present, else the reason */
	bool takes_batches; /* else it reads the sources itself and brings results */
	/* The size of its sample: so many rows of each stream, after which the caller begins it. 0: it takes all rows. */
	uint32_t sample_rows;
	bool (*answers_to)(const char *name); /* other names that it goes by; NULL: none */
	/* What it needs of the machine: UNSUPPORTED says what is not there. `lookup` reads the environment. NULL: nothing. */
	enum weir_status (*ready)(const char *(*lookup)(const char *name), struct weir_error *err);
	enum weir_status (*open)(const struct weir_fabric_config *config, struct weir_fabric **out,
				 struct weir_error *err);
	/* A new question. What is held of earlier rows counts for it too. An error leaves the old question in force. */
	enum weir_status (*set_view)(struct weir_fabric *f, const struct weir_question *question,
				     struct weir_error *err);
	/* The newest result, owned by the caller with one reference. One that takes batches makes it, for the moment
	 * request->at_us (WEIR_TIME_NONE: live now, or the newest event), all of it of that moment. One that brings results
	 * gives the newest it has; AGAIN: there is none yet for the question in force. */
	enum weir_status (*result)(struct weir_fabric *f, const struct weir_result_request *request,
				   struct weir_result **out, struct weir_error *err);
	/* What is computed and how, as text for a person; `terminal`: safe to show on one. Appends. USAGE: nothing to
	 * explain yet. */
	enum weir_status (*explain)(struct weir_fabric *f, bool terminal, struct weir_buf *out, struct weir_error *err);
	void (*interrupt)(struct weir_fabric *f,
			  bool on); /* any thread: set_view and result end soon (CANCELLED) while on */
	void (*close)(struct weir_fabric *f);

	/* Only one that takes batches has these; else NULL. */

	/* Columns of a stream that are known beside those that its batches bring, those of its sample: their names count as
	 * known. `fixed`: the format names all columns at the start, none will come. The fabric takes its own reference. */
	void (*set_columns)(struct weir_fabric *f, uint32_t stream, const struct weir_schema *schema, bool fixed);
	/* Holds the names of the view in force against all columns known by now: EXPRESSION with the place and the nearest
	 * name when one is unknown or does not fit; OK also as long as no column is known. *final: no column that may still
	 * come mends it. Cheap when nothing came since the last call. */
	enum weir_status (*check)(struct weir_fabric *f, bool *final, struct weir_error *err);
	/* Takes the batch (also on failure): late rows leave it, the view sees it, and it is kept where rows are kept. A live
	 * fabric without memory for it sheds its rows, in the ledger, and goes on; rows that the view fails at are kept, and the
	 * error stands in every answer until another question.
	 * *kept: the batch without its late rows, borrowed until the next call. *spare: an empty batch to use again, owned by
	 * the caller, or NULL. Neither may be a NULL pointer. */
	enum weir_status (*append_take)(struct weir_fabric *f, struct weir_batch *batch, const struct weir_batch **kept,
					struct weir_batch **spare, struct weir_error *err);
	/* How far a partition is behind its end (records, -1 unknown), what it lost, and what came and its source had to drop;
	 * all of it so far, before the next result. */
	void (*set_lag)(struct weir_fabric *f, uint32_t stream, uint32_t partition, int64_t lag, uint64_t lost,
			uint64_t shed_by_source);
	/* Rows mode: the columns that are printed, in order; borrowed until the next set_view or append. */
	uint32_t (*row_columns)(struct weir_fabric *f, const struct weir_result_column **columns);
	/* Shows the rows of the newest append that pass the filter, in their order. A window that depends on what comes later
	 * (sliding, rows) is left to the caller. */
	enum weir_status (*rows)(struct weir_fabric *f, weir_row_visitor *visit, void *ctx, struct weir_error *err);

	/* Windows that end by this moment of event time get no more rows: those are late. WEIR_TIME_NONE: nothing is known to be
	 * over before the end. */
	int64_t (*closed_us)(const struct weir_fabric *f);
	/* Of a batch: what those windows counted is not asked for again. */
	enum weir_status (*let_go)(struct weir_fabric *f, int64_t until_us, struct weir_error *err);

	/* The rows that are held now, for a study, with the view in force and the moment that a result for `at_us` would be of
	 * (WEIR_TIME_NONE: live now, or the newest event). One reference for the caller. */
	enum weir_status (*held)(struct weir_fabric *f, int64_t at_us, struct weir_study_rows **out,
				 struct weir_error *err);
	/* What is held by now, over time, in at most so many buckets; live only. */
	void (*strip)(struct weir_fabric *f, uint32_t most_buckets, struct weir_strip *out);
	/* What is an error in it: a condition that parses, copied; "none"; NULL, "" and "auto": it is guessed. NULL where strip
	 * is. */
	void (*set_errors)(struct weir_fabric *f, const char *condition);

	/* Only one that brings results has this; else NULL. True: `result` has a newer one than it gave last. *ended: no
	 * other will follow it. */
	bool (*newer)(struct weir_fabric *f, bool *ended);
	/* The same: fills *out. NULL: it has nothing to say of itself. */
	void (*describe)(struct weir_fabric *f, struct weir_fabric_status *out);

	/* Only one that takes a sample. How the stream was read, before the first of its batches; that the sample is whole, and
	 * the view in force may be computed. UNSUPPORTED: why it cannot be. */
	enum weir_status (*set_reading)(struct weir_fabric *f, uint32_t stream,
					const struct weir_fabric_reading *reading, struct weir_error *err);
	enum weir_status (*begin)(struct weir_fabric *f, struct weir_error *err);
	/* Only one that writes landings itself, right behind open: it takes over the rows for that address (secrets filled in).
	 * UNSUPPORTED: why it cannot. */
	enum weir_status (*land)(struct weir_fabric *f, const char *address, struct weir_error *err);
};

struct weir_fabric { /* first member of each fabric's own struct */
	const struct weir_fabric_ops *ops;
};

/* Rows and records do not come through here: what would take them (captures, and landings but those that it writes itself) cannot be
 * had. */
static inline bool weir_fabric_reads_elsewhere(const struct weir_fabric_ops *ops)
{
	return ops->newer != NULL;
}

extern const struct weir_fabric_ops
    *const weir_fabric_table[]; /* ends with NULL; the first is what is used by default */

/* What was asked of a job that was left running. Owned strings. */
struct weir_fabric_recalled {
	char *fabric;                    /* as --fabric had it */
	char *sources[WEIR_MAX_STREAMS]; /* as they were written */
	size_t n_sources;
	char *view[WEIR_VIEW_TEXT_COUNT]; /* NULL: not given */
};
/* Asks who keeps it, for some seconds; `address` as weir_fabric_status.come_back. USAGE, NOT_FOUND, UNREACHABLE; UNSUPPORTED in
 * builds without librdkafka. Release it, also on failure. */
enum weir_status weir_fabric_recall(const char *address, struct weir_fabric_recalled *out,
				    struct weir_error *err) WEIR_MUST_USE;
void weir_fabric_recalled_release(struct weir_fabric_recalled *r);

/* By name; NULL or "" means the first. USAGE: there is none of that name; UNSUPPORTED: it is absent. */
enum weir_status weir_fabric_find(const char *name, const struct weir_fabric_ops **out,
				  struct weir_error *err) WEIR_MUST_USE;

#endif
