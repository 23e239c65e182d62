/* Which columns the top-N table has room for: groups and the measure that sorts always; then the change against the
 * window before, the sparkline, the share, the bar; the other measures as long as they fit. A pure function. */
#ifndef WEIR_TUI_TABLE_FIT_H
#define WEIR_TUI_TABLE_FIT_H

#include "tui/times.h"
#include "weir/base/bounds.h"

enum { WEIR_TABLE_GAP = 2, WEIR_CHANGE_COLUMNS = 9, WEIR_SHARE_COLUMNS = 7 };

struct weir_table {
	const struct weir_result *r;
	struct weir_times times;
	int group_columns[WEIR_MAX_GROUP_COLUMNS];
	int measure_columns[WEIR_MAX_MEASURES]; /* 0: not shown */
	int decimals[WEIR_MAX_MEASURES];
	bool short_names;
	bool change;
	int share, bar, spark; /* columns; 0: not shown */
	uint32_t sort;	       /* measure that bar, change and sparkline tell about */
	double largest;	       /* of the sort measure */
};

void weir_table_fit(struct weir_table *t, const struct weir_result *r, int columns);
/* The measure's name as the head has room for it. */
struct weir_str weir_table_measure_name(const struct weir_table *t, uint32_t measure);

#endif
