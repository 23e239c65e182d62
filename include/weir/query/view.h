/* A view: what was asked. Text by text as the user wrote it, plus what parsing made of it. The same names as the options of
 * the command line, the commands of the screen and the keys of a saved view.
 *
 * Thread: a view belongs to whoever made it; give another thread a copy (weir_view_copy). */
#ifndef WEIR_QUERY_VIEW_H
#define WEIR_QUERY_VIEW_H

#include "weir/base/memory.h"
#include "weir/base/time.h"

enum weir_window_kind {
	WEIR_WINDOW_DEFAULT, /* live: sliding 5m; finite: all. Resolved before binding */
	WEIR_WINDOW_SLIDING, /* (T - size, T] */
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

/* X(NAME, option name): the texts of a view. Each is NULL or a NUL-terminated owned string; lists as written on the command
 * line, separated by commas at the top level of parentheses and quotes. */
#define WEIR_VIEW_TEXT_LIST(X)                                                                                         \
	X(WHERE, "where")     /* each -w adds a conjunct: joined as "(a) and (b)"; the chips are the conjuncts */      \
	X(DERIVE, "derive")   /* "name=expr", repeatable: joined by a newline */                                      \
	X(GROUP, "group")                                                                                              \
	X(MEASURE, "measure")                                                                                          \
	X(WINDOW, "window")                                                                                            \
	X(SORT, "sort")                                                                                                \
	X(TOP, "top")                                                                                                  \
	X(AT, "at")                                                                                                    \
	X(LATE, "late")                                                                                                \
	X(GRACE, "grace")

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
	uint64_t top;                     /* 0: not given */
};

void weir_view_init(struct weir_view *v);
void weir_view_release(struct weir_view *v);
enum weir_status weir_view_copy(struct weir_view *to, const struct weir_view *from, struct weir_error *err) WEIR_MUST_USE;
/* Replaces one text after checking its syntax (names are checked by bind, which knows the columns). NULL or "" clears.
 * EXPRESSION with a caret, or USAGE. The view is unchanged on failure. `now_us` resolves relative times (-15m). */
enum weir_status weir_view_set(struct weir_view *v, enum weir_view_text which, const char *text, int64_t now_us,
			       struct weir_error *err) WEIR_MUST_USE;
/* Adds one entry to WHERE or DERIVE (the chips). */
enum weir_status weir_view_add(struct weir_view *v, enum weir_view_text which, const char *text, int64_t now_us,
			       struct weir_error *err) WEIR_MUST_USE;
const char *weir_view_option(enum weir_view_text which); /* "where" … */
/* The entries of WHERE or DERIVE, borrowed from the view. Returns how many there are; fills at most max. */
size_t weir_view_entries(const struct weir_view *v, enum weir_view_text which, struct weir_str *out, size_t max);
/* "5m sliding", "tumbling 1m", "since 2026-…", "rows 100", "all". Appends. */
void weir_window_show(const struct weir_window *w, struct weir_buf *out);
enum weir_status weir_window_parse(struct weir_str text, int64_t now_us, struct weir_window *out, struct weir_error *err);
/* A moment: ISO 8601, "now", or a duration before now ("-15m"). USAGE. */
enum weir_status weir_moment_parse(struct weir_str text, int64_t now_us, int64_t *us, struct weir_error *err);
/* The text of a condition `column = value` (`is null` for NULL), quoted as the language wants it. Appends. */
struct weir_value;
void weir_condition_text(struct weir_str expression, const struct weir_value *v, bool negate, struct weir_buf *out);

/* The functions and aggregates of this build, for --list functions, completion and the manual. End: name NULL. */
struct weir_function_doc {
	const char *name;      /* "date_trunc" */
	const char *signature; /* "date_trunc('unit', timestamp)" */
	const char *help;      /* one line */
	const char *example;   /* "date_trunc('hour', time)" */
	bool aggregate;
};
const struct weir_function_doc *weir_function_docs(void);

#endif
