/* The records panel: rows one by one, as a log shows them, the newest at the foot; and one of them in full.
 *
 *   records.c           the panel: its keys and the mouse
 *   records_draw.c      the list as a picture; records_title.c its title
 *   records_rows.c      the rows of the list, by time or in the order of a column
 *   records_cursor.c    which rows are in view, and the row that the cursor stays on while others arrive
 *   records_columns.c   which columns there are, in what order
 *   records_widths.c    how wide they are, and which of them the panel has room for
 *   records_cell.c      the text of a cell, and what is recognised in it: levels, times, processes
 *   record.c            one record in full: its keys and its picture
 *   record_make.c       what there is to see of it: fields as a tree with their types, its origin, its bytes
 *   record_lines.c      the lines of that, for a width
 *   record_json.c       JSON text as a tree
 *
 * What the person did stands in struct weir_records_state, which is a part of the state of the screen. Keys and the mouse
 * change it, and so does each result, before it is drawn: widths only grow, and the cursor's row may have left. Drawing
 * reads it. Thread: screen. */
#ifndef WEIR_TUI_RECORDS_H
#define WEIR_TUI_RECORDS_H

#include "tui/draw/draw.h"
#include "weir/base/memory.h"
#include "weir/query/ordered.h"
#include "weir/query/search.h"

struct weir_area;
struct weir_picture;
struct weir_record;
struct weir_session_info;
struct weir_wish;

/* What a column is to a log. */
enum weir_records_role {
	WEIR_ROLE_PLAIN,
	WEIR_ROLE_LEVEL,   /* how serious a record is */
	WEIR_ROLE_PROCESS, /* who wrote it */
	WEIR_ROLE_MESSAGE, /* its text: it stands last and takes the free width */
};

/* A column of the list. It is known by its name: its number changes when columns appear. */
struct weir_records_column {
	char *name;      /* owned */
	uint32_t column; /* of the newest result; UINT32_MAX: not in it */
	enum weir_records_role role;
	int wide;     /* columns of the widest text that was in view, and of the name */
	int width;    /* as it is drawn: only grows */
	int more;     /* what the person added to it or took off */
	int decimals; /* only grows */
	bool filled;  /* some row in view had a value */
	bool hidden;  /* by the person */
};

enum weir_records_days { WEIR_ONE_DAY, WEIR_ONE_YEAR, WEIR_MANY_YEARS };

/* A record in full, as it is looked at. */
struct weir_record_page {
	struct weir_record *full; /* owned: its lines; NULL: still to come */
	int field, scroll;        /* the item under the cursor, and lines above the picture */
	bool hex;                 /* the bytes as numbers */
};

/* Part of the state of the screen: see above. */
struct weir_records_state {
	bool held;                    /* the cursor is on a row of its own; else on the first of the rows */
	bool to_last;                 /* it is on its way to the last of them */
	bool jumps;                   /* it is on its way to the row at `target` … */
	bool to_time;                 /* … or to the newest of that time or before */
	struct weir_row_place cursor; /* when held */
	struct weir_row_place target;
	int line; /* lines of the list between the first row in view and the cursor */

	struct weir_buf by;     /* the expression that orders the rows; size 0: time does */
	bool ascending, turned; /* turned: it is not the way in which it began */
	bool was_held;          /* before it was turned: `cursor` is that row still */
	uint64_t ordered_first; /* the row of that order that a stretch is asked for from */

	struct weir_buf sought;     /* what is searched for; size 0: nothing */
	struct weir_finder *finder; /* owned: finds it in a text; NULL: nothing */

	struct weir_records_column *columns; /* owned, in the order in which they appeared */
	size_t n_columns, columns_capacity;
	uint32_t *order; /* owned: all of them, as they stand from left to right */
	size_t order_capacity;
	bool moved; /* the order is the person's */
	int at;     /* index in `columns` of the one under the cursor; -1: the whole row */
	int first;  /* columns that were scrolled out of the picture on the left */
	int room;   /* columns of the panel, and the question, that the widths belong to */
	uint64_t generation;
	enum weir_records_days days; /* how much of a time is shown: only grows, as the widths do */
	bool fine, timed;            /* times with fractions; any time at all */
	int time_width, stream_width;

