/* What the person did with the screen: focus, selection, scrolling, prompt. Drawing reads it and never changes it; keys
 * change it (act.h). Thread: screen. */
#ifndef WEIR_TUI_UI_H
#define WEIR_TUI_UI_H

#include "tui/prompt.h"
#include "weir/query/result.h"
#include "weir/session/command.h"

/* X(NAME, "name", keys of its own) */
#define WEIR_PANEL_LIST(X)                                                                                             \
	X(TABLE, "table", WEIR_KEYS_TABLE)                                                                             \
	X(CHART, "chart", WEIR_KEYS_CHART)                                                                             \
	X(HISTOGRAM, "histogram", WEIR_KEYS_ALL)                                                                       \
	X(RECORDS, "records", WEIR_KEYS_RECORDS)                                                                       \
	X(STREAMS, "streams", WEIR_KEYS_RECORDS)                                                                       \
	X(SCHEMA, "schema", WEIR_KEYS_RECORDS)
enum weir_panel {
#define X(name, text, keys) WEIR_PANEL_##name,
	WEIR_PANEL_LIST(X)
#undef X
	    WEIR_PANEL_COUNT
};

enum weir_tone { WEIR_TONE_NOTE, WEIR_TONE_DONE, WEIR_TONE_ERROR };

struct weir_ui {
	enum weir_panel focus;
	enum weir_panel lower; /* what stands where there is room for one panel beside the table */
	bool zoomed, help;
	int help_scroll;
	struct weir_buf selected; /* identity of the selected group (weir_row_identity); size 0: none */
	int selected_at;	  /* where it stood last */
	int scroll[WEIR_PANEL_COUNT];
	int first_column;		  /* of the records panel */
	int64_t data_from_us;		  /* the earliest time of any row that a picture showed; WEIR_TIME_NONE */
	int64_t cursor_us;		  /* time cursor of the chart; WEIR_TIME_NONE: none */
	int64_t span_from_us, span_to_us; /* while a span is dragged; WEIR_TIME_NONE */
	int unit; /* time unit of the chart: 0 automatic, else an index of weir_time_units + 1 */
	struct weir_prompt prompt;
	char message[400];
	enum weir_tone tone;
	int64_t message_until_us; /* monotonic */
	bool repaint;		  /* the terminal's content is unknown */
};

void weir_ui_init(struct weir_ui *ui);
void weir_ui_release(struct weir_ui *ui);
/* Bytes that are the same for the same group in every result. Appends. */
void weir_row_identity(const struct weir_result *r, const struct weir_result_row *row, struct weir_buf *out);
/* Index of the selected row in this result, -1 when it is not there. */
int weir_ui_selected_row(const struct weir_ui *ui, const struct weir_result *r);
void weir_ui_select(struct weir_ui *ui, const struct weir_result *r, int row); /* row < 0: nothing */

#endif
