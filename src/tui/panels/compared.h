/* How a measure changed, what it is compared with, and the groups that changed most, as table, chart, figures and commands show
 * them. Drawing is pure, as everywhere in panels.h. Thread: screen. */
#ifndef WEIR_TUI_PANELS_COMPARED_H
#define WEIR_TUI_PANELS_COMPARED_H

#include "tui/panels/panels.h"
#include "weir/query/movers.h"

enum { WEIR_COMPARED_BYTES = 96 };

/* How a measure moved: the sign, the percentage, and whether it is worth a colour: only what is more than chance explains is. */
struct weir_change {
	bool known;
	int64_t known_from_us; /* when it is not known: from when it will be; WEIR_TIME_NONE: nobody can tell */
	int direction;         /* -1, 0, 1 */
	double fraction;
	const char *word; /* in place of the percentage: "new", "gone"; NULL: none */
	enum weir_ink ink;
};
struct weir_change weir_change_of(const struct weir_result *r, const struct weir_result_row *row, uint32_t measure);
/* "▲ 24.4 %": the sign, then the percentage in `columns` columns (0: as many as it takes). Returns all columns used. */
int weir_change_draw(struct weir_canvas c, int x, int y, int columns, struct weir_change change,
		     struct weir_style style);

/* "10m before", "the window before", "14:03:20", "nothing", into WEIR_COMPARED_BYTES. Returns out. */
char *weir_compared_words(const struct weir_comparison *c, int64_t day_us, char *out);
/* Somebody chose what to compare with: then the picture shows it at length. */
bool weir_compares_by_name(const struct weir_picture *pic);

/* Never NULL; pic->result is not. */
const struct weir_movers *weir_movers_of(const struct weir_picture *pic);
struct weir_change weir_mover_change(const struct weir_result *r, const struct weir_mover *m);
/* "payments p95": its group, and the measure that moved unless that is the number of rows. Appends. */
void weir_mover_name(const struct weir_result *r, const struct weir_mover *m, struct weir_buf *out);

#endif
