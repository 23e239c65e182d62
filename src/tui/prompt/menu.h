/* A list to pick from: entries with a few short columns, filtered by what is typed, the best first. The prompt has one
 * and decides what an entry does; the schema panel draws its columns by the same rows.
 *
 *   match.c      how well a text fits what was typed
 *   menu.c       entries, filter, cursor
 *   menu_draw.c  heads and rows
 *
 * Thread: screen. */
#ifndef WEIR_TUI_MENU_H
#define WEIR_TUI_MENU_H

#include "tui/draw/draw.h"
#include "weir/base/memory.h"

enum { WEIR_MENU_CELLS = 6, WEIR_MATCH_BYTES = 192, WEIR_MATCH_WORDS = WEIR_MATCH_BYTES / 64 };

/* Whether the letters of each typed word (blanks between them) stand in the text in their order, in either case. The
 * score is greater for letters that follow one another, begin words, or are all of the text. marks, if not NULL: bit i
 * is set for byte i that was met, WEIR_MATCH_WORDS words. Of longer texts the first WEIR_MATCH_BYTES bytes count.
 * Method: local alignment with affine gaps (Smith and Waterman, 1981; Gotoh, 1982), as in fzf. */
bool weir_match(struct weir_str typed, struct weir_str text, int *score, uint64_t *marks);

struct weir_menu_bar {
	struct weir_str label;
	double share; /* of all, 0-1 */
};

struct weir_menu_head {
	const char *name;
	enum weir_align align;
	int drop; /* where there is no room the greatest is left out first; 0: never */
};
/* Of the text, of each cell, and of the rest of the line. A cell without a name is not shown. */
struct weir_menu_heads {
	struct weir_menu_head text, cells[WEIR_MENU_CELLS], rest;
	bool long_texts; /* entries without cells count for the width of the texts too */
};

/* An entry. Its strings live as long as the list's memory, or longer. */
struct weir_menu_item {
	struct weir_str text; /* what is matched and taken */
	struct weir_str also; /* other words that find it */
	struct weir_str cells[WEIR_MENU_CELLS];
	/* At the end of the line, one after the other as far as there is room: what is to be known first, a sentence or
	 * a value, what is frequent (the most frequent first). */
	struct weir_str warning, rest;
	const struct weir_menu_bar *bars;
	uint32_t n_bars;
	bool now;     /* part of the present question */
	bool marked;  /* part of what is typed */
	bool empties; /* taking it takes an empty text */
	bool goes_on; /* only a beginning: it goes into the line, and more is typed */
	bool faint;   /* its text is no choice that one would often make */
	int score;    /* how well it fits what was typed last */
	int worth;    /* added to that: more is meant than that it fits */
};

struct weir_menu {
	struct weir_arena memory;     /* for strings of the entries */
	struct weir_menu_item *items; /* owned */
	size_t capacity;
	uint32_t n;
	struct weir_menu_heads heads;
	uint32_t *shown; /* owned: the entries that fit, the best first */
	size_t shown_capacity;
	uint32_t n_shown;
	int cursor;      /* in shown; -1: none is chosen */
	int first, rows; /* the first that is seen, in shown, and how many */
	bool shows_now;  /* entries that are part of the present question have a sign */
	bool failed;     /* an entry found no memory */
};

void weir_menu_clear(struct weir_menu *l); /* no entries and no heads; keeps its memory for the next */
void weir_menu_release(struct weir_menu *l);
/* A new entry at the end, all zero but its text, of which it has a copy; NULL: no memory, or the text is empty. The
 * pointer is good until the next. */
struct weir_menu_item *weir_menu_add(struct weir_menu *l, struct weir_str text);
/* Shows the entries that fit; those that fit alike stay in their order. The cursor goes to the first of them, or to the
 * entry of the text `at` if it is there. Without memory nothing is shown. */
void weir_menu_filter(struct weir_menu *l, struct weir_str typed, struct weir_str at);
/* Leaves out what fits less than half as well as the best. */
void weir_menu_cut(struct weir_menu *l);
/* The entry at the cursor; NULL: there is none. */
const struct weir_menu_item *weir_menu_current(const struct weir_menu *l);
/* What it puts into the line. */
static inline struct weir_str weir_menu_taken(const struct weir_menu_item *item)
{
	return item->empties ? (struct weir_str){0} : item->text;
}
/* The entry of exactly that text; NULL: there is none. */
struct weir_menu_item *weir_menu_find(const struct weir_menu *l, struct weir_str text);
void weir_menu_move(struct weir_menu *l, int by);
/* So many rows of entries are seen: scrolls so that the cursor is among them. */
void weir_menu_see(struct weir_menu *l, int rows);

/* On a paper: heads in the first row, entries below. What of them was typed is lit. The row of the cursor is lit when `takes`: when
 * Enter takes it. */
void weir_menu_draw(const struct weir_menu *l, struct weir_str typed, bool takes, enum weir_paper paper,
		    struct weir_canvas c);
/* Which of shown[] stands in row y of such a canvas; -1: none. */
int weir_menu_at(const struct weir_menu *l, int y);

#endif
