/* The remarks of the streams panel. Each takes a line at *y, which it counts even where nothing is drawn. Thread: the screen's. */
#ifndef WEIR_TUI_PANELS_STREAMS_H
#define WEIR_TUI_PANELS_STREAMS_H

#include "tui/panels/panels.h"

/* Nothing where the text is empty. */
void weir_streams_put_remark(struct weir_canvas c, int *y, const char *label, const char *text, enum weir_ink ink);
/* How many records did not parse, by reason. */
void weir_streams_put_malformed(struct weir_canvas c, int *y, const struct weir_ledger *l);
/* The other warnings about the stream. */
void weir_streams_put_warnings(const struct weir_picture *pic, struct weir_canvas c, int *y,
			       const struct weir_stream_info *s);
/* Where rows go, and how far they are. */
void weir_streams_put_landing(struct weir_canvas c, int *y, const struct weir_landing_status *s);
/* Who computes the view elsewhere, and how it gets on. */
void weir_streams_put_fabric(const struct weir_picture *pic, struct weir_canvas c, int *y);
void weir_streams_put_capture(struct weir_canvas c, int *y, const struct weir_capture_status *s);

#endif