	bool open; /* the cursor's row is shown in full */
	struct weir_record_page page;
};

void weir_records_init(struct weir_records_state *s);
void weir_records_release(struct weir_records_state *s);

/* What was found out for the panel beside the results (screen/records.c). All is borrowed. */
struct weir_records_studies {
	const struct weir_ordered_answer *ordered; /* NULL: none yet */
	const struct weir_search_answer *found;
	double ordering, searching; /* how far they are, 0 to 1; below 0: they are at rest */
};

/* records_rows.c: the rows of the list. In the order of time they are those of the result, the newest first; it stands at
 * the foot. In the order of a column they are those of the study, and the first stands at the top. */
struct weir_records_rows {
	const struct weir_result *r;
	uint32_t n, n_columns;
	const struct weir_result_record *records;
	const struct weir_result_column *columns;
	bool ordered;
	uint64_t before, total; /* rows before the first of these, and of all that can be reached */
	uint64_t beyond;        /* further ones, that memory has no room to put into order */
	bool exact;             /* neither is only a lower bound */
	bool gone;              /* the row under the cursor has left, or does not pass any more */
};
struct weir_records_rows weir_records_rows(const struct weir_picture *pic);
/* Orders by an expression; by the same again: the other way round, then by time, where the cursor stays on its row. Size 0: by
 * time. `text`: its values are texts. */
void weir_records_order_by(struct weir_records_state *s, struct weir_str by, bool text);
/* What is searched for (weir/query/search.h). Fills err and returns false when it is no pattern; then it is as before. */
bool weir_records_seek(struct weir_records_state *s, struct weir_str what, struct weir_error *err);
void weir_records_seek_nothing(struct weir_records_state *s);
/* records.c: orders by the column under the cursor, or by the one that is measured. */
void weir_records_order(const struct weir_picture *pic, struct weir_records_state *s);
/* Those of the result alone. */
struct weir_records_rows weir_records_rows_of(const struct weir_result *r);

enum { WEIR_RECORDS_STRETCH = 1000 }; /* rows in the order of a column that are handed out at once */

/* records_cursor.c. `lines` is the height of the list. */

struct weir_records_view {
	uint32_t from, n; /* rows in view: [from, from + n) */
	int cursor;       /* the row under the cursor; -1: there is none */
};
struct weir_records_view weir_records_view(const struct weir_records_state *s, const struct weir_records_rows *rows,
					   int lines);
/* Moves the cursor `by` lines down, or up when below zero. `scroll`: the list moves with it. */
void weir_records_move(struct weir_records_state *s, const struct weir_records_rows *rows, int lines, int by,
		       bool scroll);
void weir_records_put(struct weir_records_state *s, const struct weir_records_rows *rows, int lines, int row);
void weir_records_to_first(struct weir_records_state *s); /* the newest, which is followed then */
void weir_records_to_last(struct weir_records_state *s);
void weir_records_jump(struct weir_records_state *s, const struct weir_row_place *target);
void weir_records_jump_to_time(struct weir_records_state *s, int64_t time_us);
/* Rows came: an unfinished way ends, and a cursor whose row has gone goes to the next one. */
void weir_records_follow(struct weir_records_state *s, const struct weir_records_rows *rows, int lines);
void weir_records_request(const struct weir_records_state *s, int lines, struct weir_records_request *out);

/* records_columns.c */

/* Takes over the columns of a result. */
void weir_records_take_columns(struct weir_records_state *s, const struct weir_records_rows *rows);
/* Is it to be shown: neither hidden nor empty, nor the time, which has a place of its own? */
bool weir_records_shows(const struct weir_records_state *s, const struct weir_records_rows *rows,
			const struct weir_records_column *c);
