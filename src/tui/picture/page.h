/* The lines of a page that lies over the screen: titles, and texts with a label before them, wrapped between words and
 * running down one column after the other. page.c is the frame around them, help.c writes the help. Thread: screen. */
#ifndef WEIR_TUI_PAGE_H
#define WEIR_TUI_PAGE_H

#include "tui/picture/picture.h"

/* Lines before `scroll` are above the page. Without a canvas (0 columns) lines are only counted. */
struct weir_page_writer {
	struct weir_canvas c;
	int line, scroll; /* the next line, counted from the first of the text */
	int rows;         /* lines of one column */
	int width, label; /* columns of one column of text, and of the labels in it */
};

void weir_page_title(struct weir_page_writer *p, const char *title);
/* A label and its text, over as many lines as they need; without a label the text takes the width of both. */
void weir_page_text(struct weir_page_writer *p, struct weir_str label, struct weir_str text);
/* The same as a sentence: with a capital letter and a full stop. */
void weir_page_sentence(struct weir_page_writer *p, const char *label, const char *text);

void weir_help_write(struct weir_page_writer *p, const struct weir_picture *pic);

#endif
