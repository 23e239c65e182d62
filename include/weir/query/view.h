/* A view: what was asked. Text by text as the user wrote it, plus what parsing made of it. The same names as the options of
 * the command line, the commands of the screen and the keys of a saved view.
 *
 * Thread: a view belongs to whoever made it; give another thread a copy (weir_view_copy). */
#ifndef WEIR_QUERY_VIEW_H
#define WEIR_QUERY_VIEW_H

#include "weir/base/memory.h"
#include "weir/base/time.h"

enum weir_window_kind {
	WEIR_WINDOW_DEFAULT,  /* live: sliding 5m; finite: all. Resolved before binding */
	WEIR_WINDOW_SLIDING,  /* (T - size, T] */
	WEIR_WINDOW_TUMBLING, /* [start, start + size), aligned to the epoch */
	WEIR_WINDOW_HOPPING,
	WEIR_WINDOW_SESSION, /* parsed; refused by bind until it is built */
	WEIR_WINDOW_SINCE,   /* [since, T] */
	WEIR_WINDOW_ROWS,    /* the newest n rows that match */
	WEIR_WINDOW_ALL,
};
struct weir_window {
	enum weir_window_kind kind;
	int64_t size_us, hop_us; /* hop = size for tumbling */
	int64_t since_us;
	uint64_t rows;
};

/* What a window is compared with: a period of the same length, or of the same part of it, at another time. */
enum weir_comparison_kind {
	WEIR_COMPARISON_DEFAULT, /* a screen: the window before; batch: nothing. Resolved when the view is bound */
	WEIR_COMPARISON_NONE,
	WEIR_COMPARISON_WINDOW, /* the window before: sliding, by its length; tumbling and hopping, by its hop */
	WEIR_COMPARISON_AGO,    /* offset_us earlier */
	WEIR_COMPARISON_AT,     /* the window of the moment at_us, whatever the window is of */
};
struct weir_comparison {
	enum weir_comparison_kind kind;
	int64_t offset_us, at_us;
};

/* X(NAME, option name): the texts of a view. Each is NULL or a NUL-terminated owned string; lists as written on the command
 * line, separated by commas at the top level of parentheses and quotes. */
#define WEIR_VIEW_TEXT_LIST(X)                                                                                         \
	X(WHERE, "where")   /* each -w adds a conjunct: joined as "(a) and (b)"; the chips are the conjuncts */        \
	X(DERIVE, "derive") /* "name=expr", repeatable: joined by a newline */                                         \
	X(GROUP, "group")                                                                                              \
	X(MEASURE, "measure")                                                                                          \
	X(WINDOW, "window")                                                                                            \
	X(SORT, "sort")                                                                                                \
	X(TOP, "top")                                                                                                  \
	X(AT, "at")                                                                                                    \
	X(LATE, "late")                                                                                                \
	X(GRACE, "grace")                                                                                              \
	X(SKEW, "skew")                                                                                                \
	X(COMPARE, "compare")

enum weir_view_text {
#define X(name, option) WEIR_VIEW_##name,
	WEIR_VIEW_TEXT_LIST(X)
#undef X
	    WEIR_VIEW_TEXT_COUNT
};

struct weir_view {
	char *text[WEIR_VIEW_TEXT_COUNT]; /* owned; WHERE and DERIVE: entries separated by '\n' */
	struct weir_window window;        /* parsed */
	int64_t at_us;                    /* WEIR_TIME_NONE: now, or the newest event of a finite source */
	int64_t late_us;                  /* -1: not given */
	int64_t grace_us;
	int64_t skew_us; /* -1: not given */
	uint64_t top;    /* 0: not given */
	struct weir_comparison compare;
};

void weir_view_init(struct weir_view *v);
void weir_view_release(struct weir_view *v);
enum weir_status weir_view_copy(struct weir_view *to, const struct weir_view *from,
				struct weir_error *err) WEIR_MUST_USE;
/* Replaces one text after checking its syntax (names are checked by bind, which knows the columns). NULL or "" clears.
 * EXPRESSION with a caret, or USAGE. The view is unchanged on failure. `now_us` resolves relative times (-15m). */
enum weir_status weir_view_set(struct weir_view *v, enum weir_view_text which, const char *text, int64_t now_us,
			       struct weir_error *err) WEIR_MUST_USE;
/* Adds one entry to WHERE or DERIVE (the chips). */
enum weir_status weir_view_add(struct weir_view *v, enum weir_view_text which, const char *text, int64_t now_us,
			       struct weir_error *err) WEIR_MUST_USE;
