/* One record in full, as lines: made once for each record and width, then drawn and walked. Thread: screen. */
#ifndef WEIR_TUI_RECORD_H
#define WEIR_TUI_RECORD_H

#include "tui/panels/records.h"
#include "weir/model/left_out.h"
#include "weir/session/command.h"

/* Something that the cursor stops at: a field, a part of one that holds JSON, or what is known of the record itself. */
struct weir_record_item {
	struct weir_str label;
	int depth;            /* in the tree */
	const char *type;     /* static */
	struct weir_str text; /* to show; may hold line feeds */
	enum weir_ink ink;
	bool heading;               /* a title: the cursor passes it */
	bool bytes;                 /* the text is shown byte by byte, not by words */
	struct weir_str expression; /* of the value, as a question names it; size 0: none can */
	struct weir_value value;
	uint32_t first, end; /* its lines */
};

struct weir_record_line {
	struct weir_str label, text;
	const char *type; /* NULL: none */
	int x;            /* of the text */
	uint32_t item;
};

struct weir_record {
	struct weir_arena arena; /* holds all texts */
	struct weir_row_place place;
	bool whole;   /* made of the record itself; else of its line in the list */
	bool held;    /* it is still in memory */
	bool reading; /* its bytes are on their way */
	bool hex;
	int columns;         /* of the panel */
	uint64_t generation; /* of the view: derived columns */
	const char *noun;    /* for the title; static */
	int64_t time_us;
	struct weir_str stream;
	int label_width, type_x;
	struct weir_record_item *items; /* owned */
	size_t n_items, items_capacity;
	struct weir_record_line *lines; /* owned */
	size_t n_lines, lines_capacity;
	bool failed; /* no memory: something is missing */
};

/* The record `full`, or what its line in the list says of it when that is NULL. NULL: no memory. */
struct weir_record *weir_record_make(const struct weir_records_rows *rows, const struct weir_result_record *record,
				     const struct weir_record_full *full, int columns, bool hex);
/* A record that was left out. NULL: no memory. */
struct weir_record *weir_record_make_left(const struct weir_left_out *record, struct weir_str stream, int columns,
					  bool hex);
void weir_record_free(struct weir_record *d);
/* record_lines.c. Adds an item; NULL: no memory, which `failed` tells. The texts are borrowed from the arena, or static. */
struct weir_record_item *weir_record_add(struct weir_record *d, int depth, struct weir_str label, const char *type,
					 struct weir_str text);
/* Columns before the label of an item. What is deep in a tree stands no further right than the middle: its text needs room. */
int weir_record_indent(const struct weir_record *d, const struct weir_record_item *item);
/* Breaks the items into lines for its width. */
void weir_record_break(struct weir_record *d);

/* record_json.c: adds a JSON array or object below the item that is its root, as a tree. `root` is the expression of the
 * whole. False, and nothing is added: the text is none, or one with more than a few thousand values. */
bool weir_record_add_json(struct weir_record *d, int depth, struct weir_str text, struct weir_str root);

/* Keys and the mouse while it is open, in a part of the panel with so many rows: the title and the lines. False: it is
 * nothing that means something here. */
bool weir_record_command(struct weir_record_page *p, enum weir_command command, int rows, struct weir_wish *wish);
bool weir_record_click(struct weir_record_page *p, int rows, int y);
enum { WEIR_RECORD_WHEEL_ROWS = 3 }; /* of a list or an open record, for a step of the wheel */
void weir_record_wheel(struct weir_record_page *p, int rows, bool down);
/* A panel with a list and, while a record of it is open, that record below: the rows of the panel that the list takes, with title
 * and heads (0: none); and how many rows of the screen the panel wants for an open one (0: it is not open). */
int weir_record_list_rows(bool open, int rows);
int weir_record_drawer_rows(bool open, int columns, int rows);
/* Takes a record, which is freed with the page; the cursor stays on the field of its name. */
void weir_record_show(struct weir_record_page *p, struct weir_record *made);
/* Makes the lines of the cursor's record anew, where the result has more of it, or the width is another. */
void weir_record_see(struct weir_records_state *s, const struct weir_records_rows *rows, int columns);
/* finder: what it finds is lit; NULL: nothing. */
void weir_record_draw(const struct weir_record_page *p, struct weir_finder *finder, struct weir_canvas c, bool focus);

#endif
