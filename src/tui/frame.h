/* One picture: everything that drawing may look at. Drawing is a pure function of it. */
#ifndef WEIR_TUI_FRAME_H
#define WEIR_TUI_FRAME_H

#include "tui/layout.h"
#include "tui/theme.h"
#include "weir/session/session.h"

struct weir_frame {
	const struct weir_result *result; /* NULL before the first */
	const struct weir_result
	    *records;	   /* what the records panel shows: of `result`, or of a moment ago; NULL: of `result` */
	bool records_fast; /* they are of a moment ago because they run past too fast */
	const struct weir_session_info *info;
	const struct weir_ui *ui;
	struct weir_layout layout;
	const char *welcome; /* line of advice, or NULL */
	uint64_t arrived;    /* records of all streams */
	int64_t now_us;	     /* wall clock */
};

/* Computes the layout of the frame for the grid's size. */
void weir_frame_layout(struct weir_frame *f, int columns, int rows);
/* Draws the whole picture. The grid is cleared first. */
void weir_frame_draw(const struct weir_frame *f, struct weir_grid *grid);

/* A kind of panel: what the array of panel.c lists. */
struct weir_panel_ops {
	enum weir_panel panel;
	const char *help; /* one line */
	void (*draw)(const struct weir_frame *f, struct weir_canvas c);
};
const struct weir_panel_ops *weir_panel_of(enum weir_panel panel);

void weir_panel_table_draw(const struct weir_frame *f, struct weir_canvas c);
void weir_panel_chart_draw(const struct weir_frame *f, struct weir_canvas c);
void weir_panel_histogram_draw(const struct weir_frame *f, struct weir_canvas c);
void weir_panel_records_draw(const struct weir_frame *f, struct weir_canvas c);
void weir_panel_streams_draw(const struct weir_frame *f, struct weir_canvas c);
void weir_panel_schema_draw(const struct weir_frame *f, struct weir_canvas c);
void weir_volume_draw(const struct weir_frame *f, struct weir_canvas c);
void weir_header_draw(const struct weir_frame *f, struct weir_canvas c);
void weir_question_draw(const struct weir_frame *f, struct weir_canvas c);
void weir_kpi_draw(const struct weir_frame *f, struct weir_canvas c);
void weir_foot_draw(const struct weir_frame *f, struct weir_canvas ledger, struct weir_canvas keys);
/* Nothing stands in the way of the panels. */
bool weir_notice_none(const struct weir_frame *f);
void weir_notice_draw(const struct weir_frame *f, struct weir_canvas c);
void weir_prompt_draw(const struct weir_frame *f, struct weir_canvas screen);
void weir_help_draw(const struct weir_frame *f, struct weir_canvas screen);

/* The thin rule with a title on its left and a remark on its right that starts every panel. */
void weir_title_draw(struct weir_canvas c, struct weir_str title, struct weir_str remark, bool focus);
/* How a measure moved: the sign, the percentage and whether it is worth a colour. */
struct weir_change {
	bool known;
	int direction; /* -1, 0, 1 */
	double fraction;
	enum weir_ink ink;
};
struct weir_change weir_change_of(struct weir_str measure, const struct weir_value *now,
				  const struct weir_value *before);
/* "▲ 24.4 %": the sign, then the percentage in `columns` columns (0: as many as it takes). Returns all columns used. */
int weir_change_draw(struct weir_canvas c, int x, int y, int columns, struct weir_change change,
		     struct weir_style style);
/* A column's name without the quotes of the language around it. */
struct weir_str weir_bare_name(struct weir_str name);
/* Text before the first parenthesis: a short name of a measure. */
struct weir_str weir_short_name(struct weir_str measure);
/* Ink of the series with that index. */
enum weir_ink weir_series_ink(uint32_t series);
/* The chart's plot area inside its canvas: where buckets stand. Columns 0 when there is no room. */
struct weir_rect weir_chart_plot(const struct weir_frame *f, struct weir_rect panel);
/* Records visible in a panel of that many rows. */
int weir_panel_body_rows(int rows);

#endif