/* --skew as it applies: how far ahead of its arrival a time may be; -1: as far as it likes. finite: all sources end. */
int64_t weir_view_skew_us(const struct weir_view *v, bool finite);
const char *weir_view_option(enum weir_view_text which); /* "where" … */
/* The entries of WHERE or DERIVE, borrowed from the view. Returns how many there are; fills at most max. */
size_t weir_view_entries(const struct weir_view *v, enum weir_view_text which, struct weir_str *out, size_t max);
/* The names of columns the view reads (roots of paths, as decode wants them): owned array of borrowed strings in *arena.
 * all: every column is needed. */
enum weir_status weir_view_columns(const struct weir_view *v, struct weir_arena *arena, struct weir_str **names,
				   size_t *n, bool *all, bool *wants_raw, bool *wants_key, bool *wants_headers,
				   bool *wants_stamp, struct weir_error *err) WEIR_MUST_USE;
/* The sort keys: names without their quotes. */
struct weir_view_key {
	struct weir_str name;
	bool descending;
};
enum weir_status weir_view_sort_keys(const struct weir_view *v, struct weir_arena *arena, struct weir_view_key **out,
				     size_t *n, struct weir_error *err) WEIR_MUST_USE;
/* "5m sliding", "tumbling 1m", "since 2026-…", "rows 100", "all". Appends. */
void weir_window_show(const struct weir_window *w, struct weir_buf *out);
enum weir_status weir_window_parse(struct weir_str text, int64_t now_us, struct weir_window *out,
				   struct weir_error *err);
/* "none", "window", a duration ("10m"), or a moment. USAGE. */
enum weir_status weir_comparison_parse(struct weir_str text, int64_t now_us, struct weir_comparison *out,
				       struct weir_error *err);
/* Whether a window has an earlier one: it has a length in time, be it one that grows. `all` and `rows` have none: */
bool weir_window_compares(const struct weir_window *w);
const char *weir_window_uncompared(enum weir_window_kind kind); /* why, as a clause */
/* A moment: ISO 8601, "now", a duration before now ("-15m"), or a time of the day ("10:00", UTC: the newest that is not to
 * come yet). USAGE. */
enum weir_status weir_moment_parse(struct weir_str text, int64_t now_us, int64_t *us, struct weir_error *err);
/* Taking a text apart, by the tokens of the language; what is found borrows from the text. One that has none (a quote that
 * is not closed) is one part.
 *
 * Parts of a condition that are joined by "and" outside parentheses, at most max; one, where taking it apart would change its
 * meaning. *loose: beside an "and" all of it would need parentheses. */
size_t weir_view_conjuncts(struct weir_str condition, struct weir_str *out, size_t max, bool *loose);
/* Parts between the commas outside parentheses, at most max. */
size_t weir_view_list(struct weir_str text, struct weir_str *out, size_t max);
/* Where a value is typed: the cursor stands in an open text, or behind `column =`, `column in ('a',`, `column not like` and their
 * kind. */
struct weir_value_place {
	struct weir_str column; /* its name without quotes, in the arena; "": a text that is compared with no column */
	size_t from, to;        /* the bytes that are typed of it, its quotes among them */
	bool open;              /* it has its opening quote */
};
/* False: something else is typed there, or there is no memory. */
bool weir_view_value_place(struct weir_str text, size_t cursor, struct weir_arena *arena, struct weir_value_place *out);
/* A value as an expression wants it: 'it''s', 5, timestamp '2026-…'. Appends. */
struct weir_value;
void weir_view_quote_value(const struct weir_value *v, struct weir_buf *out);
/* Without the parentheses around all of it. */
struct weir_str weir_view_inside(struct weir_str text);
/* "expr as name" without its name. */
struct weir_str weir_view_without_name(struct weir_str text);

/* The name of a column as an expression wants it: quoted unless it is one as it stands, and no keyword. Appends. */
void weir_view_quote(struct weir_str column, struct weir_buf *out);
/* The name of a column of the result as a sort key: quoted unless it is one as it stands. Appends. */
void weir_view_quote_key(struct weir_str name, struct weir_buf *out);
/* The text of a condition `column = value` (`is null` for NULL), quoted as the language wants it. Appends. */
void weir_condition_text(struct weir_str expression, const struct weir_value *v, bool negate, struct weir_buf *out);

/* The functions and aggregates of this build, for --list functions, completion and the manual. */
struct weir_function_doc {
	const char *name;      /* "date_trunc" */
	const char *signature; /* "date_trunc('unit', timestamp)" */
	const char *help;      /* one line */
	const char *example;   /* "date_trunc('hour', time)" */
	bool aggregate;
	const char *detail; /* what the docs add: exactness, ties; Markdown, one line. NULL: nothing */
};
const struct weir_function_doc *weir_function_doc(size_t i); /* NULL: there are no more */

/* How far the watermark stays behind the newest event: weir_view.late_us, or the default of --late where that is below zero. */
static inline int64_t weir_late_us(int64_t asked_us)
{
	return asked_us < 0 ? 10 * WEIR_US_PER_S : asked_us;
}

#endif
