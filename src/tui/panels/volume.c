/* Rows over time, as columns. */
#include "tui/panels/panels.h"

#include <stdio.h>

static void draw(const struct weir_picture *pic, const struct weir_area *area)
{
	const struct weir_result *r = pic->result;
	struct weir_canvas c = area->canvas;
	struct weir_rect plot = weir_chart_plot(pic, (struct weir_rect){0, 0, c.columns, c.rows});
	struct weir_times t = weir_times_of(r, pic->state->data_from_us);
	double high = 0;
	uint32_t whole, end;
	char remark[96], text[WEIR_FORMAT_BYTES];
	bool timed = weir_picture_has_time(pic);
	snprintf(remark, sizeof(remark), "per %s", weir_format_length(r->bucket_us, text));
	weir_title_draw(c, WEIR_STR("rows"), weir_str_of(timed ? remark : ""), area->focus);
	if (!timed)
		weir_cell_put(c, 2, 1, WEIR_NO_TIME, weir_style(WEIR_INK_DIM));
	if (!timed || !plot.columns || !r->n_buckets || !r->bucket_rows)
		return;
	for (uint32_t b = t.from; b < t.from + t.n; b++)
		high = (double)r->bucket_rows[b] > high ? (double)r->bucket_rows[b] : high;
	if (high <= 0)
		return;
	weir_times_whole(pic, &t, &whole, &end);
	weir_chart_value_axis(c, plot, 0, high * 1.05, false);
	weir_chart_time_axis(r, &t, c, plot);
	for (int x = 0; x < plot.columns; x++) {
		uint32_t from, to;
		double sum = 0;
		weir_times_column(&t, x, plot.columns, &from, &to);
		for (uint32_t i = from; i < to; i++)
			sum += (double)r->bucket_rows[i];
		weir_column_draw(c, plot.x + x, plot.y + plot.rows - 1, plot.rows, sum / (to - from) / (high * 1.05), 0,
				 weir_style(from < whole || to > end ? WEIR_INK_FAINT : WEIR_INK_FILL));
	}
}

static bool has_data(const struct weir_result *r)
{
	return r->n_buckets > 0;
}

const struct weir_panel weir_panel_volume = {
    .name = "volume",
    .help = "rows over time",
    .extras = "series",
    .place = WEIR_PLACE_SIDE,
    .from_columns = 160,
    .from_rows = 55,
    .passive = true,
    .has_data = has_data,
    .draw = draw,
};