/* The column under the cursor; NULL: there is none, or the result is without it. */
const struct weir_records_column *weir_records_column_at(const struct weir_records_state *s,
							 const struct weir_records_rows *rows);
/* The shown column `by` places after the one under the cursor: an index in `columns`; -1: before the first. Beyond the last: the last. */
int weir_records_next_column(const struct weir_records_state *s, const struct weir_records_rows *rows, int at, int by);
/* Puts the column under the cursor `by` places further right. */
void weir_records_move_column(struct weir_records_state *s, const struct weir_records_rows *rows, int by);
/* Only these, in this order. False, err is filled, and nothing changes: there is no such column. */
bool weir_records_choose(struct weir_records_state *s, const struct weir_records_rows *rows,
			 const struct weir_str *names, size_t n, struct weir_error *err);
/* All columns as they were at first. */
void weir_records_reset_columns(struct weir_records_state *s);

/* records_widths.c */

enum { WEIR_RECORDS_COLUMNS = 100, WEIR_RECORDS_GAP = 2 };
struct weir_records_fit {
	int n;
	struct {
		uint32_t at; /* index in `columns` */
		int x, width;
	} items[WEIR_RECORDS_COLUMNS]; /* from left to right */
	int time_x, stream_x;          /* -1: not shown */
	int before, beyond;            /* shown columns that there is no room for, on either side */
	int n_empty, n_hidden;         /* not shown */
};
/* Where the columns stand in a panel of that many columns. */
void weir_records_fit(const struct weir_records_state *s, const struct weir_records_rows *rows, int columns,
		      struct weir_records_fit *out);
/* Lets the widths grow to what is in view. */
void weir_records_measure(struct weir_records_state *s, const struct weir_records_rows *rows,
			  const struct weir_session_info *info, int columns, const struct weir_records_view *view);
/* Moves to the column `by` places further right, so that it is in the picture. */
void weir_records_sideways(struct weir_records_state *s, const struct weir_records_rows *rows, int columns, int by);

/* records_cell.c */

enum weir_records_role weir_records_role_of(struct weir_str column);
/* What a level means: BAD, WARN, DIM (details); TEXT: nothing special, or not a level. */
enum weir_ink weir_records_level(struct weir_str column, const struct weir_value *v);
bool weir_records_is_code(struct weir_str column); /* of HTTP */
/* The text of a cell: the first line of a text with several, and how many follow. `as_is`: nothing stands in quotes but the
 * empty text. Appends. */
void weir_records_cell_text(const struct weir_value *v, int decimals, bool as_is, struct weir_buf *out);
bool weir_is_number(enum weir_type t);
int weir_records_decimals(const struct weir_value *v); /* that a float needs, at most three */
/* Part of a text that is drawn in another ink. */
struct weir_records_mark {
	size_t from, to; /* bytes */
	enum weir_ink ink;
};
enum { WEIR_RECORDS_MARKS = 4 };
/* What a line of a log begins with: its time, its process, its level. Returns how many marks; *level as above. */
int weir_records_scan(struct weir_str line, struct weir_records_mark marks[WEIR_RECORDS_MARKS], enum weir_ink *level);
/* How serious the record is, by its level or its text. */
enum weir_ink weir_records_record_level(const struct weir_records_state *s, const struct weir_records_rows *rows,
					const struct weir_result_record *record);

/* Lights what is searched for in a text that was drawn there in so many columns. */
void weir_records_light(struct weir_finder *finder, struct weir_canvas c, int x, int y, int columns,
			struct weir_str text); /* NULL allowed */

/* records_draw.c: the list, with its title and heads, in its part of the panel. */
void weir_records_draw(const struct weir_picture *pic, const struct weir_area *area);
void weir_records_title(const struct weir_picture *pic, const struct weir_area *area,
			const struct weir_records_rows *rows, const struct weir_records_fit *fit,
			const struct weir_records_view *view); /* records_title.c */

#endif
