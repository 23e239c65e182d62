/* One line of text being typed: cursor, history, completion, the error of the last try. Thread: screen. */
#ifndef WEIR_TUI_PROMPT_H
#define WEIR_TUI_PROMPT_H

#include "weir/base/memory.h"
#include "weir/base/str.h"

/* X(NAME, label before the text) */
#define WEIR_PROMPT_LIST(X)                                                                                            \
	X(NONE, "")                                                                                                    \
	X(FILTER, "filter")                                                                                            \
	X(GROUP, "group")                                                                                              \
	X(MEASURE, "measure")                                                                                          \
	X(WINDOW, "window")                                                                                            \
	X(COMMAND, ":")
enum weir_prompt_kind {
#define X(name, label) WEIR_PROMPT_##name,
	WEIR_PROMPT_LIST(X)
#undef X
	    WEIR_PROMPT_COUNT
};

enum { WEIR_HISTORY_LINES = 50, WEIR_PROMPT_CHOICES = 200 };

/* One thing that could be typed here. Both strings live as long as the list. */
struct weir_choice {
	struct weir_str text; /* what it puts in place of the word */
	struct weir_str help; /* one line beside it */
};

struct weir_prompt {
	enum weir_prompt_kind kind;
	struct weir_buf text;
	size_t cursor;					      /* byte, on a character's border */
	struct weir_error error;			      /* of the last try; code OK: none */
	char *history[WEIR_PROMPT_COUNT][WEIR_HISTORY_LINES]; /* owned, newest first */
	int history_at;					      /* -1: the line being typed */
	char *draft;					      /* owned: that line while walking the history */
	struct weir_arena choices_memory;
	struct weir_choice choices[WEIR_PROMPT_CHOICES];
	int n_choices, choice;	   /* choice -1: none taken yet */
	size_t word_from, word_to; /* bytes that a choice replaces */
};

void weir_prompt_init(struct weir_prompt *p);
void weir_prompt_release(struct weir_prompt *p);
void weir_prompt_open(struct weir_prompt *p, enum weir_prompt_kind kind, struct weir_str text);
void weir_prompt_close(struct weir_prompt *p);
/* Keeps the line as the newest of its history. */
void weir_prompt_remember(struct weir_prompt *p);
void weir_prompt_insert(struct weir_prompt *p, struct weir_str s); /* control characters become blanks */
void weir_prompt_erase(struct weir_prompt *p, bool forward, bool word);
void weir_prompt_erase_to(struct weir_prompt *p, bool end); /* from the cursor to the line's end or start */
void weir_prompt_move(struct weir_prompt *p, int direction, bool word);
void weir_prompt_move_to(struct weir_prompt *p, bool end);
void weir_prompt_history(struct weir_prompt *p, int direction); /* +1 older, -1 newer */
/* Puts the next (or previous) choice in place of the word. */
void weir_prompt_choose(struct weir_prompt *p, int direction);

#endif
