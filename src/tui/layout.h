/* Where everything stands: a pure function of the size and of what there is to show. */
#ifndef WEIR_TUI_LAYOUT_H
#define WEIR_TUI_LAYOUT_H

#include "tui/ui.h"

enum { WEIR_MIN_COLUMNS = 40, WEIR_MIN_ROWS = 10 };

struct weir_rect {
	int x, y, columns, rows; /* 0 rows: not shown */
};

struct weir_layout_wish {
	int columns, rows;
	enum weir_panel focus, lower;
	bool zoomed;
	bool has_groups, has_time, has_histogram;
	uint32_t table_rows; /* rows the table has, with its others row */
	uint32_t streams;    /* lines the streams panel would like */
};

struct weir_layout {
	bool too_small;
	struct weir_rect header, question, kpi, ledger, keys;
	struct weir_rect panels[WEIR_PANEL_COUNT];
	struct weir_rect volume; /* second chart: rows over time */
};

void weir_layout_compute(const struct weir_layout_wish *wish, struct weir_layout *out);
static inline bool weir_rect_holds(struct weir_rect r, int x, int y)
{
	return x >= r.x && x < r.x + r.columns && y >= r.y && y < r.y + r.rows;
}

#endif
