/* The table of panels, in the order in which Tab goes through them. */
#include "tui/panels/panels.h"

/* One line a panel: X(name) is weir_panel_name. */
#define PANELS(X)                                                                                                      \
	X(table)                                                                                                       \
	X(pivot)                                                                                                       \
	X(heat)                                                                                                        \
	X(chart)                                                                                                       \
	X(histogram)                                                                                                   \
	X(records)                                                                                                     \
	X(left_out)                                                                                                    \
	X(streams)                                                                                                     \
	X(schema)                                                                                                      \
	X(volume)                                                                                                      \
	X(why)

#define X(name) extern const struct weir_panel weir_panel_##name;
PANELS(X)
#undef X

const struct weir_panel *const weir_panels[] = {
#define X(name) &weir_panel_##name,
    PANELS(X)
#undef X
	NULL,
};

_Static_assert(sizeof(weir_panels) / sizeof(weir_panels[0]) <= WEIR_MAX_PANELS + 1,
	       "more panels than the state has room for");
