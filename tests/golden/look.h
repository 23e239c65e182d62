/* The screen as a terminal shows it (libvterm), and as text with its styles for the golden files. */
#ifndef WEIR_TESTS_LOOK_H
#define WEIR_TESTS_LOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <vterm.h>

struct look {
	VTerm *vterm;
	VTermScreen *screen;
	int columns, rows;
	char tail[4]; /* the beginning of a character whose end has not come yet */
	size_t n_tail;
};

bool look_start(struct look *l, int columns, int rows);
/* A read may end within a character: its beginning is kept until the next call, or until look_flush, which shows it as the
 * broken character that it then is. */
void look_feed(struct look *l, const char *bytes, size_t n);
void look_flush(struct look *l);
/* What the terminal answers to what it was fed. Returns how many bytes. */
size_t look_answer(struct look *l, char *bytes, size_t max);
void look_resize(struct look *l, int columns, int rows);
void look_end(struct look *l);
/* The characters of all rows, trailing blanks cut. Owned by the caller. */
char *look_text(const struct look *l);
/* That, then for each row with styles "rows: letters", then what the letters mean. Owned by the caller. */
char *look_text_and_styles(const struct look *l);

#endif
