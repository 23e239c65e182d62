/* A list over the foot of the screen, with the picture of what is chosen in it behind: the questions asked, the saved
 * views. Thread: screen. */
#ifndef WEIR_TUI_LIST_H
#define WEIR_TUI_LIST_H

#include "tui/picture/picture.h"

struct weir_list {
	struct weir_canvas c; /* the title stands in its first line */
	int n, at;            /* entries, and the chosen one; -1: none */
	int first, rows;      /* those that are seen */
};

/* The list that is open: as high as a third of the screen at most, scrolled to what is chosen. */
struct weir_list weir_list_of(const struct weir_picture *pic, struct weir_canvas screen);
/* Its paper, its title, and the bar under the chosen entry. */
void weir_list_draw(const struct weir_list *l, const char *title);

#endif
