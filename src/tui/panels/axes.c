/* The axes of the charts over time. */
#include "tui/panels/panels.h"

#include <math.h>

void weir_chart_value_axis(struct weir_canvas c, struct weir_rect plot, double low, double high, bool whole)
{
	double ticks[WEIR_TICKS];
	char text[WEIR_FORMAT_BYTES];
	int n = weir_ticks_linear(low, high, plot.rows > 8 ? 5 : plot.rows > 4 ? 3 : 2, ticks);
	for (int i = 0; i < n; i++) {
		if (whole && fabs(ticks[i] - round(ticks[i])) > 1e-9)
			continue;
		int y = plot.y + plot.rows - 1 - (int)lround((ticks[i] - low) / (high - low) * (plot.rows - 1));
		weir_cell_put_text(c, 0, y, plot.x - 1, weir_str_of(weir_format_short(ticks[i], text)),
				   weir_style(WEIR_INK_DIM), WEIR_RIGHT);
		for (int x = plot.x; x < plot.x + plot.columns; x += 2)
			weir_cell_put_glyph(c, x, y, 0xb7, weir_style(WEIR_INK_FAINT));
	}
}

void weir_chart_time_axis(const struct weir_result *r, const struct weir_times *t, struct weir_canvas c,
			  struct weir_rect plot)
{
	int y = plot.y + plot.rows;
	for (int x = 0; x < plot.columns; x++) {
		uint32_t from, to;
		uint64_t rows = 0, late = 0;
		weir_times_column(t, x, plot.columns, &from, &to);
		for (uint32_t i = from; i < to; i++) {
			rows += r->bucket_rows ? r->bucket_rows[i] : 1;
			late += r->bucket_late ? r->bucket_late[i] : 0;
		}
		weir_cell_put_glyph(c, plot.x + x, y,
				    late   ? 0x25b5
				    : rows ? 0x2500
					   : 0x2508,
				    weir_style(late ? WEIR_INK_WARN : WEIR_INK_FAINT));
	}
	int64_t ticks[WEIR_TICKS], step;
	int n = weir_ticks_time(t->start_us, t->span_us + 1, plot.columns / 12, ticks, &step);
	for (int i = 0; i < n; i++) {
		int64_t at = ticks[i];
		char text[WEIR_FORMAT_BYTES];
		struct weir_str label = weir_str_of(weir_tick_label(at, step, text));
		int x = plot.x + weir_times_x(t, at, plot.columns);
		int left = x - (int)label.size / 2;
		if (left < 0 || left + (int)label.size > c.columns)
			continue;
		if (x < plot.x + plot.columns)
			weir_cell_put_glyph(c, x, y, 0x252c, weir_style(WEIR_INK_FAINT));
		weir_cell_put_text(c, left, y + 1, (int)label.size, label, weir_style(WEIR_INK_DIM), WEIR_LEFT);
	}
}
